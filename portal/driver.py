"""One row straight from the database driver: for the poll, which is most requests of a busy day.

The statement costs 7 µs, going through the ORM's layers another 100; a waiting page's poll does nothing else.
"""

from datetime import UTC, datetime
from typing import Any

from portal.extensions import db


def read_one(statement: str, *values: bytes | str | datetime) -> tuple[Any, ...] | None:
    """The one row of a SELECT, or None; `{mark}` in `statement` stands for each of `values` in turn.

    Moments come back as the driver has them; see `moment`. Reads only: nothing here begins a transaction for writing.
    """
    on_sqlite = db.engine.dialect.name == "sqlite"
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(
            statement.format(mark="?" if on_sqlite else "%s"),
            tuple(_for_sqlite(value) if on_sqlite else value for value in values),
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
    finally:
        connection.close()  # back to the pool, which ends whatever the driver began


def moment(value: str | datetime) -> datetime:
    """A moment as a driver returns it, aware, in UTC: SQLite keeps text without a zone."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)


def _for_sqlite(value: bytes | str | datetime) -> bytes | str:
    """`value` as SQLAlchemy's SQLite dialect writes it, so that stored texts compare rightly."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
