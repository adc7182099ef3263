"""The journal as people read it: what was done about one student, and what was done at all; newest first.

What the office does stands where it belongs: acts in `journal`, extensions and their undo in their own rows, steps of
orders in their events, files in batches. A page is one query over all of them that apply:

1. Each kind of record answers its newest rows that fit, in the same columns.
2. They are put together, cut to one page, and only then joined with the names of people.

For one student every kind counts. Over all students acts and batches do: the office extends tens of thousands of
cards a year, whose history is read student by student.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Select,
    String,
    case,
    cast,
    exists,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from portal import clock
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.base import Moment
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind, JournalEntry
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services.journal import Subject
from portal.services.office_orders import DOUBT_CLEARED

PAGE = 50

EXTENDED, EXTENDED_IN_BATCH = "card_extended", "card_extended_in_batch"
UNDONE, DATE_CHANGED = "extension_undone", "extension_date_changed"
ORDER_PLACED, ORDER_MOVED = "order_placed", "order_moved"
BATCHES: Mapping[BatchKind, str] = {
    BatchKind.IMPORT: "register_imported",
    BatchKind.EXTENSION: "batch_extended",
    BatchKind.PHOTOS: "photos_imported",
    BatchKind.PANEL: "panel_reported",
}
DERIVED = frozenset({EXTENDED, EXTENDED_IN_BATCH, UNDONE, DATE_CHANGED, ORDER_PLACED, ORDER_MOVED})
"""Acts that are read from rows of their own and only for one student."""

_OFFICE = (Role.STAFF, Role.ADMIN)
# Steps of which an entry of the journal says more.
_TOLD_BY_ENTRIES = (EndReason.OFFICE_REVOKED.value, DOUBT_CLEARED)

Place = tuple[datetime, str]
"""Where a page ended: moment and key of its last entry."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; what is None does not matter. `since` and `until` are days, both included."""

    since: date | None = None
    until: date | None = None
    actor_id: str | None = None
    act: str | None = None
    student_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `actor`: None for the student or a command on the server, as `actor_role` tells (None: the server).

    `before` and `after`: an order's states or an extension's dates; what else changed is in `details`. `about`: the
    name of whom it was done to, None where it concerns nobody in particular.
    """

    key: str
    at: datetime
    act: str
    actor: str | None = field(repr=False)
    actor_role: Role | None
    reason: str | None = field(repr=False)
    details: Mapping[str, Any] = field(repr=False)
    before: OrderStatus | date | None
    after: OrderStatus | date | None
    about: str | None = field(repr=False)
    album_number: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries, newest first. `next_after`: where the next page begins; None at the end."""

    entries: Sequence[Entry]
    next_after: Place | None


def entries(wanted: Wanted, *, after: Place | None = None, size: int = PAGE) -> JournalPage:
    """The newest entries that fit, or those older than `after`."""
    if wanted.student_id is None:
        arms = [_all_acts(), _batches()]
    else:
        arms = [*_acts_about(wanted.student_id), *_extensions_of(wanted.student_id)]
        arms.append(_order_steps_of(wanted.student_id))
    found = union_all(*(_newest(arm, wanted, after, size + 1) for arm in arms)).subquery()
    newest = select(found).order_by(found.c.at.desc(), found.c.key.desc()).limit(size + 1).subquery()
    rows = db.session.execute(_with_people(newest)).all()
    shown = [_entry(row) for row in rows[:size]]
    return JournalPage(shown, (shown[-1].at, shown[-1].key) if len(rows) > size else None)


def office_people() -> list[tuple[str, str]]:
    """Id and name of everybody whose acts one may look for, closed accounts too."""
    people = select(Account.id, Account.display_name).where(Account.role.in_(_OFFICE))
    return [
        (who, name) for who, name in db.session.execute(people.order_by(Account.display_name, Account.id))
    ]


def _arm(**columns: Any) -> Select[Any]:
    """A kind of record in the columns all share; what is not named is NULL, typed for PostgreSQL's sake."""
    kinds: dict[str, TypeEngine[Any] | Moment] = {
        "key": String(),
        "at": Moment(),
        "act": String(),
        "actor_id": String(),
        "reason": String(),
        "details": JSON(),
        "day_before": Date(),
        "day_after": Date(),
        "status_before": String(),
        "status_after": String(),
        "student_id": String(),
        "account_id": String(),
    }
    shared: list[Any] = [
        type_coerce(columns[name], kind).label(name) if name in columns else cast(null(), kind).label(name)
        for name, kind in kinds.items()
    ]
    return select(*shared)


def _acts(**columns: Any) -> Select[Any]:
    return _arm(
        key=JournalEntry.id,
        at=JournalEntry.at,
        act=JournalEntry.act,
        actor_id=JournalEntry.actor_id,
        reason=JournalEntry.reason,
        details=JournalEntry.details,
        **columns,
    )


def _all_acts() -> Select[Any]:
    order, account = aliased(Order), aliased(Account)
    whose = case(
        (JournalEntry.subject_kind == Subject.STUDENT.value, JournalEntry.subject_id),
        (JournalEntry.subject_kind == Subject.ORDER.value, order.student_id),
        else_=account.student_id,
    )
    return (
        _acts(student_id=whose, account_id=account.id)
        .select_from(JournalEntry)
        .outerjoin(
            order, (JournalEntry.subject_kind == Subject.ORDER.value) & (order.id == JournalEntry.subject_id)
        )
        .outerjoin(
            account,
            (JournalEntry.subject_kind == Subject.ACCOUNT.value) & (account.id == JournalEntry.subject_id),
        )
    )


def _acts_about(student_id: str) -> list[Select[Any]]:
    """One arm for each kind of subject, so that each is read by its index."""
    subjects = {
        Subject.STUDENT: select(Student.id).where(Student.id == student_id),
        Subject.ACCOUNT: select(Account.id).where(Account.student_id == student_id),
        Subject.ORDER: select(Order.id).where(Order.student_id == student_id),
    }
    return [
        _acts(student_id=literal(student_id)).where(
            JournalEntry.subject_kind == kind.value, JournalEntry.subject_id.in_(ids)
        )
        for kind, ids in subjects.items()
    ]


def _batches() -> Select[Any]:
    act = case(*((Batch.kind == kind, literal(word)) for kind, word in BATCHES.items()))
    return _arm(
        key=Batch.id,
        at=Batch.applied_at,
        act=act,
        actor_id=Batch.actor_id,
        reason=Batch.legal_basis,
        details=Batch.counts,
    ).where(Batch.applied_at.is_not(None))


def _extensions_of(student_id: str) -> list[Select[Any]]:
    old, new = aliased(CardExtension), aliased(CardExtension)
    took_a_place = exists().where(old.student_id == student_id, old.replaced_by_id == CardExtension.id)
    given = _arm(
        key=CardExtension.id,
        at=CardExtension.extended_at,
        act=case((CardExtension.batch_id.is_(None), literal(EXTENDED)), else_=literal(EXTENDED_IN_BATCH)),
        actor_id=CardExtension.extended_by,
        reason=CardExtension.legal_basis,
        day_after=CardExtension.until,
        student_id=CardExtension.student_id,
    ).where(CardExtension.student_id == student_id, ~took_a_place)
    replaced = old.replaced_by_id.is_not(None)
    taken_back = (
        _arm(
            key=old.id,
            at=old.undone_at,
            act=case((replaced, literal(DATE_CHANGED)), else_=literal(UNDONE)),
            actor_id=old.undone_by,
            reason=case((replaced, new.legal_basis), else_=old.undo_reason),
            day_before=old.until,
            day_after=new.until,
            student_id=old.student_id,
        )
        .select_from(old)
        .outerjoin(new, new.id == old.replaced_by_id)
        .where(old.student_id == student_id, old.undone_at.is_not(None))
    )
    return [given, taken_back]


def _order_steps_of(student_id: str) -> Select[Any]:
    placed = OrderEvent.from_status.is_(None)
    return (
        _arm(
            key=OrderEvent.order_id + literal(":") + cast(OrderEvent.version, String),
            at=OrderEvent.at,
            act=case((placed, literal(ORDER_PLACED)), else_=literal(ORDER_MOVED)),
            actor_id=OrderEvent.actor,
            status_before=OrderEvent.from_status,
            status_after=OrderEvent.to_status,
            student_id=Order.student_id,
        )
        .select_from(Order)
        .join(OrderEvent, OrderEvent.order_id == Order.id)
        .join(Account, (Account.id == OrderEvent.actor) & Account.role.in_(_OFFICE))
        .where(Order.student_id == student_id)
        .where(OrderEvent.reason.is_(None) | OrderEvent.reason.not_in(_TOLD_BY_ENTRIES))
    )


def _newest(arm: Select[Any], wanted: Wanted, after: Place | None, size: int) -> Select[Any]:
    of = arm.selected_columns
    if wanted.since is not None:
        arm = arm.where(of.at >= clock.end_of(wanted.since - timedelta(days=1)))
    if wanted.until is not None:
        arm = arm.where(of.at < clock.end_of(wanted.until))
    if wanted.actor_id is not None:
        arm = arm.where(of.actor_id == wanted.actor_id)
    if wanted.act is not None:
        arm = arm.where(of.act == wanted.act)
    if after is not None:
        moment, key = after
        arm = arm.where(of.at <= moment, (of.at < moment) | (of.key < key))
    return select(arm.order_by(of.at.desc(), of.key.desc()).limit(size).subquery())


def _with_people(newest: Any) -> Select[Any]:
    actor, account = aliased(Account), aliased(Account)
    return (
        select(
            newest,
            actor.display_name.label("actor"),
            actor.role.label("actor_role"),
            Student.first_names,
            Student.surname,
            Student.album_number,
            account.display_name.label("account"),
        )
        .outerjoin(actor, actor.id == newest.c.actor_id)
        .outerjoin(Student, Student.id == newest.c.student_id)
        .outerjoin(account, account.id == newest.c.account_id)
        .order_by(newest.c.at.desc(), newest.c.key.desc())
    )


def _entry(row: Any) -> Entry:
    student = f"{row.surname} {row.first_names}" if row.surname is not None else None
    return Entry(
        key=row.key,
        at=row.at,
        act=row.act,
        actor=None if row.actor_role is Role.STUDENT else row.actor,
        actor_role=row.actor_role,
        reason=row.reason,
        details=row.details or {},
        before=_status(row.status_before) or row.day_before,
        after=_status(row.status_after) or row.day_after,
        about=student or row.account,
        album_number=row.album_number,
    )


def _status(value: str | None) -> OrderStatus | None:
    return None if value is None else OrderStatus(value)
