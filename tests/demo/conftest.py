"""A demonstration filled once per module and database, beside a sandbox of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from portal import clock, create_app
from portal.demo import fill_demo
from portal.extensions import db
from tests.conftest import settings_for
from tests.databases import name_of
from tests.ministry_server import TOKEN, SandboxServer, running_sandbox


@dataclass(frozen=True)
class Filled:
    """The application, its sandbox, and when it was filled (between two moments)."""

    app: Flask
    sandbox: SandboxServer
    begun_at: datetime
    done_at: datetime


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """This test's own."""
    with running_sandbox(tmp_path, processing_seconds=0) as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared_instance: Path
) -> Iterator[Filled]:
    """Nobody may change anything in it: tests share it."""
    folder = tmp_path_factory.mktemp("filled")
    instance = Path(shutil.copytree(prepared_instance, folder / "instance"))
    url = f"sqlite:///{instance / 'portal.sqlite'}"
    if request.param == "postgresql":
        template = request.getfixturevalue("prepared_postgres")
        url = request.getfixturevalue("postgres").url(name_of(template))
    app = create_app(settings_for(instance, url), check=False)
    with running_sandbox(folder, processing_seconds=0) as server, app.app_context():
        begun_at = clock.now()
        assert fill_demo(server.url, TOKEN) is True
        yield Filled(app, server, begun_at, clock.now())
        db.session.remove()
        db.engine.dispose()
