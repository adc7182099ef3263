"""What it costs the server that thousands of students look at their waiting orders.

    python -m bench.waiting [--students 3000] [--ordered-within 60] [--seconds 60]

Every student ordered at another moment of the last so many minutes, nothing is forwarded, and every page is open and
asks by itself, as often as it is told: each few seconds at first, each half a minute after half an hour. Printed: the
processor time of the server (two workers) as a share of one core, beside the goal and beside what a bare Flask view
takes that is asked as often: so seldom woken, any server costs far more for a request than under load. The browsers'
own is not in it.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

from bench.crowd import Act, Browser, Crowd, Line, percentile
from bench.polling import OpenPage
from bench.servers import bare_view, portal_in, served
from bench.visitors import Waiting, waiting_students
from portal import clock
from portal.extensions import db

GOAL = 0.1


@dataclass(frozen=True)
class Played:
    """What a crowd met, and the processor seconds of the server and of the browsers meanwhile."""

    crowd: Crowd
    server_cpu: float
    browsers_cpu: float


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        app = portal_in(Path(folder))
        with app.app_context():
            now, apart = clock.now(), timedelta(minutes=asked.ordered_within) / asked.students
            students = waiting_students(app, asked.students, lambda number: now - number * apart)
            db.session.remove()
            db.engine.dispose()
        portal = _play(app, [(_page(one).poll, one.interval) for one in students], asked.seconds)
    each = asked.seconds / len(portal.crowd.took["poll"]) * asked.students
    bare = _play(bare_view(), [(_bare_poll(each), each)] * asked.students, asked.seconds)
    _report(portal, bare, asked)


def _play(app: Flask, browsers: list[tuple[Act, float]], seconds: float) -> Played:
    """Let the browsers poll `app`, each with its interval, for so many seconds."""
    server = served(app)
    try:
        crowd = Crowd(server.port)
        for number, (poll, interval) in enumerate(browsers):
            # Where within its interval a page stands is chance; here they are spread evenly.
            crowd.add(poll, interval * (number * 0.618 % 1))
        before, own = server.cpu_seconds(), time.process_time()
        crowd.play(seconds)
        return Played(crowd, server.cpu_seconds() - before, time.process_time() - own)
    finally:
        server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=3000)
    parser.add_argument("--ordered-within", type=float, default=60, help="minutes")
    parser.add_argument("--seconds", type=float, default=60)
    return parser.parse_args()


def _page(student: Waiting) -> OpenPage:
    address = f"/mlegitymacja/status?seen={student.mark}"
    return OpenPage(Browser(student.cookie), address, student.interval)


def _bare_poll(interval: float) -> Act:
    def poll(line: Line) -> float:
        line.crowd.timed("poll", lambda: Browser().ask(line, "/"), 200)
        return interval

    return poll


def _report(portal: Played, bare: Played, asked: argparse.Namespace) -> None:
    polls, crowd = portal.crowd.took["poll"], portal.crowd
    print(
        f"{asked.students} students who ordered within {asked.ordered_within:g} min: "
        f"{len(polls) / asked.seconds:.0f} polls a second, server {portal.server_cpu / asked.seconds:.3f} of one core "
        f"(goal {GOAL}); a bare Flask view asked {len(bare.crowd.took['poll']) / asked.seconds:.0f} times a second: "
        f"{bare.server_cpu / asked.seconds:.3f}"
    )
    print(
        f"poll p50 {percentile(polls, 0.5):.1f} ms, p99 {percentile(polls, 0.99):.1f} ms; browsers' own "
        f"{portal.browsers_cpu / asked.seconds:.2f} of a core, at most {crowd.late:.2f} s behind; "
        f"mistakes: {len(crowd.mistakes)} {crowd.mistakes[:3]}"
    )


if __name__ == "__main__":
    main()
