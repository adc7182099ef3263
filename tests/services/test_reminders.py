"""Reminders: who is told that something ends soon, and who is spared."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus, Level
from portal.services import notice_list
from portal.services.card_extensions import extend
from portal.services.ordering import place_order
from portal.services.reminders import remind_of_codes, remind_of_documents
from tests.mailing import order_in, student_with_mail, told
from tests.people import POLICY, make_office
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def codes(days_left: float, known_for: timedelta) -> Student:
    student = student_with_mail()
    order_in(student, OrderStatus.READY, expire_at=clock.now() + timedelta(days=days_left), age=known_for)
    return student


def document(days_left: int) -> Order:
    """A document that ends in so many days, by a calendar moved there."""
    order = order_in(student_with_mail(), OrderStatus.COLLECTED)
    to_go = (order.planned_valid_until - clock.today()).days - days_left
    clock.move_to(timedelta(days=to_go))
    return order


def kinds_of(order: Order) -> set[NoticeKind]:
    with transaction() as session:
        return set(told(session.get_one(Student, order.student_id)))


def test_codes_are_reminded_of_three_days_before_they_expire_and_once() -> None:
    soon, later = codes(2.9, timedelta(days=2)), codes(3.1, timedelta(days=2))
    before = soon.revision
    assert remind_of_codes(at=clock.now()) == 1
    assert remind_of_codes(at=clock.now()) == 0
    assert NoticeKind.CODES_EXPIRE_SOON in told(soon)
    assert NoticeKind.CODES_EXPIRE_SOON not in told(later)
    assert soon.revision > before, "an open page notices"
    days = {notice.day for notice in notice_list.newest(soon.id)}
    assert clock.day_of(clock.now() + timedelta(days=2.9)) in days


@pytest.mark.parametrize("days_left", [-0.1, 0.5])
def test_codes_that_are_over_or_quite_new_are_not_reminded_of(days_left: float) -> None:
    codes(days_left, timedelta(days=2) if days_left < 0 else timedelta(hours=20))
    assert remind_of_codes(at=clock.now()) == 0


@pytest.mark.parametrize(("days_left", "reminded"), [(15, 0), (14, 1), (0, 1), (-1, 0)])
def test_documents_are_reminded_of_within_a_fortnight(days_left: int, reminded: int) -> None:
    document(days_left)
    assert remind_of_documents(POLICY, at=clock.now()) == reminded
    assert remind_of_documents(POLICY, at=clock.now()) == 0


def test_who_ordered_the_next_one_is_spared() -> None:
    held = document(10)
    until = held.planned_valid_until + timedelta(days=100)
    extend(held.student_id, until, POLICY, actor=make_office().id, at=clock.now(), legal_basis="próba")
    place_order(held.student_id, POLICY, actor="test", at=clock.now())
    assert remind_of_documents(POLICY, at=clock.now()) == 0


def test_who_may_order_already_is_told_as_well() -> None:
    held = document(10)
    until = held.planned_valid_until + timedelta(days=100)
    extend(held.student_id, until, POLICY, actor=make_office().id, at=clock.now(), legal_basis="próba")
    assert remind_of_documents(POLICY, at=clock.now()) == 1
    assert NoticeKind.SEMESTER_ENDS in kinds_of(held)


@pytest.mark.parametrize("status", [EnrolmentStatus.GRADUATED, EnrolmentStatus.REMOVED])
def test_who_has_no_next_one_to_order_is_spared(status: EnrolmentStatus) -> None:
    held = document(10)
    with transaction() as session:
        enrolment = session.query(Enrolment).filter_by(student_id=held.student_id).one()
        enrolment.status, enrolment.level = status, Level.SECOND_CYCLE
        enrolment.status_since = clock.today() - timedelta(days=1)
    assert remind_of_documents(POLICY, at=clock.now()) == 0


def test_reminders_look_into_indexes() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL forgets at a rollback that it is to explain as if tables were large")
    document(10)
    with watched_plans() as plans:
        remind_of_codes(at=clock.now())
        remind_of_documents(POLICY, at=clock.now())
    assert plans.statements > 3
    assert plans.whole_tables == set()
