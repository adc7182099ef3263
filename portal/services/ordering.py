"""The student's and the office's acts on orders: place, cancel, revoke, and what a student may do now."""

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.sealed import keyring
from portal.rules.eligibility import Assessment, PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import CancelReason, EndReason, OrderRefusal
from portal.services import order_moves
from portal.services.register import facts_of


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


def assess_student(
    student: Student, policy: Policy, at: datetime, *, ignoring: str | None = None
) -> Assessment:
    """May this student order at that moment? `ignoring`: an order that does not count (the one being asked about)."""
    return assess(facts_of(student), present_orders(student.id, ignoring=ignoring), policy, clock.day_of(at))


def present_orders(student_id: str, *, ignoring: str | None = None) -> PresentOrders:
    """The open order and the document of a student, as the rules see them."""
    rows = db.session.execute(
        select(Order.id, Order.status, Order.planned_valid_until).where(
            Order.student_id == student_id, Order.status.in_(CANCELLABLE)
        )
    ).all()
    counted = [row for row in rows if row.id != ignoring]
    return PresentOrders(
        open_status=next((row.status for row in counted if row.status in OPEN), None),
        document_until=next(
            (row.planned_valid_until for row in counted if row.status is OrderStatus.COLLECTED), None
        ),
    )


def follow_register(student: Student, policy: Policy, at: datetime) -> None:
    """Let an order that was never sent follow the register: a newer extension, an earlier date, corrected data.

    Inside the caller's transaction; an order that may not be ordered any more is left to the check before sending.
    """
    order = db.session.scalar(
        select(Order).where(
            Order.student_id == student.id,
            Order.status == OrderStatus.WAITING,
            Order.at_ministry == AtMinistry.ABSENT,
        )
    )
    if order is None:
        return
    assessment = assess_student(student, policy, at, ignoring=order.id)
    if assessment.may_order:
        freeze(order, student, assessment)


def freeze(order: Order, student: Student, assessment: Assessment) -> None:
    """Write into `order` what is ordered: it will be sent like this, whatever changes in the register meanwhile."""
    assert assessment.planned_valid_until
    assert assessment.enrolment_id
    assert student.photo_sha256
    order.planned_valid_until = assessment.planned_valid_until
    order.enrolment_id = assessment.enrolment_id
    order.extension_id = assessment.extension_id
    order.photo_sha256 = student.photo_sha256
    order.content_mark = content_mark(student)
    order.payload = json.dumps({**_personal_data(student), "valid_until": str(order.planned_valid_until)})


def content_mark(student: Student) -> bytes:
    """A keyed fingerprint of the data that stand on a card; it differs once name, PESEL or photo changed."""
    return keyring().blind_index(json.dumps([_personal_data(student), student.photo_sha256]))


def _personal_data(student: Student) -> dict[str, str | None]:
    return {
        "album_number": student.album_number,
        "pesel": student.pesel,
        "first_names": student.first_names,
        "surname": student.surname,
        "birth_date": str(student.birth_date),
    }


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
