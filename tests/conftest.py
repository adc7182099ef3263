"""Fixtures every test may ask for: an instance of its own, the application on it, and a browser that checks pages."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import expect

from portal import clock, create_app
from portal.extensions import db
from portal.keys import create_keys
from portal.models.accounts import Account
from portal.models.people import Student
from portal.services.deployment import prepare_database
from portal.settings import Settings
from portal.settings_groups import University
from tests import chromium
from tests.browser import CheckedClient
from tests.databases import PostgresServer, name_of, postgres_server
from tests.people import PASSWORD, POLICY, account_of

# How long a browser test waits before it fails: machines with two cores stand still for seconds at times.
expect.set_options(timeout=20_000)


def settings_for(instance: Path, database_url: str) -> Settings:
    """Settings of a demonstration, as plain as they get."""
    return Settings(
        instance=instance,
        database_url=database_url,
        public_url="http://localhost",
        demo=True,
        university=University(name="Akademia Przykładowa", help_contact="pomoc@example.edu.pl"),
        policy=POLICY,
    )


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's environment does not reach a test."""
    for name in os.environ.copy():
        if name.startswith("PORTAL_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _calendar_at_today() -> Iterator[None]:
    """What a test does to the office's calendar ends with it."""
    yield
    clock.move_to(timedelta())


@pytest.fixture(scope="session")
def prepared_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with keys and a migrated SQLite file, made once and copied for every test."""
    instance = tmp_path_factory.mktemp("prepared") / "instance"
    instance.mkdir()
    create_keys(instance)
    app = create_app(settings_for(instance, f"sqlite:///{instance / 'portal.sqlite'}"), check=False)
    with app.app_context():
        prepare_database(demo=True)
        with db.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
    return instance


@pytest.fixture
def instance(tmp_path: Path, prepared_instance: Path) -> Path:
    """This test's own instance directory: keys and an empty, migrated SQLite file."""
    return Path(shutil.copytree(prepared_instance, tmp_path / "instance"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def prepared_postgres(postgres: PostgresServer, prepared_instance: Path) -> str:
    """The URL of an empty, migrated PostgreSQL database, made once and copied for every test."""
    url = postgres.url()
    app = create_app(settings_for(prepared_instance, url), check=False)
    with app.app_context():
        prepare_database(demo=True)
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres: PostgresServer, prepared_postgres: str) -> str:
    """This test's own empty, migrated PostgreSQL database."""
    return postgres.url(template=name_of(prepared_postgres))


@pytest.fixture
def database_url(instance: Path) -> str:
    """Where this test's database is: the instance's SQLite file unless a suite asks for another."""
    return f"sqlite:///{instance / 'portal.sqlite'}"


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    """The settings of this test's instance, a demonstration's."""
    return settings_for(instance, database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application on this test's instance."""
    app = create_app(settings, check=False)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[SQLAlchemy]:
    """The database inside an application context, for tests that call use cases or look at rows."""
    with app.app_context():
        yield db
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A browser without JavaScript that checks every page and fragment it is answered."""
    return CheckedClient(app)


@pytest.fixture
def sign_in(client: CheckedClient, database: SQLAlchemy) -> Callable[..., CheckedClient]:
    """Sign somebody in through the real form: `sign_in(student)`, `sign_in(account)` or `sign_in("100001")`."""

    def through_the_form(who: Student | Account | str, password: str = PASSWORD) -> CheckedClient:
        account = account_of(who) if isinstance(who, Student) else who
        user_name = account if isinstance(account, str) else account.user_name
        client.delete_cookie("session")
        page = client.get("/logowanie")
        answer = client.post_form(page, "/logowanie", user_name=user_name, password=password)
        assert answer.status_code == 303, "signing in through the form failed"
        return client

    return through_the_form


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of this test's application, served to real browsers."""
    with chromium.serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address for all tests: each has a server of its own. (pytest-playwright's own fixture warns.)"""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's `page` asks for Polish, as most students' browsers do."""
    return {**browser_context_args, "locale": "pl-PL"}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """pytest-playwright's `page` and `browser` use the system's Chromium."""
    return chromium.launch_arguments()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly when browser tests did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(chromium.MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(chromium.MISSING, red=True, bold=True)
