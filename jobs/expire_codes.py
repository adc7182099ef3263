"""Expire codes nobody used, and orders whose planned validity passed before any codes came.

Codes are hidden by the clock at once; their state moves here, after asking whether they were used after all. Where
the ministry cannot be asked (the panel), the clock alone decides, and the student is asked.
"""

from collections.abc import Mapping

from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.models.orders import Order
from portal.services.expiry import expire_codes_by_clock, fail_overdue

NAME = "expire_codes"


def run(calls: MinistryCalls) -> Mapping[str, int]:
    """Look up the orders whose codes ran out; end the overdue ones."""
    overdue = fail_overdue(actor=NAME, at=clock.now())
    return {"overdue": overdue, "looked_up": calls.look_up_due(NAME, [Order.codes_expire_at <= clock.now()])}


def run_by_clock() -> Mapping[str, int]:
    """The same where people carry orders to the ministry's panel: nobody is asked."""
    at = clock.now()
    return {"overdue": fail_overdue(actor=NAME, at=at), "expired": expire_codes_by_clock(actor=NAME, at=at)}
