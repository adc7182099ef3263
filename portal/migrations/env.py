"""Alembic runs inside the Flask application; table rebuilds on SQLite run without foreign keys, then check them."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal.extensions import db
from portal.models.base import Moment


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Migrations stand alone: they name SQLAlchemy's types, not ours, which may change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run(connection: Connection) -> None:
    """Migrate over `connection`."""
    context.configure(
        connection=connection, target_metadata=db.metadata, render_as_batch=True, render_item=render_item
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """One writer: the connection is opened for writing as `transaction()` would."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            run(connection.execution_options(portal_writing=True))
            connection.commit()
            return
        # With foreign keys on, rebuilding a parent table deletes its children.
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection.execution_options(portal_writing=True))
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"migration broke {len(broken)} references")
            connection.commit()
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


main()
