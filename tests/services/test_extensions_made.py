"""What the office extended: one person's work, and bulk extensions with their members."""

from datetime import date, datetime, timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.accounts import Role
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.people import Student
from portal.rules.validity import proposed_until
from portal.services import extensions_made
from portal.services.batch_undo import undo_batch
from portal.services.bulk_extensions import apply_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.services.extensions_made import (
    BatchExtent,
    batch,
    batches,
    count_singly_since,
    extent_of,
    made,
    made_singly_since,
    members_of,
    standing_until,
)
from tests.people import POLICY, make_account, make_office, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def near() -> date:
    return proposed_until(clock.today(), POLICY)


def newcomers(*surnames: str) -> list[Student]:
    return [make_student(surname=surname, extended_until=None) for surname in surnames]


def extend_together(students: list[Student], at: datetime | None = None) -> str:
    at = at or clock.now()
    request = ExtensionRequest.same_date([one.id for one in students], near())
    fingerprint = preview_extension(request, POLICY, at=at).fingerprint
    applied = apply_extension(request, fingerprint, POLICY, actor=make_office().id, at=at)
    assert applied.batch_id is not None
    return applied.batch_id


def given(student: Student, until: date, *, at: datetime, by: str, undone: bool = False) -> str:
    """An extension as the counter leaves it; answers its id."""
    extension = CardExtension(student_id=student.id, until=until, extended_at=at, extended_by=by)
    if undone:
        extension.undone_at, extension.undone_by, extension.undo_reason = at, by, "pomyłka"
    extension_id: str = extension.id
    with transaction() as session:
        session.add(extension)
    return extension_id


def test_an_extension_comes_with_its_student_and_who_made_and_undid_it() -> None:
    office = make_account(role=Role.STAFF, display_name="Biurko")
    (student,) = newcomers("Nowa")
    standing = given(student, near(), at=clock.now(), by=office.id)
    undone = given(student, near(), at=clock.now(), by=office.id, undone=True)

    first, second = made(standing), made(undone)

    assert first is not None
    assert second is not None
    assert (first.student.surname, first.made_by, first.undone_by) == ("Nowa", "Biurko", None)
    assert (second.made_by, second.undone_by) == ("Biurko", "Biurko")
    assert "Nowa" not in repr(first)
    assert "Biurko" not in repr(first)
    assert made("no-such-extension") is None


def test_ones_own_work_is_listed_newest_first_without_other_peoples_and_bulk_ones() -> None:
    me, other = make_account(role=Role.STAFF).id, make_office().id
    now = clock.now()
    old, late, early, by_other, in_bulk = newcomers("Dawna", "Późna", "Wczesna", "Cudza", "Zbiorcza")
    given(old, near(), at=now - timedelta(hours=9), by=me)
    given(late, near(), at=now, by=me)
    given(early, near(), at=now - timedelta(hours=1), by=me, undone=True)
    given(by_other, near(), at=now, by=other)
    extend_together([in_bulk])

    since = now - timedelta(hours=1)
    found = made_singly_since(me, since, most=10)

    assert [one.student.surname for one in found] == ["Późna", "Wczesna"]
    assert [one.student.surname for one in made_singly_since(me, since, most=1)] == ["Późna"]
    assert count_singly_since(me, since) == 1, "what was undone does not count"
    assert count_singly_since(other, since) == 1, "what was extended together does not count"


def test_who_is_confirmed_that_far_already_is_so_by_the_first_that_reached() -> None:
    office, now = make_office().id, clock.now()
    (student,) = newcomers("Nowa")
    given(student, near() - timedelta(days=1), at=now - timedelta(hours=4), by=office)
    given(student, near(), at=now - timedelta(hours=3), by=office, undone=True)
    reaching = given(student, near(), at=now - timedelta(hours=2), by=office)
    given(student, near() + timedelta(days=1), at=now - timedelta(hours=1), by=office)

    found = standing_until(student.id, near())

    assert found is not None
    assert found.extension.id == reaching
    assert standing_until(student.id, near() + timedelta(days=2)) is None
    assert standing_until("nobody", near()) is None


def test_bulk_extensions_are_listed_newest_first_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions_made, "BATCHES_ON_A_PAGE", 2)
    now = clock.now()
    ids = [extend_together(newcomers("Nowa"), at=now - timedelta(minutes=back)) for back in (3, 1, 2)]
    with transaction() as session:
        session.add(Batch(kind=BatchKind.IMPORT, counts={}, checked_at=now, applied_at=now))
        session.add(Batch(kind=BatchKind.EXTENSION, counts={}, checked_at=now, applied_at=None))

    (first, more), (second, no_more) = batches(1), batches(2)

    assert [one.batch.id for one in first] == [ids[1], ids[2]]
    assert [one.batch.id for one in second] == [ids[0]]
    assert (more, no_more) == (True, False)
    assert batches(3) == ([], False)
    assert {one.made_by for one in first} == {make_office().display_name}


def test_a_batch_is_found_by_its_id_and_only_if_it_extended() -> None:
    now = clock.now()
    imported = Batch(kind=BatchKind.IMPORT, counts={}, checked_at=now, applied_at=now)
    by_command = Batch(kind=BatchKind.EXTENSION, counts={}, checked_at=now, applied_at=now)
    ids = [imported.id, by_command.id]
    with transaction() as session:
        session.add_all([imported, by_command])

    assert batch(ids[0]) is None
    assert batch("no-such-batch") is None
    found = batch(ids[1])
    assert found is not None
    assert found.made_by is None


def test_the_extent_says_how_much_still_stands() -> None:
    students = newcomers("Pierwsza", "Druga", "Trzecia")
    batch_id = extend_together(students)
    assert extent_of(batch_id) == BatchExtent(3, 3, near(), near())

    undo_batch(batch_id, POLICY, actor=make_office().id, reason="pomyłka", at=clock.now())

    assert extent_of(batch_id) == BatchExtent(3, 0, near(), near())
    assert extent_of("no-such-batch") == BatchExtent(0, 0, None, None)


def test_members_follow_each_other_in_polish_order_undone_ones_too() -> None:
    batch_id = extend_together(newcomers("Żuk", "Lis", "Łoś"))
    undo_batch(batch_id, POLICY, actor=make_office().id, reason="pomyłka", at=clock.now())

    (first, more), (rest, no_more) = members_of(batch_id, 1, size=2), members_of(batch_id, 2, size=2)

    assert [one.student.surname for one in [*first, *rest]] == ["Lis", "Łoś", "Żuk"]
    assert (more, no_more) == (True, False)
    assert all(one.undone_by == make_office().display_name for one in first)


def test_what_was_made_is_read_by_indexes() -> None:
    (student,) = newcomers("Nowa")
    extension = given(student, near(), at=clock.now(), by=make_office().id)
    batch_id = extend_together(newcomers("Druga"))
    office, since = make_office().id, clock.now() - timedelta(hours=1)

    with watched_plans() as plans:
        made(extension)
        made_singly_since(office, since, most=10)
        count_singly_since(office, since)
        standing_until(student.id, near())
        batch(batch_id)
        extent_of(batch_id)
        members_of(batch_id, 1)

    assert plans.statements >= 7
    assert plans.whole_tables == set()
