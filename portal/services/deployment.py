"""Preparing a database, knowing what it was prepared for, and a demonstration's movable calendar."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_sqlalchemy.session import Session
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import scoped_session

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Deployment
from portal.models.orders import Order


class NotPrepared(Exception):
    """The database is empty or of an older version than this program; `python -m portal` prepares it."""


class NewerDatabase(Exception):
    """The database was migrated by a newer version of this program."""


class WrongKind(Exception):
    """A demonstration's data and a real university's settings met, or the reverse. `demo`: what the data are."""

    def __init__(self, *, demo: bool) -> None:
        super().__init__("demo data" if demo else "a real university's data")
        self.demo = demo


def prepare_database(*, demo: bool) -> None:
    """Bring the database to this program's version and record what it is for.

    Raises WrongKind, and NewerDatabase, which nothing can be done with.
    """
    if inspect(db.engine).has_table("deployment"):
        _check_kind(demo=demo)
    db.session.remove()
    if not _is_up_to_date():
        flask_migrate.upgrade()
    with transaction() as session:
        if session.get(Deployment, 1) is None:
            session.add(Deployment(id=1, demo=demo, created_at=clock.real_now()))


def check_prepared(*, demo: bool) -> None:
    """Raise NotPrepared, NewerDatabase or WrongKind unless the database fits this program and these settings.

    Leaves no connection open: the caller may be about to fork.
    """
    try:
        if _file_is_missing() or not _is_up_to_date():
            raise NotPrepared("the database is of an older version, or empty")
        _check_kind(demo=demo)
    finally:
        db.session.remove()
        db.engine.dispose()


def _file_is_missing() -> bool:
    """Whether SQLite would make the file by opening it: who only looks must leave nothing behind."""
    url = db.engine.url
    on_disk = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return on_disk and not Path(str(url.database)).exists()


def _is_up_to_date() -> bool:
    scripts = ScriptDirectory(str(Path(current_app.root_path) / "migrations"))
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabase(present)
    return present == scripts.get_current_head()


def _check_kind(*, demo: bool) -> None:
    made_for_demo = db.session.scalar(select(Deployment.demo))
    if made_for_demo is not None and made_for_demo is not demo:
        raise WrongKind(demo=made_for_demo)


def follow_calendar() -> None:
    """Let this process's calendar run as far ahead as the demonstration's."""
    ahead = db.session.scalar(select(Deployment.calendar_ahead_seconds)) or 0
    clock.move_to(timedelta(seconds=ahead))


def move_calendar(by: timedelta) -> None:
    """Move a demonstration's calendar forward for every process.

    Raises ValueError for a step backwards and WrongKind for a real university, whose calendar is the real one.
    """
    if by < timedelta():
        raise ValueError("the calendar only moves forward")
    with transaction() as session:
        row = _demonstration(session)
        _run_ahead(session, row, timedelta(seconds=row.calendar_ahead_seconds) + by)
    follow_calendar()


def move_calendar_to(day: date) -> None:
    """Let a demonstration's calendar show `day` in every process, at the present time of day.

    A day that has come already changes nothing, so a second click moves nothing twice. Raises WrongKind.
    """
    with transaction() as session:
        row = _demonstration(session)
        real = clock.real_now()
        here = (real + timedelta(seconds=row.calendar_ahead_seconds)).astimezone(clock.OFFICE_ZONE)
        if day > here.date():
            then = datetime.combine(day, here.time(), clock.OFFICE_ZONE)
            _run_ahead(session, row, then.astimezone(UTC) - real)
    follow_calendar()


def _demonstration(session: scoped_session[Session]) -> Deployment:
    row = session.get_one(Deployment, 1, populate_existing=True)
    if not row.demo:
        raise WrongKind(demo=False)
    return row


def _run_ahead(session: scoped_session[Session], row: Deployment, by: timedelta) -> None:
    row.calendar_ahead_seconds = round(by.total_seconds())
    # When the jobs would next ask about an order was reckoned from the day before: now they look at every one anew.
    real = clock.real_now()
    session.execute(update(Order).where(Order.due_at > real).values(due_at=real))
