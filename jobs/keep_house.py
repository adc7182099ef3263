"""Forget what has been kept as long as the university has to keep it."""

from collections.abc import Mapping
from datetime import timedelta

from flask import current_app

from portal import clock
from portal.services import journal
from portal.settings import Settings

NAME = "keep_house"


def run() -> Mapping[str, int]:
    """Delete journal entries older than the settings keep them."""
    settings: Settings = current_app.extensions["settings"]
    kept_since = clock.real_now() - timedelta(days=settings.security.journal_kept_days)
    return {"journal_entries": journal.forget_before(kept_since)}
