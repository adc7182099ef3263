"""The nightly duties: each by itself, so that one that fails does not stop the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from portal import clock
from portal.extensions import db
from portal.models.ministry_calls import JobRun
from portal.services import backups, journal, retention
from portal.settings import Settings

JOB = "keep_house"
AGAIN_AFTER = timedelta(days=1)
NOT_AGAIN_WITHIN = timedelta(hours=1)

GoOn = Callable[[], bool]


class DatabaseDamaged(Exception):
    """SQLite found its file damaged, or rows that refer to nothing; the message names what, never whom."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do each night; `run` answers what it did, by name, for the log of runs."""

    name: str
    run: Callable[[Settings, GoOn], Mapping[str, int]]

    @property
    def job(self) -> str:
        """Under what the duty stands in the log of runs."""
        return f"{JOB}.{self.name}"


def sqlite_file(settings: Settings) -> Path | None:
    """The database's file, or None where it is not SQLite."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.drivername.startswith("sqlite") and url.database else None


def backup_directory(settings: Settings) -> Path:
    """Where backups are kept."""
    return settings.instance / settings.retention.backup_directory


def back_up(settings: Settings, *, at: datetime, go_on: GoOn = lambda: True) -> tuple[backups.Backup, int]:
    """Make a backup now and let the oldest go; answers it and how many went. Raises BackupFailed.

    While the database itself is damaged none goes: the good ones are worth more than their number.
    """
    database = sqlite_file(settings)
    assert database is not None, "only SQLite is backed up by the portal"
    directory = backup_directory(settings)
    made = backups.make_backup(database, directory, at=at, go_on=go_on)
    damaged = backups.check_live(database, go_on=go_on)
    kept = settings.retention.backups
    return made, backups.rotate(directory, kept) if kept and not damaged else 0


def is_overdue(at: datetime) -> bool:
    """Whether some duty was not done within the last day: never, it failed, or the machine was off."""
    rows = db.session.execute(
        select(JobRun.job, func.max(JobRun.finished_at))
        .where(JobRun.job.in_([duty.job for duty in DUTIES]), JobRun.error.is_(None))
        .group_by(JobRun.job)
    )
    done = {row[0]: row[1] for row in rows}
    last = [done.get(duty.job) for duty in DUTIES]
    return any(moment is None or moment < at - AGAIN_AFTER for moment in last)


def _check_integrity(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    database = sqlite_file(settings)
    if database is None:
        return {}
    try:
        problems = backups.check_live(database, go_on=go_on)
    except backups.BackupFailed as failed:
        if failed.fault is not backups.Fault.DAMAGED:
            raise
        problems = [failed.details]
    if problems:
        raise DatabaseDamaged("; ".join(problems))
    return {"checked": 1}


def _back_up(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    if sqlite_file(settings) is None or not settings.retention.backups:
        return {}
    at = clock.real_now()
    present = backups.backups_in(backup_directory(settings))
    if present and at - NOT_AGAIN_WITHIN < present[0].made_at <= at:
        return {}  # another jobs process, or the administrator, was faster
    made, gone = back_up(settings, at=at, go_on=go_on)
    return {"made": 1, "size": made.size, "deleted": gone, **made.rows}


def _erase_order_data(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    before = _before(settings.retention.order_data_days)
    return {
        "orders": retention.erase_order_data(before, go_on),
        "photo_submissions": retention.forget_photo_submissions(before, go_on),
        "photos": retention.forget_photos(clock.real_now() - AGAIN_AFTER, go_on),
    }


def _forget_notices(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    days = settings.retention.notices_days
    return {
        "messages": retention.forget_messages(_really_before(days), go_on),
        "notices": retention.forget_notices(_before(days), go_on),
        "reports": retention.forget_settled_reports(_before(days), go_on),
    }


def _forget_runs(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    before = _really_before(settings.retention.job_runs_days)
    return {
        "runs": retention.forget_runs(before, go_on),
        "attempts": retention.forget_attempts(before, go_on),
    }


def _forget_sessions(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    window = timedelta(minutes=settings.security.sign_in_window_minutes)
    return {
        "sessions": retention.forget_sessions(_really_before(settings.retention.sessions_days), go_on),
        "counters": retention.forget_sign_in_counters(clock.real_now() - window, go_on),
    }


def _forget_journal(settings: Settings, go_on: GoOn) -> Mapping[str, int]:
    return {"entries": journal.forget_before(_really_before(settings.security.journal_kept_days))}


def _before(days: int) -> datetime:
    """For what the office's calendar dates."""
    return clock.now() - timedelta(days=days)


def _really_before(days: int) -> datetime:
    """For what the real clock dates."""
    return clock.real_now() - timedelta(days=days)


DUTIES = (
    Duty("integrity", _check_integrity),
    Duty("backup", _back_up),
    Duty("order_data", _erase_order_data),
    Duty("notices", _forget_notices),
    Duty("runs", _forget_runs),
    Duty("sessions", _forget_sessions),
    Duty("journal", _forget_journal),
)
