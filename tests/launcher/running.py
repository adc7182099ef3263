"""The real `python app.py` with its real parts, on ports of its own."""

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from portal.preparation import FIRST_SETTINGS

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90.0


@dataclass
class Portal:
    """A running launcher and where it writes."""

    process: "subprocess.Popen[bytes]"
    instance: Path
    port: int
    output: Path
    errors: Path

    def wait_until_it_serves(self) -> None:
        wait_for(lambda: "działa" in self.output.read_text() or self.ended(), self)
        assert not self.ended(), self.errors.read_text()

    def ended(self) -> bool:
        return self.process.poll() is not None

    def part(self, name: str) -> int:
        """The process id of the part started by `python -m name`."""
        found: list[int] = []

        def there() -> bool:
            found[:] = [pid for pid in children_of(self.process.pid) if f"\0-m\0{name}\0" in command_of(pid)]
            return bool(found)

        wait_for(there, self)
        return found[0]

    def parts(self) -> set[int]:
        """Every process below the launcher."""
        return descendants_of(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def page(self, path: str, port: int | None = None) -> str:
        with urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=20) as answer:
            return str(answer.read().decode())


@contextlib.contextmanager
def started(
    instance: Path, *options: str, port: int | None = None, through: Sequence[str] = (), **environment: str
) -> Iterator[Portal]:
    """`python app.py` on `instance`, ended hard after the block if it has not ended by then."""
    port = port or free_ports()
    folder = instance.parent
    output, errors = folder / f"{instance.name}.{port}.out", folder / f"{instance.name}.{port}.err"
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_"))
    }
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "--instance",
        str(instance),
        "--port",
        str(port),
        *options,
    ]
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [*through, *command], stdout=out, stderr=err, cwd=folder, env=clean | environment
        )
    portal = Portal(process, instance, port, output, errors)
    try:
        yield portal
    finally:
        process.kill()
        process.wait()


def refused(instance: Path, *options: str, port: int | None = None, **environment: str) -> str:
    """What a launcher that refuses to start says; it must leave with exit code 2."""
    with started(instance, *options, port=port, **environment) as portal:
        assert portal.process.wait(PATIENCE_SECONDS) == 2, portal.errors.read_text()
        assert portal.output.read_text() == ""
        return portal.errors.read_text()


def university(folder: Path) -> Path:
    """A real university's instance with its settings filled in."""
    folder.mkdir()
    text = (FIRST_SETTINGS / "university.toml").read_text(encoding="utf-8")
    text = text.replace('public_url = ""', 'public_url = "https://mlegitymacja.example.edu.pl"')
    text = re.sub(r'^name = ""', 'name = "Akademia Przykładowa"', text, flags=re.MULTILINE)
    text = re.sub(r'^basis = ""', 'basis = "els"', text, flags=re.MULTILINE)
    (folder / "portal.toml").write_text(text, encoding="utf-8")
    return folder


def free_ports() -> int:
    """A port that is free together with the one after it."""
    while True:
        port = random.randrange(20_000, 32_000, 2)
        if all(is_free(each) for each in (port, port + 1)):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_for(true: Callable[[], bool], portal: Portal | None = None) -> None:
    """Wait patiently until it is true; tests never measure how long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, portal.errors.read_text() if portal else "it never became true"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether a process does anything; one that only waits to be reaped does not."""
    return state_and_parent(pid)[0] not in {"", "Z", "X"}


def children_of(pid: int) -> list[int]:
    everybody = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]
    return [each for each in everybody if state_and_parent(each)[1] == pid and runs(each)]


def descendants_of(pid: int) -> set[int]:
    children = children_of(pid)
    return set(children).union(*(descendants_of(child) for child in children))


def state_and_parent(pid: int) -> tuple[str, int]:
    try:
        after_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    return after_the_name[0], int(after_the_name[1])


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
