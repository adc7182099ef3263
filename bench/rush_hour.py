"""A rush hour on real processes: students sign in, order and wait for their codes while the ministry keeps failing.

    python -m bench.rush_hour [--students 1000] [--minutes 6]

Two web workers, the jobs and the imitated ministry, on loopback. Sign-ins are spread evenly over the time, in which the
ministry is down every other twelfth; whoever ordered looks at the page until the codes are there. By default a tenth of
the hour with a tenth of its 10,000 students; `--students 10000 --minutes 60` is the whole. Printed: what was measured
beside the goal. Processor time is that of web and jobs; the ministry's and the browsers' are not in it. Every sign-in
costs what a password costs (Argon2), which is said apart.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench.crowd import Answer, Browser, Crowd, Line, percentile
from bench.polling import OpenPage
from bench.servers import connected_portal_in, cpu_seconds, served
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services import passwords
from tests.ministry_server import SandboxServer
from tests.people import PASSWORD, make_account

PHASES = 12
CORES = 2
PAGE_GOAL_MS, POLL_GOAL_MS, CPU_GOAL = 250, 50, 0.6
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CODES = 'id="qr-payload"'


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ministry = SandboxServer(folder / "sandbox.sqlite", processing_seconds=8)
        app = connected_portal_in(folder, ministry.url)
        with app.app_context():
            names = [make_account().user_name for _ in range(asked.students)]
            db.session.remove()
            db.engine.dispose()
        server = served(app)
        ministry.start()
        try:
            with _jobs(folder) as jobs:
                spent = _play(
                    Crowd(server.port), names, ministry, asked.minutes * 60, (server.process.pid, jobs)
                )
        finally:
            server.stop()
            ministry.stop()
        _report(spent, app, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=6)
    return parser.parse_args()


@contextmanager
def _jobs(instance: Path) -> Iterator[int]:
    """The jobs' process id, while they run."""
    environment = os.environ | {"PORTAL_INSTANCE": str(instance)}
    process = subprocess.Popen([sys.executable, "-m", "jobs"], env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


class Student:
    """One student with one browser: signs in, orders, and looks at the page until the codes are there."""

    def __init__(self, user_name: str) -> None:
        self._user_name = user_name
        self._browser = Browser()
        self._page: OpenPage | None = None

    def act(self, line: Line) -> float | None:
        """The next thing this student does; answers in how many seconds comes the one after it."""
        if self._page is None:
            self._page = self._order(line)
            return self._page.interval
        again = self._page.poll(line)
        return None if CODES in self._page.text else again

    def _order(self, line: Line) -> OpenPage:
        def page(path: str) -> Answer:
            return line.crowd.timed("page", lambda: self._browser.ask(line, path), 200)

        form = {"user_name": self._user_name, "password": PASSWORD, "csrf_token": _token(page("/logowanie"))}
        line.crowd.timed("sign-in", lambda: self._browser.ask(line, "/logowanie", form), 303)
        path, form = "/mlegitymacja/zamowienia", {"csrf_token": _token(page("/mlegitymacja"))}
        ordered = line.crowd.timed("order", lambda: self._browser.ask(line, path, form, htmx=True), 200)
        opened = OpenPage(self._browser, "", None)
        opened.show(ordered.text)
        return opened


def _token(answer: Answer) -> str:
    found = TOKEN.search(answer.text)
    assert found is not None
    return found[1]


class Moods:
    """The ministry's: down and well again by turns, and well from the last turn on."""

    def __init__(self, ministry: SandboxServer, seconds: float) -> None:
        self._ministry = ministry
        self._turn_seconds = seconds / PHASES
        self._turn = 0

    def act(self, line: Line) -> float | None:
        """Turn over; answers when next."""
        self._turn += 1
        self._ministry.control(mode="down" if self._turn % 2 and self._turn < PHASES else "ok")
        return self._turn_seconds if self._turn < PHASES else None


@dataclass(frozen=True)
class Spent:
    """What it took until the last student had codes: seconds, processor seconds of the portal and of the browsers."""

    crowd: Crowd
    seconds: float
    cpu: float
    browsers_cpu: float


def _play(
    crowd: Crowd, names: list[str], ministry: SandboxServer, seconds: float, pids: tuple[int | None, ...]
) -> Spent:
    crowd.add(Moods(ministry, seconds).act, 0)
    for number, name in enumerate(names):
        crowd.add(Student(name).act, seconds * number / len(names))
    before, own, began = sum(cpu_seconds(str(pid)) for pid in pids), time.process_time(), time.monotonic()
    crowd.play(3 * seconds + 300)
    used = sum(cpu_seconds(str(pid)) for pid in pids) - before
    return Spent(crowd, time.monotonic() - began, used, time.process_time() - own)


def _report(spent: Spent, app: Flask, asked: argparse.Namespace) -> None:
    took, mistakes = spent.crowd.took, spent.crowd.mistakes
    with app.app_context():
        orders = db.session.scalar(select(func.count(Order.id)))
        ready = db.session.scalar(select(func.count()).where(Order.status == OrderStatus.READY))
    print(
        f"{asked.students} students within {asked.minutes:g} min; the last had codes after {spent.seconds:.0f} s"
    )
    print(f"mistakes: {len(mistakes)} {mistakes[:3]} (goal 0); orders {orders}, ready {ready} (goal: all)")
    for kind, goal in (("page", PAGE_GOAL_MS), ("poll", POLL_GOAL_MS), ("sign-in", None), ("order", None)):
        seconds = took[kind]
        print(
            f"{kind:8} {len(seconds):7} times, p50 {percentile(seconds, 0.5):5.1f} ms, "
            f"p99 {percentile(seconds, 0.99):5.1f} ms" + (f" (goal {goal} ms)" if goal else "")
        )
    share = spent.cpu / spent.seconds / CORES
    hashing = _password_seconds() * len(took["sign-in"]) / spent.seconds / CORES
    print(
        f"web and jobs: {share:.1%} of {CORES} cores (goal {CPU_GOAL:.0%}), of which passwords {hashing:.1%}; "
        f"browsers' own {spent.browsers_cpu / spent.seconds:.2f} of a core, at most {spent.crowd.late:.2f} s behind"
    )


def _password_seconds() -> float:
    """The processor time of checking one password."""
    kept = passwords.make_hash(PASSWORD)
    before = time.process_time()
    for _ in range(10):
        passwords.verify(kept, PASSWORD)
    return (time.process_time() - before) / 10


if __name__ == "__main__":
    main()
