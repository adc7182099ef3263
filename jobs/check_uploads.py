"""Work on files the office uploaded: what would they do, and do it once confirmed; forget them after an hour."""

from collections.abc import Mapping

from flask import current_app

from portal import clock
from portal.services import uploads
from portal.services.upload_work import work_on_next
from portal.settings import Settings

NAME = "check_uploads"


def run() -> Mapping[str, int]:
    """Work until no file waits any more; throw away those whose time is over."""
    settings: Settings = current_app.extensions["settings"]
    worked_on = 0
    while work_on_next(settings.policy, at=clock.now(), real_at=clock.real_now()):
        worked_on += 1
    return {"worked_on": worked_on, "forgotten": uploads.forget_expired(clock.real_now())}
