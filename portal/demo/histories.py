"""What the generated students ordered so far: documents, codes that wait, and orders that ended otherwise."""

from datetime import datetime, timedelta

from portal.clock import day_of, end_of
from portal.demo.chance import chance
from portal.demo.orders import DemoOrder, NotAllowedThen, place
from portal.demo.student import DemoStudent, office_hour
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.validity import end_of_entitlement, has_entitlement

LEAVES_CODES, NEVER_USED_CODES, REFUSED, CANCELS = 0.04, 0.07, 0.1, 0.15
NEVER_ORDERS = 0.5
WAIT_FOR_COLLECTION = timedelta(hours=19)


def past_orders(student: DemoStudent, at: datetime, policy: Policy) -> list[DemoOrder]:
    """The orders of one generated student up to that moment, oldest first; often none."""
    draw = chance("orders", student.user_name)
    kind, days = draw.random(), draw.randint(1, 16)
    if kind > 1 - NEVER_ORDERS:
        return []
    try:
        if kind < LEAVES_CODES:
            return [
                _to_the_present(place(student, at - timedelta(days=days), policy).made_ready(), at, policy)
            ]
        if kind < CANCELS:
            return _without_document(student, kind, timedelta(days=days, hours=days % 9), at, policy)
    except NotAllowedThen:
        return []
    return _documents(student, timedelta(days=days, hours=days % 9), at, policy)


def _without_document(
    student: DemoStudent, kind: float, later: timedelta, at: datetime, policy: Policy
) -> list[DemoOrder]:
    """One order that led to nothing. Raises NotAllowedThen."""
    moments = [one.at + later for one in student.confirmations if one.at + later < at - timedelta(days=2)]
    if not moments:
        return []
    order = place(student, moments[-1], policy)
    if kind < NEVER_USED_CODES:
        return [_to_the_present(order.made_ready(), at, policy)]
    if kind < REFUSED:
        return [order.refused("photo_rejected")]
    return [order.cancelled(order.placed_at + timedelta(seconds=9))]


def _documents(student: DemoStudent, later: timedelta, at: datetime, policy: Policy) -> list[DemoOrder]:
    """A document for each of the last two confirmations, where the rules allowed one; a newer replaces an older."""
    orders: list[DemoOrder] = []
    for confirmation in student.confirmations[-2:]:
        placed_at = confirmation.at + later
        if placed_at + 2 * WAIT_FOR_COLLECTION > at:
            continue
        older = orders[-1] if orders else None
        # The sandbox keeps a replaced card only once it is past: in its ledger an older one would still be live.
        if older is not None and older.valid_until >= day_of(at):
            continue
        held = older if older is not None and older.valid_until >= day_of(placed_at) else None
        try:
            order = place(student, placed_at, policy, sequence=len(orders) + 1, document=held)
        except NotAllowedThen:
            continue
        collected_at = placed_at + WAIT_FOR_COLLECTION
        if older is not None and older.valid_until >= day_of(collected_at):
            orders[-1] = older.superseded(collected_at)
        orders.append(order.made_ready().collected(collected_at))
    return [_to_the_present(order, at, policy) for order in orders]


def _to_the_present(order: DemoOrder, at: datetime, policy: Policy) -> DemoOrder:
    """What became of an order by that moment through the calendar and the register alone."""
    if order.status not in {OrderStatus.READY, OrderStatus.COLLECTED}:
        return order
    over_at = order.codes_expire_at if order.status is OrderStatus.READY else end_of(order.valid_until)
    assert over_at is not None
    lost_at = _entitlement_lost_at(order.student, at, policy)
    if lost_at is not None and lost_at < min(over_at, at):
        return order.revoked(max(lost_at, order.events[-1].at))
    if over_at + timedelta(days=1) > at:
        return order
    return order.lapsed() if order.status is OrderStatus.READY else order.expired()


def _entitlement_lost_at(student: DemoStudent, at: datetime, policy: Policy) -> datetime | None:
    """The night in which the office's list says so, if entitlement has ended by that moment."""
    facts = student.facts(at)
    last = end_of_entitlement(facts, policy)
    if last is None or has_entitlement(facts, policy, day_of(at)):
        return None
    over = last + timedelta(days=1) if has_entitlement(facts, policy, last) else last
    return office_hour(over, 4, 30)
