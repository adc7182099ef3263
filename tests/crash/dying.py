"""Processes that die by SIGKILL at their n-th point, and the loop that tries n = 1, 2, 3 … until one survives.

In the dying process a `Fuse` counts its points. Outside, `deaths` runs `python -m tests.crash.…` again and again.
"""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import event

from portal.extensions import db

if TYPE_CHECKING:  # the dying process starts without pytest and all it brings
    from tests.crash.conftest import Deployment

ROOT = Path(__file__).parents[2]
CRASH_AT = "CRASH_AT"
MOST_POINTS = 80
KILLED = -signal.SIGKILL

State = TypeVar("State")


class Fuse:
    """Kills its process at the n-th call: n is `crash_at`, or what `CRASH_AT` says. With 0 it never does."""

    def __init__(self, crash_at: int | None = None) -> None:
        self._points = itertools.count(1)
        self._crash_at = int(os.environ[CRASH_AT]) if crash_at is None else crash_at

    def __call__(self, *_: object) -> None:
        """One more place where the process may die."""
        if next(self._points) == self._crash_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_statements(self) -> None:
        """From now on every statement and every commit of the present application is such a place."""
        event.listen(db.engine, "before_cursor_execute", self)
        self.watch_commits()

    def watch_commits(self) -> None:
        """From now on every commit is."""
        event.listen(db.engine, "commit", self)


def deaths(deployment: "Deployment", module: str, *words: str, more_than: int) -> Iterator[tuple[int, bool]]:
    """Let the act die at its point n = 1, 2, 3 …: after each run n, and whether it lived; the last one did.

    Fails an act of no more than `more_than` points: so few are not the whole act.
    """
    command = [sys.executable, "-m", f"tests.crash.{module}", str(deployment.instance), *words]
    for n in range(1, MOST_POINTS):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {CRASH_AT: str(n)},
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert done.returncode in {0, KILLED}, done.stderr.decode()
        yield n, done.returncode == 0
        if done.returncode == 0:
            assert n > more_than, "an act of so few points is not the whole act"
            return
    raise AssertionError("the act never ended")


def whole_or_nothing(
    deployment: "Deployment",
    module: str,
    word: str,
    state: Callable[[], State],
    *,
    before: State,
    after: State,
    more_than: int = 4,
) -> None:
    """Nothing of the act may be there after a death, all of it after the run that lived."""
    for n, lived in deaths(deployment, module, word, more_than=more_than):
        assert state() == (after if lived else before), f"{word}, point {n}"
