"""What the office extended: one person's work since a moment, and bulk extensions with their history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, selectinload

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.people import Student

BATCHES_ON_A_PAGE = 50
MEMBERS_ON_A_PAGE = 100
MOST_ON_PAPER = 5_000

_Undoer = aliased(Account)


@dataclass(frozen=True, slots=True)
class MadeExtension:
    """An extension with its student. `made_by` and `undone_by`: the names of the accounts."""

    extension: CardExtension
    student: Student = field(repr=False)
    made_by: str = field(repr=False)
    undone_by: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A bulk extension. `made_by`: the name of the account, None for a command on the server."""

    batch: Batch
    made_by: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class BatchExtent:
    """How much of a batch there is and still stands, and its dates (the same twice if there is only one)."""

    extended: int
    standing: int
    first_until: date | None
    last_until: date | None


def made(extension_id: str) -> MadeExtension | None:
    """This extension, undone or not; None if there is none."""
    row = db.session.execute(_made().where(CardExtension.id == extension_id)).one_or_none()
    return None if row is None else MadeExtension(*row)


def made_singly_since(actor: str, since: datetime, *, most: int) -> list[MadeExtension]:
    """What `actor` extended one by one since then, newest first."""
    newest = (
        _made().where(*_singly(actor, since)).order_by(CardExtension.extended_at.desc(), CardExtension.id)
    )
    return [MadeExtension(*row) for row in db.session.execute(newest.limit(most))]


def count_singly_since(actor: str, since: datetime) -> int:
    """How many extensions that still stand `actor` made one by one since then."""
    standing = select(func.count()).where(*_singly(actor, since), CardExtension.undone_at.is_(None))
    return db.session.scalar(standing) or 0


def standing_until(student_id: str, until: date) -> MadeExtension | None:
    """The extension by which this student is confirmed at least until that day: the first that was made."""
    reaching = _made().where(
        CardExtension.student_id == student_id,
        CardExtension.undone_at.is_(None),
        CardExtension.until >= until,
    )
    row = db.session.execute(reaching.order_by(CardExtension.extended_at).limit(1)).one_or_none()
    return None if row is None else MadeExtension(*row)


def batches(page: int) -> tuple[list[MadeBatch], bool]:
    """One page (from 1) of all bulk extensions, newest first, and whether more follow."""
    newest = (
        select(Batch, Account.display_name)
        .outerjoin(Account, Account.id == Batch.actor_id)
        .where(Batch.kind == BatchKind.EXTENSION, Batch.applied_at.is_not(None))
        .order_by(Batch.applied_at.desc(), Batch.id)
    )
    rows, more = _page(newest, page, BATCHES_ON_A_PAGE)
    return [MadeBatch(*row) for row in rows], more


def batch(batch_id: str) -> MadeBatch | None:
    """This bulk extension; None if there is none."""
    row = db.session.execute(
        select(Batch, Account.display_name)
        .outerjoin(Account, Account.id == Batch.actor_id)
        .where(Batch.id == batch_id, Batch.kind == BatchKind.EXTENSION)
    ).one_or_none()
    return None if row is None else MadeBatch(*row)


def extent_of(batch_id: str) -> BatchExtent:
    """How much this batch extended, and how much of it still stands."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(CardExtension.undone_at.is_(None)),
            func.min(CardExtension.until),
            func.max(CardExtension.until),
        ).where(CardExtension.batch_id == batch_id)
    ).one()
    return BatchExtent(*row)


def members_of(batch_id: str, page: int, size: int = MEMBERS_ON_A_PAGE) -> tuple[list[MadeExtension], bool]:
    """One page (from 1) of a batch's extensions in Polish order of names, and whether more follow."""
    in_order = _made().where(CardExtension.batch_id == batch_id).order_by(Student.sort_name, CardExtension.id)
    rows, more = _page(in_order, page, size)
    return [MadeExtension(*row) for row in rows], more


def _made() -> Any:
    return (
        select(CardExtension, Student, Account.display_name, _Undoer.display_name)
        .join(Student, Student.id == CardExtension.student_id)
        .join(Account, Account.id == CardExtension.extended_by)
        .outerjoin(_Undoer, _Undoer.id == CardExtension.undone_by)
        .options(selectinload(Student.enrolments))
    )


def _singly(actor: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        CardExtension.batch_id.is_(None),
        CardExtension.extended_by == actor,
        CardExtension.extended_at >= since,
    )


def _page(query: Any, page: int, size: int) -> tuple[Sequence[Any], bool]:
    rows = db.session.execute(query.limit(size + 1).offset((page - 1) * size)).all()
    return rows[:size], len(rows) > size
