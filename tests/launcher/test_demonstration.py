"""The demonstration as a person meets it: one command, everything there, nothing left."""

import json
import os
import shutil
import signal
import tomllib
import uuid
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from portal.demo.accounts import ACCOUNTS, PASSWORD
from tests.launcher.running import Portal, descendants_of, is_free, refused, runs, started, wait_for


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration's instance after its first start and a clean stop."""
    instance = tmp_path_factory.mktemp("filled") / "demo"
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        assert portal.stop(signal.SIGINT) == 0
    return instance


@pytest.fixture
def instance(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "demo"))


def ledger_of(portal: Portal) -> list[object]:
    return list(json.loads(portal.page("/ledger", port=portal.port + 1))["cards"])


def test_it_says_where_it_is_and_who_may_sign_in(instance: Path) -> None:
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        said = portal.output.read_text()
        assert f"http://127.0.0.1:{portal.port} " in said
        assert PASSWORD in said
        for account in ACCOUNTS:
            assert account.user_name in said
            assert account.situation in said
        assert "Zaloguj się" in portal.page("/logowanie")


def test_everything_ends_with_it(instance: Path) -> None:
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        sandbox = portal.part("sandbox")
        parts = portal.parts()
        assert sandbox in parts
        portal.process.kill()
        portal.process.wait()
        wait_for(lambda: not any(runs(pid) for pid in parts))
        assert is_free(portal.port)
        assert is_free(portal.port + 1)


def test_a_later_start_on_another_port_changes_addresses_and_nothing_else(instance: Path) -> None:
    before = instance / "portal.toml", (instance / "portal.toml").read_text()
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        cards = ledger_of(portal)
        assert portal.stop() == 0
    assert cards
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        assert ledger_of(portal) == cards
        wait_for(
            lambda: '"outcome": "answered"' in portal.errors.read_text(), portal
        )  # the jobs found the sandbox
    assert before[0].read_text() == before[1]


def test_two_demonstrations_run_side_by_side(instance: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(instance, tmp_path / "other"))
    with started(instance, "--demo") as one, started(other, "--demo") as two:
        one.wait_until_it_serves()
        two.wait_until_it_serves()
        assert one.stop() == 0
        assert "Zaloguj się" in two.page("/logowanie")
        assert descendants_of(two.process.pid)


def test_a_sandbox_that_dies_is_started_again_and_remembers(instance: Path) -> None:
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        cards = ledger_of(portal)
        dead = portal.part("sandbox")
        signal_kill(dead)
        wait_for(lambda: portal.part("sandbox") != dead and not is_free(portal.port + 1), portal)
        assert ledger_of(portal) == cards


def test_the_sandbox_believes_only_who_knows_the_token(instance: Path) -> None:
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        body, kind = json.dumps({"keys": [str(uuid.uuid4())]}).encode(), {"Content-Type": "application/json"}
        request = Request(f"http://127.0.0.1:{portal.port + 1}/v1/requests/look-up", body, kind)
        with pytest.raises(HTTPError) as refusal:
            urlopen(request, timeout=20)
        with refusal.value as answer:
            assert answer.code == 401
        token = (instance / "ministry.token").read_text().strip()
        for pid in portal.parts():
            assert token not in Path(f"/proc/{pid}/cmdline").read_text()


def test_the_settings_say_that_it_is_one(filled: Path) -> None:
    written = tomllib.loads((filled / "portal.toml").read_text(encoding="utf-8"))
    assert written["demo"] is True
    assert written["policy"]["basis"] == "els"


def test_its_files_are_readable_by_their_owner_only(filled: Path) -> None:
    assert [file.name for file in filled.rglob("*") if file.stat().st_mode & 0o077] == []


def test_a_normal_start_refuses_it(instance: Path) -> None:
    assert "demonstracja" in refused(instance)


def test_a_mistake_in_its_settings_ends_the_sandbox_too(instance: Path) -> None:
    with (instance / "portal.toml").open("a") as file:
        file.write("parallel = 0\n")
    with started(instance, "--demo") as portal:
        assert portal.process.wait(90) == 2
        assert "ministry.parallel" in portal.errors.read_text()
        assert is_free(portal.port + 1)


def signal_kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
