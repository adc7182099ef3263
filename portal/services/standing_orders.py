"""„Zamawiaj automatycznie po przedłużeniu”: the student's switch, and orders nobody had to click for."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.renewals import OrderOffer, StandingOrder
from portal.rules.policy import Policy, StandingOrders
from portal.rules.renewal import PastOrder, is_known_period, orders_by_itself
from portal.services.notices import tell
from portal.services.order_contents import assess_student
from portal.services.order_offers import may_order
from portal.services.ordering import order_as_assessed
from portal.services.receipts import is_asked_about
from portal.services.register import note_change

MOST = 500
"""Orders placed in one run; the next run goes on."""


class StandingOrderNotOffered(Exception):
    """The university leaves no choice about standing orders: it places none, or everybody's."""


def choose_standing_order(student_id: str, policy: Policy, *, wanted: bool) -> None:
    """The student lets the portal order after an extension, or no longer. Raises StandingOrderNotOffered."""
    if policy.standing_orders is not StandingOrders.STUDENT:
        raise StandingOrderNotOffered
    with transaction() as session:
        student = session.get_one(Student, student_id)
        if student.standing_order is not wanted:
            student.standing_order = wanted
            session.flush()
            note_change(student_id)


def standing_order_at(student: Student, until: date, policy: Policy) -> datetime | None:
    """When the portal will order for a student who may order until that day; None if it will not."""
    if not orders_by_itself(policy, wanted=student.standing_order):
        return None
    return db.session.scalar(
        select(OrderOffer.standing_due_at).where(
            OrderOffer.student_id == student.id,
            OrderOffer.until == until,
            OrderOffer.standing == StandingOrder.WAITING,
        )
    )


def place_standing_orders(
    policy: Policy, *, actor: str, at: datetime, most: int = MOST
) -> Mapping[StandingOrder, int]:
    """Place the standing orders whose time has come, each in a transaction of its own; answers what became of them.

    Whatever changed since the offer counts: the rules are asked again, and one for which it is too late is dropped.
    """
    due = (
        select(OrderOffer.id)
        .where(OrderOffer.standing == StandingOrder.WAITING, OrderOffer.standing_due_at <= at)
        .order_by(OrderOffer.standing_due_at)
        .limit(most)
    )
    ids = db.session.scalars(due).all()
    db.session.rollback()
    return Counter(_settle(offer_id, policy, actor, at) for offer_id in ids)


def _settle(offer_id: str, policy: Policy, actor: str, at: datetime) -> StandingOrder:
    with transaction() as session:
        offer = session.get_one(OrderOffer, offer_id, populate_existing=True)
        if offer.standing is not StandingOrder.WAITING:  # another process was faster
            return StandingOrder.NONE
        order = _place(offer, policy, actor, at)
        if order is None:
            offer.standing = StandingOrder.DROPPED
            note_change(offer.student_id)
        else:
            offer.standing, offer.order_id = StandingOrder.PLACED, order.id
        return offer.standing


def _place(offer: OrderOffer, policy: Policy, actor: str, at: datetime) -> Order | None:
    student = db.session.get_one(Student, offer.student_id, populate_existing=True)
    orders = db.session.scalars(select(Order).where(Order.student_id == student.id)).all()
    past = [PastOrder(order.planned_valid_until, order.end_reason) for order in orders]
    # Ordered meanwhile, however that ended; or the card of expired codes may be in use, which only its student knows.
    if is_known_period(offer.until, past) or any(is_asked_about(one, clock.day_of(at)) for one in orders):
        return None
    assessment = assess_student(student, policy, at)
    if not assessment.may_order or assessment.planned_valid_until != offer.until:
        return None
    if not orders_by_itself(policy, wanted=student.standing_order):
        # Switched off meanwhile: the order is theirs to place, and nobody told them yet.
        tell([may_order(student.id, offer.until)], at=at)
        return None
    return order_as_assessed(student, assessment, actor=actor, at=at)
