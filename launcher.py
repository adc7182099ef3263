"""Processes that live as long as this one, for a program that starts others and looks after them.

Standard library only. Signals are blocked and fetched one by one (`sigtimedwait`): no handler can interrupt the
program between two steps.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent
STOP_SECONDS = 8.0
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})
AWAITED = STOP_SIGNALS | {signal.SIGCHLD}
LIBC = ctypes.CDLL(None)


def take_signals() -> None:
    """From now on signals wait until the functions below fetch them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)


def end_with_parent(number: signal.Signals) -> None:
    """Let the kernel send `number` to this process when the one that started it dies."""
    LIBC.prctl(PR_SET_PDEATHSIG, number)


@dataclass
class Part:
    """A process that lives as long as the launcher and is started again when it ends by itself."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0
    due_at: float | None = None

    def start(self) -> None:
        launcher = os.getpid()

        def tie() -> None:
            end_with_parent(signal.SIGKILL)
            if os.getppid() != launcher:  # it died before the line above
                os._exit(1)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())

        # A group of its own: Ctrl-C reaches the launcher only, which then stops the parts in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # standard output is the launcher's own
            preexec_fn=tie,
            process_group=0,
        )
        self.started_at, self.due_at = time.monotonic(), None

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def look_after(self) -> None:
        """Start it again if it has ended: at once the first time, then after pauses that double."""
        now = time.monotonic()
        if not self.ended():
            return
        if self.due_at is None:
            steady = now - self.started_at > STEADY_SECONDS
            self.due_at = now + (0 if steady else self.pause)
            assert self.process is not None
            log("part_ended", part=self.name, code=self.process.returncode, again_in=self.due_at - now)
            self.pause = 1.0 if steady else min(LONGEST_PAUSE, max(1.0, self.pause * 2))
        if now >= self.due_at:
            self.start()

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def ended_before(parts: Sequence[Part], ready: Callable[[], bool]) -> int | None:
    """Wait until `ready()`: then None. An exit code if a stop is asked for or a part ends before that."""
    while not ready():
        if stop_asked(within=0.05):
            return 0
        for part in parts:
            if part.ended():
                assert part.process is not None
                return max(1, part.process.returncode)
    return None


def keep(parts: Sequence[Part]) -> None:
    """Look after all `parts` until a stop is asked for."""
    while True:
        now = time.monotonic()
        pauses = [part.due_at - now for part in parts if part.due_at is not None]
        if stop_asked(within=max(0.0, min(pauses, default=LONGEST_PAUSE))):
            return
        for part in parts:
            part.look_after()


def stop(parts: Sequence[Part]) -> None:
    """End the parts, the sandbox last; those that take too long, or a second Ctrl-C, are killed."""
    deadline = time.monotonic() + STOP_SECONDS
    served_until_the_end = [part for part in parts if part.name == "sandbox"]
    for together in ([part for part in parts if part not in served_until_the_end], served_until_the_end):
        for part in together:
            part.terminate()
        while not all(part.ended() for part in together):
            left = deadline - time.monotonic()
            if left <= 0 or stop_asked(within=left) == signal.SIGINT:
                deadline = 0.0
                for part in together:
                    part.kill()


def stop_asked(*, within: float) -> int | None:
    """Sleep until a part ends, a stop is asked for or the time is over; the signal that asks for the stop."""
    got = signal.sigtimedwait(AWAITED, within)
    return got.si_signo if got is not None and got.si_signo in STOP_SIGNALS else None


def log(event: str, **facts: object) -> None:
    """One line of JSON on standard error, like those of the parts."""
    at = datetime.now(UTC).isoformat()
    print(json.dumps({"event": event, **facts, "timestamp": at}), file=sys.stderr, flush=True)
