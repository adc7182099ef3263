"""What it costs the server that thousands of students look at their waiting orders.

    python -m bench.waiting [--students 3000] [--ordered-within 60] [--seconds 60]

Every student ordered at another moment of the last so many minutes, nothing is forwarded, and every page is open and
asks by itself, as often as it is told: each few seconds at first, each half a minute after half an hour. Printed: the
processor time of the server (two workers) as a share of one core, beside the goal. The browsers' own is not in it.
"""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.crowd import Browser, Crowd, percentile
from bench.polling import OpenPage
from bench.servers import portal_in, served
from bench.visitors import Waiting, waiting_students
from portal import clock
from portal.extensions import db

GOAL = 0.1


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        app = portal_in(Path(folder))
        with app.app_context():
            now, apart = clock.now(), timedelta(minutes=asked.ordered_within) / asked.students
            students = waiting_students(app, asked.students, lambda number: now - number * apart)
            db.session.remove()
            db.engine.dispose()
        server = served(app)
        try:
            crowd = Crowd(server.port)
            for number, student in enumerate(students):
                page = _page(student)
                # Where within its interval a page stands is chance; here they are spread evenly.
                crowd.add(page.poll, student.interval * (number * 0.618 % 1))
            before, own = server.cpu_seconds(), time.process_time()
            crowd.play(asked.seconds)
            used, own = server.cpu_seconds() - before, time.process_time() - own
        finally:
            server.stop()
    _report(crowd, asked, used, own)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=3000)
    parser.add_argument("--ordered-within", type=float, default=60, help="minutes")
    parser.add_argument("--seconds", type=float, default=60)
    return parser.parse_args()


def _page(student: Waiting) -> OpenPage:
    address = f"/mlegitymacja/status?seen={student.mark}"
    return OpenPage(Browser(student.cookie), address, student.interval)


def _report(crowd: Crowd, asked: argparse.Namespace, used: float, own: float) -> None:
    polls = crowd.took["poll"]
    print(
        f"{asked.students} students who ordered within {asked.ordered_within:g} min: "
        f"{len(polls) / asked.seconds:.0f} polls a second, server {used / asked.seconds:.3f} of one core "
        f"(goal {GOAL}), {1000 * used / len(polls):.2f} ms a poll"
    )
    print(
        f"poll p50 {percentile(polls, 0.5):.1f} ms, p99 {percentile(polls, 0.99):.1f} ms; "
        f"browsers' own {own / asked.seconds:.2f} of a core, at most {crowd.late:.2f} s behind; "
        f"mistakes: {len(crowd.mistakes)} {crowd.mistakes[:3]}"
    )


if __name__ == "__main__":
    main()
