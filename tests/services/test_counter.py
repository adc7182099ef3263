"""One number after the other."""

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.counter import CounterResult, extend_by_number
from portal.services.numbers import NumberUnknown
from tests.people import POLICY, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")


def scan(text: str) -> CounterResult:
    return extend_by_number(text, POLICY, actor=make_office().id, at=clock.now())


def test_a_scan_extends_until_the_proposed_date() -> None:
    student = make_student(album_number="000500", extended_until=None)

    result = scan("500\r\n")

    assert (result.student.id, result.refusal) == (student.id, None)
    assert result.confirmed_until == proposed_until(clock.today(), POLICY)
    assert db.session.scalars(select(CardExtension.id)).one() == result.extension_id


def test_a_double_scan_is_harmless() -> None:
    make_student(album_number="000500", extended_until=None)
    first = scan("000500")

    second = scan("000500")

    assert (second.extension_id, second.refusal) == (None, ExtensionRefusal.ALREADY_EXTENDED)
    assert second.confirmed_until == first.confirmed_until
    assert len(db.session.scalars(select(CardExtension)).all()) == 1


def test_whoever_may_not_be_extended_is_shown_with_the_reason() -> None:
    student = make_student(album_number="000500", extended_until=None, status=EnrolmentStatus.REMOVED)

    result = scan("000500")

    assert (result.student.id, result.refusal) == (student.id, ExtensionRefusal.NOT_ENTITLED)


def test_an_unknown_number_changes_nothing() -> None:
    with pytest.raises(NumberUnknown):
        scan("000500")


def test_a_number_that_is_somebody_else_s_card_is_marked() -> None:
    make_student(album_number="000500", extended_until=None)
    other = make_student(album_number="000600", extended_until=None)
    assert not scan("000500").is_card_of_another
    with transaction() as session:
        session.execute(update(ElsCard).where(ElsCard.student_id == other.id).values(number_key="000500"))

    marked = scan("500")

    assert (marked.student.album_number, marked.is_card_of_another) == ("000500", True)
    assert not scan("000600").is_card_of_another
