"""The student's and the office's acts on orders: place, cancel, revoke."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.eligibility import Assessment
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import CancelReason, EndReason, OrderRefusal
from portal.services import order_moves
from portal.services.order_contents import assess_student, freeze


class OrderNotAllowed(Exception):
    """The student may not order now; `refusal` names the rule, `assessment` the conditions."""

    def __init__(self, refusal: OrderRefusal, assessment: Assessment) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.assessment = assessment


class OrderUnknown(Exception):
    """No such order, or none that belongs to this student."""


class OrderNotCancellable(Exception):
    """The order is over; `status` says how."""

    def __init__(self, status: OrderStatus) -> None:
        super().__init__(status.value)
        self.status = status


def place_order(student_id: str, policy: Policy, *, actor: str, at: datetime) -> Order:
    """Order an mLegitymacja: one `waiting` order with its contents frozen, if every rule allows it.

    Raises OrderNotAllowed, which also answers the second of two clicks.
    """
    with transaction() as session:
        student = session.get_one(Student, student_id)
        return order_as_assessed(student, assess_student(student, policy, at), actor=actor, at=at)


def order_as_assessed(student: Student, assessment: Assessment, *, actor: str, at: datetime) -> Order:
    """Place the order an assessment allows, inside the caller's transaction. Raises OrderNotAllowed."""
    if assessment.refusal is not None:
        raise OrderNotAllowed(assessment.refusal, assessment)
    _withdraw_kept_requests(student.id)
    order = Order(
        student_id=student.id,
        status=OrderStatus.WAITING,
        at_ministry=AtMinistry.ABSENT,
        version=1,
        placed_at=at,
        status_since=at,
        due_at=clock.real_now(),
    )
    freeze(order, student, assessment)
    try:
        order_moves.place(order, actor=actor, at=at)
    except IntegrityError as conflict:
        raise OrderNotAllowed(OrderRefusal.ORDER_OPEN, assessment) from conflict
    return order


def cancel(
    order_id: str, student_id: str, *, actor: str, at: datetime, why: CancelReason | None = None
) -> Order:
    """The student cancels an open order or the document; what is at the ministry will be withdrawn.

    `why` is kept with the event.
    Raises OrderUnknown for an order that is not this student's, OrderNotCancellable when it is over.
    """
    with transaction():
        order = own_order(order_id, student_id)
        if order.status not in CANCELLABLE:
            raise OrderNotCancellable(order.status)
        end(order, OrderStatus.CANCELLED, EndReason.STUDENT_CANCELLED, actor=actor, at=at, note=why)
        return order


def ask_soon(student_id: str) -> bool:
    """The student wants to know now: the ministry is asked about the open order at the next run, not later.

    Answers whether there is an order to ask about.
    """
    known = (
        Order.student_id == student_id,
        Order.status.in_(OPEN),
        Order.at_ministry == AtMinistry.PRESENT,
    )
    due = (*known, Order.due_at > clock.real_now())
    if db.session.scalar(select(Order.id).where(*due)) is None:
        return db.session.scalar(select(Order.id).where(*known)) is not None
    with transaction() as session:
        session.execute(
            update(Order)
            .where(*due)
            .values(due_at=clock.real_now())
            .execution_options(synchronize_session=False)
        )
    return True


def open_status(student_id: str) -> OrderStatus | None:
    """The status of the student's open order; None without one."""
    return db.session.scalar(
        select(Order.status).where(Order.student_id == student_id, Order.status.in_(OPEN))
    )


def revoke(
    order_id: str, reason: EndReason, *, actor: str, at: datetime, batch_id: str | None = None
) -> Order:
    """The university takes an open order or the document back. Raises OrderUnknown, OrderNotCancellable."""
    with transaction() as session:
        order = session.get(Order, order_id)
        if order is None:
            raise OrderUnknown(order_id)
        if order.status not in CANCELLABLE:
            raise OrderNotCancellable(order.status)
        end(order, OrderStatus.REVOKED, reason, actor=actor, at=at, batch_id=batch_id)
        return order


def end(
    order: Order,
    status: OrderStatus,
    reason: EndReason,
    *,
    actor: str,
    at: datetime,
    batch_id: str | None = None,
    note: CancelReason | None = None,
    **values: object,
) -> None:
    """End `order` for `reason` inside the caller's transaction; the jobs look at it at once, should it need one.

    `note`: what the event says instead of the reason, where the student told more.
    """
    order_moves.move(
        order,
        status,
        actor=actor,
        at=at,
        reason=(note or reason).value,
        batch_id=batch_id,
        end_reason=reason,
        due_at=clock.real_now(),
        **values,
    )


def own_order(order_id: str, student_id: str) -> Order:
    """The order, proven to be this student's. Raises OrderUnknown."""
    order = db.session.scalar(select(Order).where(Order.id == order_id, Order.student_id == student_id))
    if order is None:
        raise OrderUnknown(order_id)
    return order


def _withdraw_kept_requests(student_id: str) -> None:
    """Expired codes left alone until the student said where the card is: ordering again answers the question."""
    db.session.execute(
        update(Order)
        .where(
            Order.student_id == student_id,
            Order.status == OrderStatus.CODES_EXPIRED,
            Order.at_ministry == AtMinistry.KEPT,
        )
        .values(at_ministry=AtMinistry.PRESENT, due_at=clock.real_now())
        .execution_options(synchronize_session=False)
    )
