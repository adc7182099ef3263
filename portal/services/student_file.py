"""Everything the office has about one student, as one reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.cards import CardExtension, ElsCard
from portal.models.data_reports import DataReport
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.eligibility import Assessment
from portal.rules.next_step import Step, next_step
from portal.rules.order_status import CANCELLABLE
from portal.rules.policy import Policy
from portal.rules.validity import confirmed_until, proposed_until
from portal.services.entitlement import loss_ahead
from portal.services.order_contents import assess_student
from portal.services.register import facts_of
from portal.services.row_sets import one_of

Row = TypeVar("Row", ElsCard, CardExtension, Order, DataReport)


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order with its whole life, first event first. `unclear`: the office has to say whether it arrived.

    `revocable`: it may still be taken back. `withdrawing`: it is over, and the ministry has yet to be told.
    """

    order: Order
    events: Sequence[OrderEvent]
    unclear: bool
    revocable: bool
    withdrawing: bool


@dataclass(frozen=True, slots=True)
class StudentFile:
    """`people`: the names behind account ids in extensions and events; `None` stands for the student.

    `confirmed_until`: None for never; `proposed_until`: what an extension made now proposes.
    `loses_on`: the first day without entitlement, where that is known already.
    """

    student: Student
    assessment: Assessment
    confirmed_until: date | None
    is_confirmed: bool
    proposed_until: date
    cards: Sequence[ElsCard]
    extensions: Sequence[CardExtension]
    orders: Sequence[OrderFile]
    reports: Sequence[DataReport]
    people: Mapping[str, str | None] = field(repr=False)
    ministry_down_since: datetime | None
    loses_on: date | None


def file_of(student: Student, policy: Policy, *, repeatable: bool, at: datetime) -> StudentFile:
    """What the office has about `student`, newest first. `repeatable`: see `settings.Ministry`."""
    on = clock.day_of(at)
    confirmed = confirmed_until(facts_of(student), policy)
    extensions = _newest(CardExtension, student, CardExtension.extended_at)
    orders = _orders(student, repeatable=repeatable)
    reports = _newest(DataReport, student, DataReport.reported_at)
    events = (event.actor for one in orders for event in one.events)
    extenders = (who for one in extensions for who in (one.extended_by, one.undone_by))
    settlers = (one.settled_by for one in reports)
    health = db.session.get(MinistryHealth, 1)
    return StudentFile(
        student=student,
        assessment=assess_student(student, policy, at),
        confirmed_until=confirmed,
        is_confirmed=confirmed is not None and confirmed >= on,
        proposed_until=proposed_until(on, policy),
        cards=_newest(ElsCard, student, ElsCard.issued_on),
        extensions=extensions,
        orders=orders,
        reports=reports,
        people=names_behind([*events, *extenders, *settlers]),
        ministry_down_since=health.down_since if health else None,
        loses_on=loss_ahead(student, policy, on),
    )


def names_behind(account_ids: Iterable[str | None]) -> dict[str, str | None]:
    """The names of the office's accounts among these ids; None stands for a student's own account."""
    rows = db.session.execute(
        select(Account.id, Account.display_name, Account.role).where(
            one_of(Account.id, {who for who in account_ids if who})
        )
    )
    return {who: None if role is Role.STUDENT else name for who, name, role in rows}


def _orders(student: Student, *, repeatable: bool) -> list[OrderFile]:
    orders = _newest(Order, student, Order.placed_at)
    events = db.session.scalars(
        select(OrderEvent)
        .where(one_of(OrderEvent.order_id, [order.id for order in orders]))
        .order_by(OrderEvent.order_id, OrderEvent.version)
    ).all()
    steps = {order.id: next_step(order.status, order.at_ministry, repeatable=repeatable) for order in orders}
    return [
        OrderFile(
            order=order,
            events=[event for event in events if event.order_id == order.id],
            unclear=steps[order.id] is Step.CLARIFY,
            revocable=order.status in CANCELLABLE,
            withdrawing=steps[order.id] is Step.WITHDRAW,
        )
        for order in orders
    ]


def _newest(table: type[Row], student: Student, when: InstrumentedAttribute[Any]) -> Sequence[Row]:
    own = select(table).where(table.student_id == student.id)
    return db.session.scalars(own.order_by(when.desc(), table.id)).all()
