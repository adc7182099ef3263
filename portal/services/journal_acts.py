"""Acts with an entry of their own in the journal, and whole batches."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.models.accounts import Account
from portal.models.journal import Batch, BatchKind, JournalEntry
from portal.models.orders import Order
from portal.models.people import Student
from portal.services.journal import Subject
from portal.services.journal_search import Found, Records, Search

BATCHES: Mapping[BatchKind, str] = {
    BatchKind.IMPORT: "register_imported",
    BatchKind.EXTENSION: "batch_extended",
    BatchKind.PHOTOS: "photos_imported",
    BatchKind.PANEL: "panel_reported",
}


def acts(search: Search) -> list[Found]:
    """What everybody did to anybody, as far as the journal itself keeps it."""
    return _found(search, select(JournalEntry))


def acts_about(search: Search, student_id: str) -> list[Found]:
    """The same about one student: one query for each kind of subject, each read by its index."""
    subjects = {
        Subject.STUDENT: select(Student.id).where(Student.id == student_id),
        Subject.ACCOUNT: select(Account.id).where(Account.student_id == student_id),
        Subject.ORDER: select(Order.id).where(Order.student_id == student_id),
    }
    return [
        one
        for kind, ids in subjects.items()
        for one in _found(
            search,
            select(JournalEntry).where(
                JournalEntry.subject_kind == kind.value, JournalEntry.subject_id.in_(ids)
            ),
        )
    ]


def batches(search: Search) -> list[Found]:
    """Files that were applied and extensions made in bulk; a university makes a few hundred a year."""
    kinds = [kind for kind, act in BATCHES.items() if search.wanted.asks_for(act)]
    if not kinds:
        return []
    # Packages for the panel have numbers, and entries of their own in the journal.
    applied = select(Batch).where(
        Batch.applied_at.is_not(None), Batch.kind.in_(kinds), Batch.number.is_(None)
    )
    return [
        Found(
            key=batch.id,
            at=batch.applied_at,
            act=BATCHES[batch.kind],
            actor_id=batch.actor_id,
            reason=batch.legal_basis,
            details=batch.counts,
        )
        for (batch,) in search.newest(applied, at=Batch.applied_at, key=Batch.id, actor=Batch.actor_id)
    ]


def _found(search: Search, records: Records) -> list[Found]:
    if search.wanted.act is not None:
        records = records.where(JournalEntry.act == search.wanted.act)
    rows = search.newest(records, at=JournalEntry.at, key=JournalEntry.id, actor=JournalEntry.actor_id)
    return [
        Found(
            key=entry.id,
            at=entry.at,
            act=entry.act,
            actor_id=entry.actor_id,
            reason=entry.reason,
            details=entry.details,
            subject=(Subject(entry.subject_kind), entry.subject_id),
        )
        for (entry,) in rows
    ]
