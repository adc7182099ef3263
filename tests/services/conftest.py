"""Use cases are tested on both databases."""

from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, instance: Path) -> str:
    """Every test in this folder that touches a database runs twice."""
    if request.param == "sqlite":
        return f"sqlite:///{instance / 'portal.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))
