"""Find students who newly may order, tell them, and place the standing orders whose time has come."""

from collections.abc import Mapping

from flask import current_app

from portal import clock
from portal.models.renewals import StandingOrder
from portal.services.order_offers import find_offers
from portal.services.standing_orders import place_standing_orders
from portal.settings import Settings

NAME = "reopen_orders"


def run() -> Mapping[str, int]:
    """Both, each bounded; what is left over waits for the next run."""
    settings: Settings = current_app.extensions["settings"]
    at = clock.now()
    found = find_offers(settings.policy, at=at)
    settled = place_standing_orders(settings.policy, actor=NAME, at=at)
    return {**found, "placed": settled[StandingOrder.PLACED], "dropped": settled[StandingOrder.DROPPED]}
