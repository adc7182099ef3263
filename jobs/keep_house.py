"""Keep the house: look the database through, back it up, forget what was kept long enough. Once a night."""

import threading
from collections.abc import Mapping

import structlog
from flask import current_app

from portal import clock
from portal.services.backups import BackupFailed
from portal.services.housekeeping import DUTIES, Duty
from portal.services.job_runs import RunLog
from portal.settings import Settings

NAME = "keep_house"

log = structlog.get_logger()


class DutiesFailed(Exception):
    """Some duties failed; the others were done. Their own rows in the log of runs say why."""


def run(stop: threading.Event) -> Mapping[str, int]:
    """Do every duty, each with its own row in the log of runs, until told to stop. Raises DutiesFailed at the end.

    What was left undone is done at the next start.
    """
    settings: Settings = current_app.extensions["settings"]
    done, failed = 0, []
    for duty in DUTIES:
        if stop.is_set():
            break
        if _do(duty, settings, stop):
            done += 1
        elif not stop.is_set():
            failed.append(duty.name)
    if failed:
        raise DutiesFailed(", ".join(failed))
    return {"duties": done}


def _do(duty: Duty, settings: Settings, stop: threading.Event) -> bool:
    """Whether the duty was done whole."""
    started_at = clock.real_now()
    runs = RunLog(duty.job)
    try:
        counts = duty.run(settings, lambda: not stop.is_set())
    except Exception as error:
        if not stop.is_set():
            log.exception("duty_failed", duty=duty.name)
            runs.finished(started_at, {}, error=_code_of(error))
        return False
    if stop.is_set():
        return False
    runs.finished(started_at, counts)
    return True


def _code_of(error: Exception) -> str:
    return error.fault.value if isinstance(error, BackupFailed) else type(error).__name__
