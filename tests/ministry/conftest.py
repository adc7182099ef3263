from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.ministry.http import HttpMinistry
from tests.ministry_server import SandboxServer, running_sandbox

AS_NEW = {
    "processing_seconds": 0,
    "code_lifetime_seconds": 86_400,
    "mode": "ok",
    "slow_seconds": 0.2,
    "honours_keys": True,
    "replaces_on": "collect",
}


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def sandbox_server(shared_sandbox: SandboxServer) -> SandboxServer:
    """One process for the module, its switches as new for every test."""
    shared_sandbox.control(**AS_NEW)
    return shared_sandbox


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """A process of the test's own, to be killed at will."""
    with running_sandbox(tmp_path, processing_seconds=0) as server:
        yield server


@pytest.fixture
def ministry(sandbox_server: SandboxServer) -> Iterator[HttpMinistry]:
    connector = HttpMinistry(sandbox_server.url, deadline=20, token=sandbox_server.token)
    yield connector
    connector.close()
