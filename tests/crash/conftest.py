"""A jobs process that can be killed at any instant, on an instance of its own."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.database import transaction
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order
from portal.models.people import Student
from portal.services.ordering import place_order
from portal.settings import Settings
from tests.invariants import broken_promises, unfinished
from tests.ministry_server import ROOT, SandboxServer, running_sandbox
from tests.people import POLICY, make_student

LEASE_SECONDS = 6.2
DEADLINE_SECONDS = 1


class Deployment:
    """One instance with its sandbox; jobs processes are started and killed on it."""

    def __init__(self, app: Flask, instance: Path, sandbox: SandboxServer) -> None:
        self.app = app
        self.instance = instance
        self.sandbox = sandbox
        self.acknowledged: list[str] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self._write_settings()

    def _write_settings(self) -> None:
        token = self.instance / "ministry.token"
        token.write_text(self.sandbox.token or "")
        (self.instance / "portal.toml").write_text(
            f"""demo = true
public_url = "http://localhost"
[university]
name = "Akademia Przykładowa"
[policy]
basis = "els"
[ministry]
url = {json.dumps(self.sandbox.url)}
token_file = {json.dumps(str(token))}
total_deadline = {DEADLINE_SECONDS}
lease = {LEASE_SECONDS}
probe_interval = 1
""",
            encoding="utf-8",
        )

    def order(self, student: Student | None = None) -> str:
        """A student orders and is told so."""
        student = student or make_student()
        order = place_order(student.id, POLICY, actor="test", at=clock.now())
        self.acknowledged.append(order.id)
        return order.id

    def start_jobs(
        self, module: str = "jobs", file_size_limit: int | None = None, **environment: str
    ) -> subprocess.Popen[bytes]:
        """A jobs process of its own; its log goes to a file in the instance.

        `file_size_limit`: bytes beyond which it can write no file of the database (its log goes through a pipe).
        """
        command = [sys.executable, "-m", module, "--instance", str(self.instance)]
        if file_size_limit is not None:
            return self._start_on_a_full_disk(command, file_size_limit)
        with (self.instance / "jobs.log").open("ab") as log:
            jobs = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT
            )
        self._started.append(jobs)
        return jobs

    def _start_on_a_full_disk(self, command: list[str], limit: int) -> subprocess.Popen[bytes]:
        jobs = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
        )
        self._started.append(jobs)
        threading.Thread(target=self._keep_log, args=(jobs,), daemon=True).start()
        return jobs

    def log(self) -> str:
        """What the jobs processes have said so far."""
        file = self.instance / "jobs.log"
        return file.read_text() if file.exists() else ""

    def _keep_log(self, jobs: subprocess.Popen[bytes]) -> None:
        assert jobs.stdout is not None
        with jobs.stdout, (self.instance / "jobs.log").open("ab", buffering=0) as log:
            for line in jobs.stdout:
                log.write(line)

    def clean_up(self) -> None:
        """End what a failed test left running."""
        for jobs in self._started:
            if jobs.poll() is None:
                kill(jobs)

    def promises(self) -> list[str]:
        """What is broken at this moment."""
        return broken_promises(self.acknowledged, self.sandbox.ledger())

    def settle(self, within: float = 90) -> None:
        """Let one undisturbed jobs process finish everything; fails if it cannot."""
        with transaction() as session:
            session.execute(update(Order).values(due_at=clock.real_now()))
            session.execute(
                update(MinistryHealth)
                .where(MinistryHealth.next_probe_at.is_not(None))
                .values(next_probe_at=clock.real_now())
            )
        jobs = self.start_jobs()
        try:
            wait_until(lambda: not unfinished(self.acknowledged), within)
        finally:
            stop(jobs)


def wait_until(done: Callable[[], bool], within: float) -> None:
    """Poll until `done`; fails after `within` seconds (generous: the machine may be busy)."""
    give_up = time.monotonic() + within
    while not done():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.1)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End it at once, as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)


def stop(process: subprocess.Popen[bytes]) -> int:
    """Ask it to stop and wait until it did."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(timeout=60)


@pytest.fixture
def deployment(app: Flask, database: object, settings: Settings, tmp_path: Path) -> Iterator[Deployment]:
    """An instance with a sandbox that processes at once."""
    with running_sandbox(tmp_path, processing_seconds=0) as sandbox:
        deployment = Deployment(app, settings.instance, sandbox)
        yield deployment
        deployment.clean_up()
