"""One line about each student of a page."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus
from portal.services.ordering import place_order
from portal.services.student_lines import StudentLine, lines_of
from tests.people import POLICY, extend, make_enrolment, make_student

pytestmark = pytest.mark.usefixtures("database")


def line_of(student_id: str) -> StudentLine:
    return lines_of([student_id], POLICY, on=clock.today())[student_id]


def test_nobody_asked_for_has_no_line() -> None:
    make_student()

    assert lines_of([], POLICY, on=clock.today()) == {}


def test_confirmed_means_until_today_or_later() -> None:
    yesterday = clock.today() - timedelta(days=1)
    student = make_student(extended_until=yesterday)

    late = line_of(student.id)
    assert (late.confirmed_until, late.is_confirmed) == (yesterday, False)
    extend(student, clock.today())
    assert line_of(student.id).is_confirmed


def test_without_a_card_or_an_extension_nobody_was_ever_confirmed() -> None:
    line = line_of(make_student(card=False, extended_until=None).id)

    assert (line.confirmed_until, line.is_confirmed) == (None, False)


def test_studies_that_go_on_are_shown_before_newer_ones_that_ended() -> None:
    student = make_student(programme="Trwające")
    ended = make_enrolment(
        student.id,
        programme="Zakończone",
        status=EnrolmentStatus.REMOVED,
        begins_on=clock.today() - timedelta(days=20),
    )
    with transaction() as session:
        session.add(ended)

    studies = line_of(student.id).studies
    assert studies is not None
    assert studies.programme == "Trwające"


def test_an_open_order_is_shown_before_the_document() -> None:
    student = make_student(extended_until=clock.today() + timedelta(days=10))
    document = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, document)
        order.status, order.at_ministry = OrderStatus.COLLECTED, AtMinistry.PRESENT
    alone = line_of(student.id)
    assert (alone.order, alone.document_until) == (
        OrderStatus.COLLECTED,
        clock.today() + timedelta(days=10),
    )
    extend(student, clock.today() + timedelta(days=99))
    place_order(student.id, POLICY, actor="test", at=clock.now())

    assert line_of(student.id).order is OrderStatus.WAITING
