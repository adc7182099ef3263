"""What the office does about single orders: place one, revoke, clear up a doubt, leave a document be."""

from datetime import datetime

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.services import journal, ordering
from portal.services.journal import Subject
from portal.services.order_moves import move, set_facts
from portal.services.ordering import OrderNotCancellable, OrderUnknown
from portal.services.register import note_change

ORDER_REVOKED = "order_revoked"
DOUBT_CLEARED = "doubt_cleared"
DOCUMENT_KEPT = "document_kept"


class NotUnclear(Exception):
    """There is nothing to decide about this order: it never was in doubt, or the doubt is over."""


def order_for_student(student_id: str, policy: Policy, *, actor: str, at: datetime) -> Order:
    """Place an order at the student's request; the event names the office's account. Raises OrderNotAllowed."""
    return ordering.place_order(student_id, policy, actor=actor, at=at)


def revoke_order(order_id: str, *, reason: str, actor: str, at: datetime) -> Order:
    """Take an open order or the document back for a typed reason, which the journal keeps; jobs withdraw it.

    Raises OrderUnknown, OrderNotCancellable; ValueError for an empty reason.
    """
    with transaction():
        order = _order(order_id)
        if order.status not in CANCELLABLE:
            raise OrderNotCancellable(order.status)
        details = {"from": order.status.value}
        ordering.end(order, OrderStatus.REVOKED, EndReason.OFFICE_REVOKED, actor=actor, at=at)
        journal.record(
            ORDER_REVOKED, Subject.ORDER, order_id, actor=actor, at=at, reason=_typed(reason), details=details
        )
        return order


def decide_unclear(order_id: str, *, arrived: bool, reason: str, actor: str, at: datetime) -> Order:
    """Say whether a submission in doubt reached the ministry: it is then in progress, or else is sent again.

    Raises OrderUnknown, NotUnclear (also while a call is under way); ValueError for an empty reason.
    """
    with transaction():
        order = _order(order_id)
        calling = order.leased_until is not None and order.leased_until > clock.real_now()
        if next_step(order.status, order.at_ministry, repeatable=False) is not Step.CLARIFY or calling:
            raise NotUnclear(order_id)
        now = clock.real_now()
        if arrived:
            set_facts(order, at_ministry=AtMinistry.PRESENT, forwarded_at=at, failures=0)
            move(order, OrderStatus.IN_PROGRESS, actor=actor, at=at, reason=DOUBT_CLEARED, due_at=now)
        else:
            set_facts(order, at_ministry=AtMinistry.ABSENT, due_at=now, failures=0)
            note_change(order.student_id)
        journal.record(
            DOUBT_CLEARED,
            Subject.ORDER,
            order_id,
            actor=actor,
            at=at,
            reason=_typed(reason),
            details={"arrived": arrived},
        )
        return order


def keep_document(order_id: str, *, reason: str, actor: str, at: datetime) -> None:
    """Decide that a document whose extension was undone stays: it leaves the office's list until another undo.

    Raises OrderUnknown where there is no such document; ValueError for an empty reason.
    """
    with transaction():
        if _order(order_id).status is not OrderStatus.COLLECTED:
            raise OrderUnknown(order_id)
        journal.record(DOCUMENT_KEPT, Subject.ORDER, order_id, actor=actor, at=at, reason=_typed(reason))


def _order(order_id: str) -> Order:
    order = db.session.get(Order, order_id, populate_existing=True)
    if order is None:
        raise OrderUnknown(order_id)
    return order


def _typed(reason: str) -> str:
    if not reason.strip():
        raise ValueError("this act needs its reason")
    return reason.strip()
