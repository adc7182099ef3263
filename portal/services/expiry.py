"""What ends because its time is over: codes nobody used, orders that came too late, documents.

Every function works in short transactions of a few hundred orders; another worker that was faster leaves less to do.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services.order_moves import SeenOrder, move_many
from portal.services.ordering import end

AT_ONCE = 250


def end_codes(order: Order, *, ask_student: bool, actor: str, at: datetime) -> None:
    """Codes nobody used in time; inside the caller's transaction.

    `ask_student`: the request is left alone until the student says whether the card is in the phone; else it is
    withdrawn, so that a late scan makes no card.
    """
    end(
        order,
        OrderStatus.CODES_EXPIRED,
        EndReason.CODES_NOT_USED,
        actor=actor,
        at=at,
        at_ministry=AtMinistry.KEPT if ask_student else AtMinistry.PRESENT,
    )


def expire_codes_by_clock(*, actor: str, at: datetime) -> int:
    """Codes past their time where nobody can be asked about them but the student (the panel); answers how many."""
    past = (Order.status == OrderStatus.READY, Order.codes_expire_at <= at)
    return _in_chunks(past, lambda order: end_codes(order, ask_student=True, actor=actor, at=at))


def fail_overdue(*, actor: str, at: datetime) -> int:
    """Orders whose planned validity passed before any codes came end as errors; answers how many."""
    overdue = (
        Order.status.in_([OrderStatus.WAITING, OrderStatus.IN_PROGRESS]),
        Order.planned_valid_until < clock.day_of(at),
    )
    return _in_chunks(
        overdue,
        lambda order: end(order, OrderStatus.ERROR, EndReason.DEADLINE_PASSED, actor=actor, at=at),
    )


def expire_documents(*, actor: str, at: datetime) -> int:
    """Documents whose last day has passed; nothing is withdrawn: they end by themselves. Answers how many."""
    past = (Order.status == OrderStatus.COLLECTED, Order.planned_valid_until < clock.day_of(at))
    expired = 0
    while _any(past):
        with transaction() as session:
            rows = session.execute(
                select(Order.id, Order.student_id, Order.status, Order.version).where(*past).limit(AT_ONCE)
            )
            seen = [SeenOrder(*row) for row in rows]
            move_many(
                seen,
                OrderStatus.EXPIRED,
                actor=actor,
                at=at,
                reason=EndReason.VALIDITY_ENDED.value,
                end_reason=EndReason.VALIDITY_ENDED,
            )
        expired += len(seen)
    return expired


def _in_chunks(due: Sequence[ColumnElement[bool]], carry_out: Callable[[Order], None]) -> int:
    done = 0
    while _any(due):
        with transaction() as session:
            orders = session.scalars(select(Order).where(*due).limit(AT_ONCE)).all()
            for order in orders:
                carry_out(order)
        done += len(orders)
    return done


def _any(due: Sequence[ColumnElement[bool]]) -> bool:
    """Looked up without the lock for writing: most of the time nothing is due."""
    found = db.session.scalar(select(Order.id).where(*due).limit(1)) is not None
    db.session.rollback()
    return found
