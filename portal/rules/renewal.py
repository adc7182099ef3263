"""Periods in which a student may order: which ones they know already, and when the portal orders by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.rules.policy import Policy, StandingOrders
from portal.rules.reasons import EndReason


@dataclass(frozen=True, slots=True)
class PastOrder:
    """What of an order, whatever became of it, says which period its student knows; no end while it stands."""

    planned_valid_until: date
    end_reason: EndReason | None


def is_known_period(until: date, orders: Iterable[PastOrder]) -> bool:
    """Whether the student ordered for the period ending `until`, or for a later one.

    What ended as it did (cancelled, failed, expired) is not begun again without a click. An order revoked because the
    office took the extension back does not count: the next extension begins anew.
    """
    return any(
        order.planned_valid_until >= until and order.end_reason is not EndReason.EXTENSION_UNDONE
        for order in orders
    )


def orders_by_itself(policy: Policy, *, wanted: bool) -> bool:
    """Whether the portal orders for a student; `wanted`: the student's own switch."""
    match policy.standing_orders:
        case StandingOrders.OFF:
            return False
        case StandingOrders.STUDENT:
            return wanted
        case StandingOrders.ALL:
            return True


def standing_order_due(extended_at: datetime | None, found_at: datetime, policy: Policy) -> datetime:
    """When a standing order is placed: some time after the extension, so that a mistake is still cheap to undo.

    Without an extension (the card's own date): as soon as it is found that the student may order.
    """
    if extended_at is None:
        return found_at
    return extended_at + timedelta(minutes=policy.standing_order_delay_minutes)
