"""The lists that need a person: what is stuck, in doubt, refused, overdue, about to end or resting on nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal import clock
from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.journal import JournalEntry
from portal.models.orders import Attention, Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, facts_needing
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Basis, Policy
from portal.rules.reasons import EndReason
from portal.services.journal import Subject
from portal.services.office_orders import DOCUMENT_KEPT

PAGE = 50
CODES_EXPIRE_WITHIN = timedelta(days=3)
MANY_FAILURES = 8
"""Calls in a row that failed for one order alone; an outage of the ministry counts for none."""


class OfficeList(StrEnum):
    """Each list, in the order of urgency in which they are shown."""

    UNCLEAR = "unclear"
    ATTENTION = "attention"
    STUCK = "stuck"
    WITHDRAWALS_OVERDUE = "withdrawals_overdue"
    REFUSED = "refused"
    RESTING_ON_UNDONE = "resting_on_undone"
    CODES_EXPIRING = "codes_expiring"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lists are measured by. `overdue_after`: how long an order may take; `repeatable`: whether the ministry
    lets a submission be sent again, so that doubt resolves itself."""

    policy: Policy
    overdue_after: timedelta
    repeatable: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order on a list. `since`: by what it is ordered, oldest first."""

    order_id: str
    student_id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    status: OrderStatus
    attention: Attention | None
    refusal_code: str | None
    planned_valid_until: date
    since: datetime


Conditions = Sequence[ColumnElement[bool]]


def counts(terms: Terms) -> dict[OfficeList, int]:
    """How many orders stand on each list."""
    return {
        which: db.session.scalar(select(func.count()).select_from(Order).where(*_LISTS[which](terms))) or 0
        for which in OfficeList
    }


def rows(
    which: OfficeList, terms: Terms, *, after: tuple[datetime, str] | None = None, size: int = PAGE
) -> list[ListedOrder]:
    """The next orders of a list; `after`: `since` and `order_id` of the last one seen."""
    since = _SINCE.get(which, Order.status_since)
    query = (
        select(
            Order.id,
            Order.student_id,
            Student.album_number,
            Student.first_names,
            Student.surname,
            Order.status,
            Order.attention,
            Order.refusal_code,
            Order.planned_valid_until,
            since,
        )
        .join(Student, Student.id == Order.student_id)
        .where(*_LISTS[which](terms))
    )
    if after is not None:
        moment, order_id = after
        query = query.where(or_(since > moment, (since == moment) & (Order.id > order_id)))
    found: Iterable[Any] = db.session.execute(query.order_by(since, Order.id).limit(size))
    return [ListedOrder(*row) for row in found]


def _unclear(terms: Terms) -> Conditions:
    facts = facts_needing(Step.CLARIFY, repeatable=terms.repeatable)
    idle = or_(Order.leased_until.is_(None), Order.leased_until < clock.real_now())
    return [_in_facts(facts), idle]


def _attention(terms: Terms) -> Conditions:
    return [Order.status.in_(OPEN), Order.attention.is_not(None)]


def _stuck(terms: Terms) -> Conditions:
    """Overdue, or failing again and again by themselves, and not on one of the lists above already."""
    unclear = facts_needing(Step.CLARIFY, repeatable=terms.repeatable)
    overdue = Order.status.in_([OrderStatus.WAITING, OrderStatus.IN_PROGRESS]) & (
        Order.placed_at < terms.at - terms.overdue_after
    )
    return [
        Order.status.in_(OPEN),
        or_(overdue, Order.failures >= MANY_FAILURES),
        Order.attention.is_(None),
        *([~_in_facts(unclear)] if unclear else []),
    ]


def _withdrawals_overdue(terms: Terms) -> Conditions:
    return [_in_facts(facts_needing(Step.WITHDRAW)), Order.status_since < terms.at - terms.overdue_after]


def _refused(terms: Terms) -> Conditions:
    """Until the student orders again."""
    later = aliased(Order)
    again = exists().where(later.student_id == Order.student_id, later.placed_at > Order.placed_at)
    return [
        Order.status == OrderStatus.ERROR,
        Order.end_reason == EndReason.MINISTRY_REFUSED,
        ~again,
    ]


def _resting_on_undone(terms: Terms) -> Conditions:
    """Documents whose extension was undone and that nothing else covers, until somebody decides."""
    other = aliased(CardExtension)
    covered: ColumnElement[bool] = exists().where(
        other.student_id == Order.student_id,
        other.undone_at.is_(None),
        other.until >= Order.planned_valid_until,
    )
    if terms.policy.basis is Basis.ELS:
        covered = or_(
            covered,
            exists().where(
                ElsCard.student_id == Order.student_id,
                ElsCard.void_on.is_(None),
                ElsCard.first_valid_until >= Order.planned_valid_until,
            ),
        )
    decided = exists().where(
        JournalEntry.subject_kind == Subject.ORDER.value,
        JournalEntry.subject_id == Order.id,
        JournalEntry.act == DOCUMENT_KEPT,
        JournalEntry.at >= CardExtension.undone_at,
    )
    undone = select(CardExtension.id).where(
        CardExtension.id == Order.extension_id, CardExtension.undone_at.is_not(None), ~decided
    )
    return [Order.status == OrderStatus.COLLECTED, undone.exists(), ~covered]


def _codes_expiring(terms: Terms) -> Conditions:
    return [
        Order.status == OrderStatus.READY,
        Order.codes_expire_at.between(terms.at, terms.at + CODES_EXPIRE_WITHIN),
    ]


def _in_facts(facts: Sequence[tuple[OrderStatus, AtMinistry]]) -> ColumnElement[bool]:
    # SQLite finds pairs by an index only where it is told the first of each, too.
    return Order.status.in_({status for status, _there in facts}) & tuple_(
        Order.status, Order.at_ministry
    ).in_(facts)


_LISTS: Mapping[OfficeList, Callable[[Terms], Conditions]] = {
    OfficeList.UNCLEAR: _unclear,
    OfficeList.ATTENTION: _attention,
    OfficeList.STUCK: _stuck,
    OfficeList.WITHDRAWALS_OVERDUE: _withdrawals_overdue,
    OfficeList.REFUSED: _refused,
    OfficeList.RESTING_ON_UNDONE: _resting_on_undone,
    OfficeList.CODES_EXPIRING: _codes_expiring,
}
_SINCE: Mapping[OfficeList, InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]] = {
    OfficeList.STUCK: Order.placed_at,
    OfficeList.CODES_EXPIRING: Order.codes_expire_at,
}
