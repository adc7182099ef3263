"""Applications under the portal's own server settings, in processes of their own, and what those cost."""

import multiprocessing
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from portal.preparation import prepare
from portal.serving import serve
from tests.ministry_server import free_port

UNIVERSITY = """
public_url = "https://localhost"
[university]
name = "Akademia Przykładowa"
[policy]
basis = "els"
"""


@dataclass(frozen=True)
class Server:
    """An application that is served on a port of this machine."""

    port: int
    process: multiprocessing.process.BaseProcess

    def cpu_seconds(self) -> float:
        """What the server and its workers have used so far."""
        return cpu_seconds(str(self.process.pid))

    def stop(self) -> None:
        """End it, its workers included."""
        self.process.terminate()
        self.process.join()


def portal_in(instance: Path, more_settings: str = "") -> Flask:
    """A real university's portal in that folder, without students."""
    (instance / "portal.toml").write_text(UNIVERSITY + more_settings, encoding="utf-8")
    return prepare(instance, demo=False)


def served(app: Flask) -> Server:
    """Serve `app` with two workers; returns when it answers."""
    port = free_port()
    process = multiprocessing.get_context("fork").Process(target=serve, args=(app, "127.0.0.1", port))
    process.start()
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            break
        except urllib.error.HTTPError as answer:
            answer.close()
            break
        except OSError:
            time.sleep(0.05)
    return Server(port, process)


def cpu_seconds(pid: str) -> float:
    """The processor time a process and its children have used so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_cpu_seconds(one) for one in [pid, *children])


def _cpu_seconds(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
