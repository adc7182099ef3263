"""Migrating leads to the schema the models describe, on both databases, down to CHECKs and index predicates."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from portal.extensions import db

KEPT_BY_ALEMBIC = "alembic_version"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, instance: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{instance / 'portal.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def migrated(app: Flask) -> Iterator[Engine]:
    with app.app_context():
        yield db.engine


@pytest.fixture
def from_models(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database made from the models alone."""
    if database_url.startswith("sqlite"):
        engine = create_engine(f"sqlite:///{tmp_path / 'models.sqlite'}")
    else:
        engine = create_engine(request.getfixturevalue("postgres").url())
    db.metadata.create_all(engine)
    yield engine
    engine.dispose()


def described(engine: Engine) -> dict[str, dict[str, Any]]:
    """Everything the database itself knows about its tables."""
    there = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in there.get_columns(table)
            },
            "primary key": there.get_pk_constraint(table),
            "references": by_name(there.get_foreign_keys(table)),
            "unique": by_name(there.get_unique_constraints(table)),
            "checks": by_name(there.get_check_constraints(table)),
            "indexes": by_name([readable(index) for index in there.get_indexes(table)]),
        }
        for table in there.get_table_names()
        if table != KEPT_BY_ALEMBIC
    }


def readable(index: Any) -> dict[str, Any]:
    """With its predicate as text: SQLAlchemy's own clauses never equal each other."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def by_name(items: list[Any]) -> dict[str, Any]:
    assert all(item["name"] for item in items), "a constraint without a name cannot be migrated later"
    return {item["name"]: item for item in items}


def test_alembic_finds_nothing_to_change(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_the_migrated_schema_is_that_of_the_models(migrated: Engine, from_models: Engine) -> None:
    assert described(migrated) == described(from_models)


def test_every_table_of_the_models_is_there(migrated: Engine) -> None:
    assert described(migrated).keys() == db.metadata.tables.keys()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE UNIQUE INDEX uq_orders_one_open ON orders (student_id)",
        "CREATE UNIQUE INDEX uq_orders_one_open ON orders (student_id) WHERE status = 'waiting'",
        "CREATE INDEX uq_orders_one_open ON orders (student_id)"
        " WHERE status IN ('waiting', 'in_progress', 'ready')",
    ],
)
def test_the_comparison_sees_a_weakened_index(from_models: Engine, migrated: Engine, statement: str) -> None:
    with from_models.begin() as connection:
        connection.execute(text("DROP INDEX uq_orders_one_open"))
        connection.execute(text(statement))
    assert described(migrated) != described(from_models)


def test_the_comparison_sees_a_missing_check(from_models: Engine, migrated: Engine) -> None:
    with from_models.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE orders DROP CONSTRAINT ck_orders_version_counts"))
        else:
            connection.execute(text("PRAGMA writable_schema=ON"))
            connection.execute(
                text(
                    "UPDATE sqlite_master SET sql = replace(sql, 'version >= 1', '1 = 1') WHERE name = 'orders'"
                )
            )
    assert described(migrated)["orders"]["checks"] != described(from_models)["orders"]["checks"]


def test_every_migration_can_be_taken_back_and_made_again(migrated: Engine, from_models: Engine) -> None:
    flask_migrate.downgrade(revision="base")
    assert described(migrated) == {}
    flask_migrate.upgrade()
    assert described(migrated) == described(from_models)


def test_a_migration_that_fails_leaves_nothing_behind(migrated: Engine) -> None:
    flask_migrate.downgrade(revision="base")
    with migrated.connect().execution_options(portal_writing=True) as connection:
        connection.execute(text("CREATE TABLE order_events (in_the_way INTEGER)"))
        connection.commit()
    with pytest.raises(DBAPIError, match="already exists"):
        flask_migrate.upgrade()
    assert described(migrated).keys() == {"order_events"}
