"""The engine's set-up and `transaction()`, the only door for writing.

Outside `transaction()` every connection is read-only, so a stray write raises instead of half-working. Inside it
there is one writer at a time on SQLite (BEGIN IMMEDIATE) and on PostgreSQL (an advisory lock), so what a use case
reads there cannot change before it commits.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import scoped_session

from portal.extensions import db

SQLITE_BUSY_MS = 20_000
WRITER_LOCK = 0x6D4C6567  # "mLeg": any number that no other program on the database uses
_WRITING = "portal_writing"


# A page that makes no sense, a file that is none of SQLite's, and one that ends in the middle of a page.
_DAMAGE_KINDS = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FILE_ENDS_EARLY = sqlite3.SQLITE_IOERR_SHORT_READ


class NestedTransaction(RuntimeError):
    """A use case opened a transaction inside another one; one act is one commit."""


@contextmanager
def transaction() -> Iterator[scoped_session[Session]]:
    """Everything written inside is committed as one, or not at all.

    Open it once per use case, after bodies are read and hashes made: other writers wait meanwhile. What was loaded
    before it is refreshed inside. Raises NestedTransaction when already inside one.
    """
    session = db.session
    if session.info.get(_WRITING):
        raise NestedTransaction
    session.rollback()
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={_WRITING: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITING] = False


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine` that fit the database `url` points at."""
    # The text of a database error goes into logs; what was being written does not belong there.
    quiet = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return quiet | {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}}
    return quiet | {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_pre_ping": True,
        "isolation_level": "READ COMMITTED",
    }


def tells_of_damage(error: DatabaseError) -> bool:
    """Whether SQLite says by `error` that its file is damaged; any other failure is none of the file's."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code == _FILE_ENDS_EARLY or code & 0xFF in _DAMAGE_KINDS  # the lowest byte is the kind


def prepare(engine: Engine) -> None:
    """Attach the rules of this module to `engine`; call once, before its first connection."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # pysqlite's own transactions start late and lose updates; BEGIN is ours alone.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = bool(connection.get_execution_options().get(_WRITING))
    if connection.info.get(_WRITING) is not writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info[_WRITING] = writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITING):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
