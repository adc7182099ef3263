"""`python -m tests.crash.crashing_offers INSTANCE crash|race`: the job `reopen_orders`, killed or doubled.

`crash`: dies by SIGKILL at its 1st, 2nd, 3rd … statement or commit, then runs once undisturbed. `race`: two processes
at once. Every round begins with nothing found yet; its outcome is printed as a line of JSON.
"""

import itertools
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from jobs import reopen_orders
from portal import create_app
from portal.settings import load_settings
from tests.crash.dying import Fuse

INSTANCE = Path(sys.argv[1])
# Made once, and connected to nothing before it is forked.
APP = create_app(load_settings(INSTANCE), check=False)
ROUNDS_OF_A_RACE = 8
LEFT_BY_A_ROUND = ("messages", "notices", "order_offers", "order_events", "orders")


def run(crash_at: int | None = None) -> int:
    """Start the job in a process of its own; answers its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with APP.app_context():
            if crash_at is not None:
                Fuse(crash_at).watch_statements()
            reopen_orders.run()
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Wait for a process; answers its exit code, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def begin() -> None:
    """As if the job had never run."""
    with closing(sqlite3.connect(INSTANCE / "portal.sqlite", isolation_level=None)) as connection:
        for table in LEFT_BY_A_ROUND:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608  the names stand above
        connection.execute("UPDATE students SET offer_checked_revision = 0, offer_checked_on = NULL")


def outcome() -> dict[str, Any]:
    """What is there now."""
    with closing(sqlite3.connect(INSTANCE / "portal.sqlite")) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  as above
            for table in LEFT_BY_A_ROUND
        }
        offers = [row[0] for row in connection.execute("SELECT standing FROM order_offers ORDER BY id")]
        kinds = [row[0] for row in connection.execute("SELECT kind FROM notices ORDER BY kind")]
        return counts | {"standing": offers, "kinds": kinds}


def crash() -> None:
    """Every point once, up to the first run that lives."""
    for n in itertools.count(1):
        begin()
        code = ended(run(crash_at=n))
        died_with = outcome()
        again = ended(run())
        print(json.dumps({"code": code, "died_with": died_with, "again": again, "after": outcome()}))
        if code == 0:
            break


def race() -> None:
    """Two at once, many times."""
    for _ in range(ROUNDS_OF_A_RACE):
        begin()
        codes = [ended(child) for child in [run(), run()]]
        print(json.dumps({"codes": codes, "after": outcome()}))


{"crash": crash, "race": race}[sys.argv[2]]()
