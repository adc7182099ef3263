from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ministry_server import SandboxServer, running_sandbox


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), token=None) as server:
        yield server


@pytest.fixture
def sandbox(shared_sandbox: SandboxServer) -> SandboxServer:
    """One process for the module, without a token, its switches as new for every test."""
    shared_sandbox.control(
        processing_seconds=0,
        code_lifetime_seconds=86_400,
        mode="ok",
        slow_seconds=0,
        honours_keys=True,
        replaces_on="collect",
        calendar_ahead_seconds=0,
    )
    return shared_sandbox


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """A process of the test's own, to be ended at will."""
    with running_sandbox(tmp_path, token=None, processing_seconds=0) as server:
        yield server
