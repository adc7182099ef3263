"""Expire codes nobody used, and orders whose planned validity passed before any codes came.

Codes are hidden by the clock at once; their state moves here, after asking whether they were used after all.
"""

from collections.abc import Mapping

from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.models.orders import Order
from portal.services.ministry_reports import fail_overdue

NAME = "expire_codes"


def run(calls: MinistryCalls) -> Mapping[str, int]:
    """Look up the orders whose codes ran out; end the overdue ones."""
    overdue = fail_overdue(actor=NAME)
    return {"overdue": overdue, "looked_up": calls.look_up_due(NAME, [Order.codes_expire_at <= clock.now()])}
