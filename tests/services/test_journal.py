"""The journal forgets what was kept as long as it has to be, and nothing else; until then nobody rewrites it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind, ImportChange, JournalEntry, WrittenForGood
from portal.models.orders import OrderEvent
from portal.services import journal
from portal.services.journal import Subject
from tests.people import make_student

pytestmark = pytest.mark.usefixtures("database")


def write(act: str, days_ago: int) -> None:
    with transaction():
        at = clock.real_now() - timedelta(days=days_ago)
        journal.record(act, Subject.STUDENT, "somebody", actor=None, at=at)


def imported(student_id: str, days_ago: int) -> str:
    at = clock.real_now() - timedelta(days=days_ago)
    batch = Batch(kind=BatchKind.IMPORT, counts={"new": 1}, checked_at=at, applied_at=at)
    batch_id: str = batch.id
    with transaction() as session:
        session.add(batch)
        session.flush()
        session.execute(insert(ImportChange).values(batch_id=batch_id, number=1, student_id=student_id))
    return batch_id


def test_only_entries_past_their_time_are_forgotten() -> None:
    write("old", 731)
    write("young", 729)

    assert journal.forget_before(clock.real_now() - timedelta(days=730)) == 1

    assert db.session.scalars(select(JournalEntry.act)).all() == ["young"]
    assert journal.forget_before(clock.real_now() - timedelta(days=730)) == 0


def test_what_an_import_did_to_single_students_is_forgotten_with_the_rest_but_not_the_import() -> None:
    student_id = make_student().id
    old, young = imported(student_id, 731), imported(student_id, 729)

    assert journal.forget_before(clock.real_now() - timedelta(days=730)) == 1

    assert db.session.scalars(select(ImportChange.batch_id)).all() == [young]
    assert db.session.get(Batch, old) is not None


def change_by_the_session() -> None:
    db.session.scalars(select(JournalEntry)).one().reason = "nothing happened"


def delete_by_the_session() -> None:
    db.session.delete(db.session.scalars(select(JournalEntry)).one())


def change_by_a_statement() -> None:
    db.session.execute(update(JournalEntry).values(actor_id=None))


def delete_by_a_statement() -> None:
    db.session.execute(delete(JournalEntry).where(JournalEntry.act == "written"))


def change_beneath_the_session() -> None:
    db.session.connection().execute(update(db.metadata.tables["journal"]).values(act="other"))


@pytest.mark.parametrize(
    "rewrite",
    [
        change_by_the_session,
        delete_by_the_session,
        change_by_a_statement,
        delete_by_a_statement,
        change_beneath_the_session,
    ],
)
def test_an_entry_is_neither_changed_nor_deleted(rewrite: Callable[[], None]) -> None:
    write("written", 1)

    with pytest.raises(WrittenForGood, match="journal"), transaction():
        rewrite()

    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.act, entry.reason) == ("written", None)


@pytest.mark.parametrize("kept", [OrderEvent, ImportChange, Batch, CardExtension])
def test_rows_that_are_their_own_journal_are_never_deleted(kept: type) -> None:
    imported(make_student().id, 1)
    before = db.session.scalar(select(func.count()).select_from(kept))

    with pytest.raises(WrittenForGood), transaction() as session:
        session.execute(delete(kept))

    assert db.session.scalar(select(func.count()).select_from(kept)) == before


@pytest.mark.parametrize("kept", [OrderEvent, ImportChange])
def test_steps_of_orders_and_changes_by_imports_are_never_rewritten(
    kept: type[OrderEvent | ImportChange],
) -> None:
    with pytest.raises(WrittenForGood), transaction() as session:
        session.execute(update(kept).values({kept.__mapper__.primary_key[0].name: "another"}))
