"""Revoke orders and documents of students whose entitlement ended by itself: a date that came, a month that passed."""

from collections.abc import Mapping

from flask import current_app

from portal import clock
from portal.services.entitlement import revoke_all_ended
from portal.settings import Settings

NAME = "revoke_cards"


def run() -> Mapping[str, int]:
    """Revoke what nobody is entitled to any more today."""
    settings: Settings = current_app.extensions["settings"]
    return {"revoked": revoke_all_ended(settings.policy, actor=NAME, at=clock.now())}
