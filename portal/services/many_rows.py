"""Room for a transaction that writes thousands of rows, so that others wait less for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.extensions import db

CACHE_KIB = 32_768
"""SQLite's own two megabytes hold too little of the indexes of a university: pages would come and go all the time."""


@contextmanager
def room_for_many() -> Iterator[None]:
    """Inside a transaction: SQLite keeps more pages in memory until the block ends. PostgreSQL needs nothing."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    connection = db.session.connection()
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")
