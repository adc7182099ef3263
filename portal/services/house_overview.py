"""How the house stands, for the administrator: what the nights did, what waits, how large things are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from portal.extensions import db
from portal.models.accounts import Account, Role, SignInSession
from portal.models.ministry_calls import JobRun
from portal.models.notices import Message, MessageState
from portal.services.backups import Backup, backups_in
from portal.services.housekeeping import DUTIES, backup_directory, sqlite_file
from portal.services.sessions import session_is_live
from portal.settings import Settings

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DutyRun:
    """A duty's last run, if it ever ran: what it did, or what ended it."""

    name: str
    finished_at: datetime | None
    counts: Mapping[str, Any]
    error: str | None


@dataclass(frozen=True, slots=True)
class MailQueue:
    """Messages: `waiting` now, the oldest since when, sent within a day, and given up."""

    waiting: int
    waiting_since: datetime | None
    sent_lately: int
    given_up: int


def duty_runs() -> list[DutyRun]:
    """The last run of every nightly duty, in the order they are done."""
    latest = (
        select(JobRun.job, func.max(JobRun.finished_at).label("finished_at"))
        .where(JobRun.job.in_([duty.job for duty in DUTIES]))
        .group_by(JobRun.job)
        .subquery()
    )
    rows = db.session.scalars(
        select(JobRun).join(
            latest, (JobRun.job == latest.c.job) & (JobRun.finished_at == latest.c.finished_at)
        )
    )
    found = {row.job: row for row in rows}
    return [
        DutyRun(duty.name, row.finished_at, row.counts, row.error)
        if (row := found.get(duty.job))
        else DutyRun(duty.name, None, {}, None)
        for duty in DUTIES
    ]


def mail_queue(at: datetime) -> MailQueue:
    """How the mail does at `at` (real clock)."""
    waiting, since = db.session.execute(
        select(func.count(), func.min(Message.queued_at)).where(Message.state == MessageState.WAITING)
    ).one()
    sent = (Message.state == MessageState.SENT) & (Message.sent_at > at - LATELY)
    counted = select(
        func.count().filter(sent), func.count().filter(Message.state == MessageState.GIVEN_UP)
    ).select_from(Message)
    lately, given_up = db.session.execute(counted).one()
    return MailQueue(waiting, since, lately, given_up)


def signed_in(at: datetime) -> dict[Role, int]:
    """How many sessions of each role live at `at`; none are missing."""
    rows = db.session.execute(
        select(Account.role, func.count())
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(*session_is_live(at))
        .group_by(Account.role)
    )
    found = {row[0]: row[1] for row in rows}
    return {role: found.get(role, 0) for role in Role}


def database_size(settings: Settings) -> int:
    """Bytes of the database, with what SQLite has yet to write into its file."""
    file = sqlite_file(settings)
    if file is None:
        return int(db.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return sum(part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists())


def backups_of(settings: Settings) -> list[Backup]:
    """The portal's own backups, the newest first; where it makes none, none."""
    return [] if sqlite_file(settings) is None else backups_in(backup_directory(settings))
