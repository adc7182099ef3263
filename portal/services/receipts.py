"""Receipt: an order becomes the document, by the ministry's answer or by the student's word.

Where the student's word counts, codes past their time are not withdrawn at once: first the student is asked whether
the card is in the phone. The answer „no” withdraws, and so does ordering again.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy, ReceiptFrom
from portal.rules.reasons import EndReason
from portal.rules.validity import confirmed_until
from portal.services.order_moves import move, set_facts
from portal.services.ordering import end, own_order
from portal.services.register import note_change
from portal.services.register_in_bulk import facts_of_many
from portal.services.row_sets import one_of

UNANSWERED = (Order.status == OrderStatus.CODES_EXPIRED, Order.at_ministry == AtMinistry.KEPT)


class ReceiptNotPossible(Exception):
    """This order cannot be received (any more), or is not asked about; `status` says where it stands."""

    def __init__(self, status: OrderStatus) -> None:
        super().__init__(status.value)
        self.status = status


def confirm_receipt(order_id: str, student_id: str, policy: Policy, *, actor: str, at: datetime) -> Order:
    """The student says that the card is in the phone: codes that are ready or ran out become the document.

    Said twice it changes nothing. Raises OrderUnknown for an order that is not this student's, ReceiptNotPossible.
    """
    with transaction():
        order = own_order(order_id, student_id)
        if order.status is OrderStatus.COLLECTED:
            return order
        if not may_confirm(order, policy, at):
            raise ReceiptNotPossible(order.status)
        collect(order, policy, actor=actor, at=at)
        return order


def deny_receipt(order_id: str, student_id: str, *, at: datetime) -> Order:
    """The student says that expired codes were never used: the request is withdrawn, so that no late scan counts.

    Said twice it changes nothing. Raises OrderUnknown for an order that is not this student's, ReceiptNotPossible.
    """
    with transaction():
        order = own_order(order_id, student_id)
        if order.status is not OrderStatus.CODES_EXPIRED:
            raise ReceiptNotPossible(order.status)
        if order.at_ministry is AtMinistry.KEPT:
            set_facts(order, at_ministry=AtMinistry.PRESENT, due_at=clock.real_now())
            note_change(student_id)
        return order


def withdraw_unanswered(student_ids: Iterable[str]) -> int:
    """Nobody waits for these students' answers any more; inside the caller's transaction. Answers how many were due.

    The cards of their expired codes may be in use, so the requests are withdrawn.
    """
    return _withdraw(_unanswered_of(student_ids))


def withdraw_unconfirmed(student_ids: Iterable[str], policy: Policy) -> int:
    """The same for those expired codes only whose date the office does not confirm any more."""
    unanswered = _unanswered_of(student_ids)
    facts = facts_of_many([order.student_id for order in unanswered])
    confirmed = {student_id: confirmed_until(known, policy) for student_id, known in facts.items()}
    return _withdraw(
        [
            order
            for order in unanswered
            if (until := confirmed[order.student_id]) is None or until < order.planned_valid_until
        ]
    )


def may_confirm(order: Order, policy: Policy, at: datetime) -> bool:
    """Whether the student's word at that moment would make this order the document."""
    if order.status is OrderStatus.READY:
        return policy.receipt_from is ReceiptFrom.STUDENT
    return is_asked_about(order, clock.day_of(at))


def is_asked_about(order: Order, on: date) -> bool:
    """Whether the student has yet to say if the card of these expired codes is in the phone."""
    return (
        order.status is OrderStatus.CODES_EXPIRED
        and order.at_ministry is AtMinistry.KEPT
        and order.planned_valid_until >= on
    )


def collect(
    order: Order,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    collected_at: datetime | None = None,
    card_number: str | None = None,
    card_issued_on: date | None = None,
) -> None:
    """The order becomes the document; the one it renews is superseded first. Inside the caller's transaction.

    `collected_at`: when that happened, if anybody knows better than `at`.
    """
    document = db.session.scalar(
        select(Order).where(Order.student_id == order.student_id, Order.status == OrderStatus.COLLECTED)
    )
    if document is not None:
        there = AtMinistry.PRESENT if policy.withdraw_superseded else AtMinistry.KEPT
        end(
            document,
            OrderStatus.SUPERSEDED,
            EndReason.NEWER_COLLECTED,
            actor=actor,
            at=at,
            at_ministry=there,
        )
    move(
        order,
        OrderStatus.COLLECTED,
        actor=actor,
        at=at,
        collected_at=collected_at or at,
        card_number=card_number,
        card_issued_on=card_issued_on,
        end_reason=None,
        attention=None,
        # Expired codes were left alone there; a document is simply there.
        at_ministry=AtMinistry.PRESENT,
    )


def _unanswered_of(student_ids: Iterable[str]) -> Sequence[Order]:
    return db.session.scalars(select(Order).where(*UNANSWERED, one_of(Order.student_id, student_ids))).all()


def _withdraw(unanswered: Sequence[Order]) -> int:
    for order in unanswered:
        set_facts(order, at_ministry=AtMinistry.PRESENT, due_at=clock.real_now())
        note_change(order.student_id)
    return len(unanswered)
