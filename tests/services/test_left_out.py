"""Whom a bulk extension leaves out, by name."""

from datetime import timedelta

import pytest

from portal import clock
from portal.models.people import Student
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.services.left_out import LeftOut, left_out
from tests.people import POLICY, make_student

pytestmark = pytest.mark.usefixtures("database")


def asked_about(*students: Student, most: int = 10) -> list[LeftOut]:
    until = proposed_until(clock.today(), POLICY)
    request = ExtensionRequest.same_date([one.id for one in students], until)
    return left_out(preview_extension(request, POLICY, at=clock.now()), most=most)


def removed(surname: str = "Próbna") -> Student:
    return make_student(surname=surname, status=EnrolmentStatus.REMOVED, extended_until=None)


def test_who_can_be_extended_is_not_left_out() -> None:
    assert asked_about(make_student(extended_until=None)) == []
    assert asked_about() == []


def test_everybody_left_out_is_named_under_their_reason() -> None:
    gone = removed()
    cardless = make_student(card_void_on=clock.today() - timedelta(days=1), extended_until=None)

    found = asked_about(gone, cardless, make_student(extended_until=None))

    assert sorted(one.count for one in found) == [1, 1]
    assert {one.named[0].id for one in found} == {gone.id, cardless.id}
    assert len({one.refusal for one in found}) == 2
    (about_gone,) = [one for one in found if one.named[0].id == gone.id]
    (named,) = about_gone.named
    assert (named.album_number, named.first_names, named.surname) == (
        gone.album_number,
        gone.first_names,
        gone.surname,
    )


def test_names_stand_in_polish_order_and_end_where_asked_while_the_count_says_all() -> None:
    students = [removed(surname) for surname in ("Żuk", "Lis", "Łoś")]

    (found,) = asked_about(*students, most=2)

    assert found.count == 3
    assert [one.surname for one in found.named] == ["Lis", "Łoś"]


def test_the_most_frequent_reason_stands_first_and_nothing_to_do_last() -> None:
    already = [make_student() for _ in range(3)]
    gone = [removed() for _ in range(2)]
    cardless = make_student(card_void_on=clock.today() - timedelta(days=1), extended_until=None)

    found = asked_about(*already, cardless, *gone)

    assert [one.count for one in found] == [2, 1, 3]
    assert found[-1].refusal is ExtensionRefusal.ALREADY_EXTENDED


def test_names_stay_out_of_logs() -> None:
    (found,) = asked_about(removed("Tajemnicza"))

    assert "Tajemnicza" not in repr(found)
    assert "Tajemnicza" not in repr(found.named)
