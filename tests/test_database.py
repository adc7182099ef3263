"""The one door for writing, on both databases."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from portal import clock, create_app
from portal.database import NestedTransaction, transaction
from portal.extensions import db
from portal.models.accounts import SignInThrottle
from portal.settings import Settings

SUBJECT = b"s" * 32


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, instance: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{instance / 'portal.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


def counter(failures: int = 0) -> SignInThrottle:
    return SignInThrottle(subject=SUBJECT, window_began_at=clock.real_now(), failures=failures)


@pytest.fixture
def counted(database: SQLAlchemy) -> Callable[[], int]:
    """A committed counter at 0, and a way to read it afresh."""
    with transaction() as session:
        session.add(counter())

    def read() -> int:
        database.session.rollback()
        return database.session.scalars(select(SignInThrottle.failures)).one()

    return read


def test_what_a_transaction_wrote_is_there_afterwards(counted: Callable[[], int]) -> None:
    with transaction() as session:
        session.get_one(SignInThrottle, SUBJECT).failures = 7
    assert counted() == 7


def test_an_error_inside_takes_everything_back(counted: Callable[[], int]) -> None:
    def interrupted() -> None:
        with transaction() as session:
            session.get_one(SignInThrottle, SUBJECT).failures = 7
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert counted() == 0


def test_a_write_outside_raises(counted: Callable[[], int], database: SQLAlchemy) -> None:
    counted()
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        database.session.execute(text("UPDATE sign_in_throttles SET failures = 1"))
    assert counted() == 0


def test_a_changed_object_outside_is_not_saved(counted: Callable[[], int], database: SQLAlchemy) -> None:
    database.session.scalars(select(SignInThrottle)).one().failures = 5
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        database.session.commit()
    assert counted() == 0


def test_a_write_after_a_transaction_raises_again(counted: Callable[[], int], database: SQLAlchemy) -> None:
    for _ in range(2):
        with transaction() as session:
            session.get_one(SignInThrottle, SUBJECT).failures += 1
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            database.session.execute(text("DELETE FROM sign_in_throttles"))
        database.session.rollback()
    assert counted() == 2


def test_a_write_on_the_bare_engine_raises(counted: Callable[[], int], database: SQLAlchemy) -> None:
    with (
        database.engine.connect() as connection,
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
    ):
        connection.execute(text("DELETE FROM sign_in_throttles"))
    assert counted() == 0


def test_a_transaction_inside_another_is_refused(counted: Callable[[], int]) -> None:
    with transaction() as outer:
        outer.get_one(SignInThrottle, SUBJECT).failures = 3
        with pytest.raises(NestedTransaction), transaction():
            raise AssertionError("must not be entered")
    assert counted() == 3


def test_what_was_read_before_is_read_again_inside(
    counted: Callable[[], int], database: SQLAlchemy, app: Flask
) -> None:
    seen = database.session.scalars(select(SignInThrottle)).one()
    assert seen.failures == 0
    in_another_thread(app, lambda: add(5))
    with transaction():
        assert seen.failures == 5


def test_no_update_of_parallel_writers_is_lost(counted: Callable[[], int], app: Flask) -> None:
    """Each reads, then writes what it read plus one: the usual way to lose updates."""
    writers = [threading.Thread(target=in_context, args=(app, lambda: add(1, times=10))) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert counted() == 60


def test_no_update_of_parallel_processes_is_lost(counted: Callable[[], int], settings: Settings) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=add_in_a_process, args=(settings,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert counted() == 60


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # PostgreSQL's writers wait for their turn
def test_a_database_somebody_else_keeps_busy_raises_what_everybody_catches(
    database: SQLAlchemy, database_url: str
) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    file = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), transaction():
            raise AssertionError("must not be entered")


def test_readers_do_not_wait_for_a_writer(counted: Callable[[], int], app: Flask) -> None:
    read: list[int] = []

    def look() -> None:
        read.append(db.session.scalars(select(SignInThrottle.failures)).one())

    with transaction() as session:
        session.get_one(SignInThrottle, SUBJECT).failures = 9
        session.flush()
        in_another_thread(app, look)
    assert read == [0]
    assert counted() == 9


def test_a_second_writer_waits_for_the_first(counted: Callable[[], int], app: Flask) -> None:
    order: list[str] = []

    def write() -> None:
        with transaction() as session:
            order.append("second inside")
            session.get_one(SignInThrottle, SUBJECT).failures += 1

    second = threading.Thread(target=in_context, args=(app, write))
    with transaction() as session:
        second.start()
        second.join(timeout=0.3)
        order.append("first leaves")
        session.get_one(SignInThrottle, SUBJECT).failures += 1
    second.join()
    assert order == ["first leaves", "second inside"]
    assert counted() == 2


def test_a_constraint_broken_inside_leaves_the_session_usable(counted: Callable[[], int]) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(counter())
    assert counted() == 0


def test_sqlite_syncs_every_commit_and_knows_its_references(database: SQLAlchemy) -> None:
    if database.engine.dialect.name != "sqlite":
        assert database.session.scalar(text("SHOW transaction_read_only")) == "on"
        assert database.session.scalar(text("SHOW transaction_isolation")) == "read committed"
        return
    pragmas = {
        name: database.session.scalar(text(f"PRAGMA {name}"))
        for name in ("journal_mode", "foreign_keys", "synchronous", "query_only")
    }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "query_only": 1}
    assert int(database.session.scalar(text("PRAGMA busy_timeout")) or 0) >= 15_000


def add(number: int, times: int = 1) -> None:
    for _ in range(times):
        with transaction() as session:
            row = session.get_one(SignInThrottle, SUBJECT)
            row.failures = row.failures + number


def add_in_a_process(settings: Settings) -> None:
    in_context(create_app(settings), lambda: add(1, times=20))


def in_context(app: Flask, act: Callable[[], None]) -> None:
    with app.app_context():
        act()


def in_another_thread(app: Flask, act: Callable[[], None]) -> None:
    thread = threading.Thread(target=in_context, args=(app, act))
    thread.start()
    thread.join(timeout=15)
    assert not thread.is_alive()
