"""What imports did to each student: written with the import, read by student or import by import.

Thousands of students change at once, so over all students the journal has one entry for an import, which leads to its
own pages: students in the order of the file.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.journal import Batch, BatchKind, ImportChange
from portal.models.people import Student
from portal.rules.student import EnrolmentStatus
from portal.services.imports.columns import Field
from portal.services.imports.comparison import LISTED
from portal.services.imports.plan import Change, Plan, Rows
from portal.services.imports.present import KnownStudent
from portal.services.imports.values import Value
from portal.services.journal import Subject
from portal.services.journal_acts import BATCHES
from portal.services.journal_search import Found, Records, Search

CAME_BY_IMPORT, CHANGED_BY_IMPORT = "came_by_import", "changed_by_import"
IMPORTED = BATCHES[BatchKind.IMPORT]
PAGE = 50

ToldChange = Sequence[Any]
"""Programme it is about (None: the person or the card), field, before, after; of a PESEL neither."""


@dataclass(frozen=True, slots=True)
class ImportedStudent:
    """What an import did to one student; `changes` is None for one who came by it."""

    number: int
    name: str = field(repr=False)
    album_number: str | None = field(repr=False)
    changes: Sequence[ToldChange] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import and some of its students; `next_after`: where the next page begins, None at the end.

    No `actor`: a command on the server. `recorded`: False for an import of which no single students are known.
    """

    applied_at: datetime
    actor: str | None = field(repr=False)
    counts: dict[str, Any]
    students: Sequence[ImportedStudent]
    next_after: int | None


class ImportUnknown(Exception):
    """There is no such import."""


def told_rows(batch_id: str, plan: Plan, *, remove_missing: bool, on: date) -> Rows:
    """The rows that tell of `plan`: students who change in the file's order, who are removed, then who is new."""
    told = [
        # The person first, then their studies.
        (who, [_told(*one) for one in sorted(changes, key=lambda one: one[0] is not None)])
        for who, changes in plan.told.items()
    ]
    if remove_missing:
        told += [(student.id, _removal(student, on)) for student in plan.missing]
    numbers = count(1)
    return [
        {"batch_id": batch_id, "number": next(numbers), "student_id": who, "changes": _text(changes)}
        for who, changes in told
    ] + [
        {"batch_id": batch_id, "number": next(numbers), "student_id": row["id"], "changes": None}
        for row in plan.students
    ]


def imports_of(search: Search, student_id: str) -> list[Found]:
    """What imports did to one student."""
    if not search.wanted.asks_for(IMPORTED):
        return []
    records: Records = (
        select(Batch, ImportChange.changes)
        .join(ImportChange, ImportChange.batch_id == Batch.id)
        .where(ImportChange.student_id == student_id)
    )
    rows = search.newest(records, at=Batch.applied_at, key=Batch.id, actor=Batch.actor_id)
    return [
        Found(
            key=batch.id,
            at=batch.applied_at,
            act=CAME_BY_IMPORT if changes is None else CHANGED_BY_IMPORT,
            actor_id=batch.actor_id,
            details={"imported": json.loads(changes)} if changes is not None else {},
            subject=(Subject.STUDENT, student_id),
        )
        for batch, changes in rows
    ]


def import_page(batch_id: str, *, after: int = 0, size: int = PAGE) -> ImportPage:
    """The students of an import that come after number `after`. Raises ImportUnknown."""
    found = db.session.execute(
        select(Batch.applied_at, Account.display_name, Batch.counts)
        .outerjoin(Account, Account.id == Batch.actor_id)
        .where(Batch.id == batch_id, Batch.kind == BatchKind.IMPORT, Batch.applied_at.is_not(None))
    ).one_or_none()
    if found is None:
        raise ImportUnknown(batch_id)
    rows = db.session.execute(
        select(ImportChange, Student.surname, Student.first_names, Student.album_number)
        .join(Student, Student.id == ImportChange.student_id)
        .where(ImportChange.batch_id == batch_id, ImportChange.number > after)
        .order_by(ImportChange.number)
        .limit(size + 1)
    ).all()
    shown = [
        ImportedStudent(
            one.number,
            f"{surname} {first_names}",
            album,
            None if one.changes is None else json.loads(one.changes),
        )
        for one, surname, first_names, album in rows[:size]
    ]
    applied_at, actor, counts = found
    assert applied_at is not None
    return ImportPage(applied_at, actor, counts, shown, shown[-1].number if len(rows) > size else None)


def _removal(student: KnownStudent, on: date) -> list[ToldChange]:
    return [
        _told(one.programme, Change(changed, before, after))
        for one in student.enrolments
        if one.status in LISTED
        for changed, before, after in (
            (Field.STATUS, one.status, EnrolmentStatus.REMOVED),
            (Field.STATUS_SINCE, one.status_since, on),
        )
    ]


def _told(programme: str | None, change: Change) -> ToldChange:
    return (programme, change.field, _plain(change.old), _plain(change.new))


def _plain(value: Value) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _text(changes: Sequence[ToldChange]) -> str:
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":"))
