"""The parts live exactly as long as the launcher, whatever happens to either."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import PostgresServer
from tests.launcher.running import (
    Portal,
    children_of,
    descendants_of,
    is_free,
    runs,
    started,
    university,
    wait_for,
)

# Starts its arguments, tells nobody, and waits: the `make` between a person and the launcher.
IN_BETWEEN = "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()"


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A university's portal that serves pages and runs jobs."""
    with started(university(tmp_path / "instance")) as portal:
        portal.wait_until_it_serves()
        wait_for(lambda: len(portal.parts()) == 4, portal)  # the web's master, its two workers, the jobs
        yield portal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_asked(portal: Portal, number: signal.Signals) -> None:
    parts = portal.parts()
    assert portal.stop(number) == 0
    assert not any(runs(pid) for pid in parts)
    assert is_free(portal.port)


def test_killed_hard_it_leaves_no_process(portal: Portal) -> None:
    parts = portal.parts()
    portal.process.kill()
    portal.process.wait()
    wait_for(lambda: not any(runs(pid) for pid in parts))
    assert is_free(portal.port)


def test_after_a_hard_kill_it_starts_again_at_once(portal: Portal) -> None:
    parts = portal.parts()
    portal.process.kill()
    portal.process.wait()
    wait_for(lambda: not any(runs(pid) for pid in parts))
    with started(portal.instance, port=portal.port) as again:
        again.wait_until_it_serves()


@pytest.mark.parametrize("name", ["portal", "jobs"])
def test_a_part_that_dies_is_started_again(portal: Portal, name: str) -> None:
    dead = portal.part(name)
    workers = descendants_of(dead)
    signal_to(dead, signal.SIGKILL)
    wait_for(lambda: portal.part(name) != dead and not any(runs(pid) for pid in workers))
    wait_for(lambda: any('"part_ended"' in line and '"code": -9' in line for line in lines(portal)))
    if name == "portal":
        wait_for(lambda: answers(portal))


def test_a_part_that_keeps_dying_is_started_again_after_a_pause(portal: Portal) -> None:
    for _ in range(2):
        dead = portal.part("jobs")
        signal_to(dead, signal.SIGKILL)
        wait_for(lambda dead=dead: not runs(dead))  # type: ignore[misc]  # bound now, not when called
    wait_for(lambda: any('"again_in": 1.0' in line for line in lines(portal)))
    assert portal.part("jobs") != dead
    assert portal.stop() == 0


def test_a_second_ctrl_c_kills_a_part_that_does_not_stop(portal: Portal) -> None:
    jobs = portal.part("jobs")
    signal_to(jobs, signal.SIGSTOP)
    portal.process.send_signal(signal.SIGINT)
    wait_for(lambda: not answers(portal))
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(20) == 0
    assert not runs(jobs)


def test_tied_to_the_process_that_started_it_it_ends_with_that_one(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    with started(instance, "--tied", through=[sys.executable, "-c", IN_BETWEEN]) as portal:
        portal.wait_until_it_serves()
        (launcher,) = children_of(portal.process.pid)
        everybody = {launcher, *descendants_of(launcher)}
        portal.process.kill()
        portal.process.wait()
        wait_for(lambda: not any(runs(pid) for pid in everybody))


def test_standard_output_belongs_to_the_launcher(portal: Portal) -> None:
    assert portal.stop() == 0
    assert portal.output.read_text() == f"Portal działa: 127.0.0.1, port {portal.port}.\n"


def test_what_a_broken_client_sends_stays_out_of_the_log(portal: Portal) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=20) as client:
        client.sendall(b"ANNA 81851112346\r\n\r\n")
        assert b" 400 " in client.makefile("rb").readline()
    assert portal.stop() == 0
    assert "81851112346" not in portal.errors.read_text()


def test_it_serves_from_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    with started(university(tmp_path / "instance"), DATABASE_URL=postgres.url()) as portal:
        portal.wait_until_it_serves()
        assert answers(portal)
        assert portal.stop() == 0
        assert not list(portal.instance.glob("*.sqlite"))


def signal_to(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)


def lines(portal: Portal) -> list[str]:
    return portal.errors.read_text().splitlines()


def answers(portal: Portal) -> bool:
    try:
        return portal.page("/healthz") == "ok\n"
    except OSError:
        return False
