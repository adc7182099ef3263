"""A university with the policy of one variant, and a ministry that lives by its calendar."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from portal.settings import Settings
from tests.ministry_server import running_sandbox
from tests.year.life import Life
from tests.year.variants import POLICIES


@pytest.fixture
def variant(request: pytest.FixtureRequest) -> str:
    """The name of the test's variant; the first where a test asks for none."""
    return str(getattr(request, "param", next(iter(POLICIES))))


@pytest.fixture
def settings(settings: Settings, variant: str) -> Settings:
    """The settings of this variant's university."""
    return settings.model_copy(update={"policy": POLICIES[variant]})


@pytest.fixture
def begin(app: Flask, database: SQLAlchemy, tmp_path: Path) -> Iterator[Callable[..., Life]]:
    """Begin the year: `begin()`, or `begin(without=["a_job"])`."""
    with running_sandbox(tmp_path, processing_seconds=0) as sandbox:
        begun: list[Life] = []

        def life(*, without: Sequence[str] = ()) -> Life:
            begun.append(Life(app, sandbox, without=without))
            return begun[0]

        yield life
        for one in begun:
            one.office.ministry.close()
