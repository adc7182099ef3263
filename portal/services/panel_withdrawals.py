"""Requests that have to be taken back in the ministry's panel by hand, and the note that this was done."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import undefer

from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, facts_needing
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services import journal
from portal.services.journal import Subject
from portal.services.order_moves import set_facts
from portal.services.panel_orders import reference_names
from portal.services.register import note_change
from portal.services.row_sets import one_of

WITHDRAWAL_TICKED = "withdrawal_ticked"
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class DueWithdrawal:
    """A request to take back. `reference`: its name in a package, if it went out in one; `album_number` as ordered.

    `blocks`: the student has ordered again and waits for this.
    """

    order_id: str
    student_id: str
    reference: str | None
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    album_number: str | None = field(repr=False)
    card_number: str | None = field(repr=False)
    status: OrderStatus
    end_reason: EndReason | None
    since: datetime
    blocks: bool


def count_due() -> int:
    """How many requests wait to be taken back."""
    return db.session.scalar(select(func.count()).select_from(Order).where(_due())) or 0


def due_withdrawals() -> Sequence[DueWithdrawal]:
    """The requests to take back: first those somebody waits for, then the oldest; the first few hundred."""
    orders = db.session.scalars(
        select(Order)
        .where(_due())
        .order_by(Order.status_since, Order.id)
        .limit(MOST_LISTED)
        .options(undefer(Order.payload_sealed))
    ).all()
    references = reference_names(orders)
    students = {order.student_id for order in orders}
    names = {one.id: one for one in db.session.scalars(select(Student).where(one_of(Student.id, students)))}
    waiting = set(
        db.session.scalars(
            select(Order.student_id).where(
                one_of(Order.student_id, students), Order.status == OrderStatus.WAITING
            )
        )
    )
    found = [
        DueWithdrawal(
            order_id=order.id,
            student_id=order.student_id,
            reference=references.get(order.id),
            first_names=names[order.student_id].first_names,
            surname=names[order.student_id].surname,
            album_number=_album_number(order) or names[order.student_id].album_number,
            card_number=order.card_number,
            status=order.status,
            end_reason=order.end_reason,
            since=order.status_since,
            blocks=order.student_id in waiting,
        )
        for order in orders
    ]
    return sorted(found, key=lambda one: not one.blocks)


def tick_off(order_ids: Iterable[str], *, actor: str, at: datetime) -> int:
    """Note that these requests were taken back in the panel; students' new orders go on then.

    Answers how many were noted: what was ticked before, or needs no withdrawal, is left as it is.
    """
    wanted = set(order_ids)
    with transaction() as session:
        orders = session.scalars(select(Order).where(one_of(Order.id, wanted), _due())).all()
        for order in orders:
            before = order.status.value
            set_facts(order, at_ministry=AtMinistry.GONE)
            note_change(order.student_id)
            journal.record(
                WITHDRAWAL_TICKED,
                Subject.ORDER,
                order.id,
                actor=actor,
                at=at,
                details={"status": before},
            )
    return len(orders)


def _due() -> ColumnElement[bool]:
    facts = facts_needing(Step.WITHDRAW)
    # SQLite finds pairs by an index only where it is told the first of each, too.
    return Order.status.in_({status for status, _there in facts}) & tuple_(
        Order.status, Order.at_ministry
    ).in_(facts)


def _album_number(order: Order) -> str | None:
    if order.payload is None:
        return None
    album: str | None = json.loads(order.payload)["album_number"]
    return album
