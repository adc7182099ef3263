"""Ask the ministry how the orders it has are getting on."""

from collections.abc import Mapping

from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.models.orders import Order

NAME = "refresh_orders"


def run(calls: MinistryCalls) -> Mapping[str, int]:
    """Look up what is due and not past its codes' time (those are `expire_codes`'s)."""
    in_time = Order.codes_expire_at.is_(None) | (Order.codes_expire_at > clock.now())
    return {"looked_up": calls.look_up_due(NAME, [in_time])}
