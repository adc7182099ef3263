"""Applications under the portal's own server settings, in processes of their own, and what those cost."""

import multiprocessing
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from portal import create_app
from portal.keys import create_keys
from portal.preparation import prepare
from portal.services.deployment import prepare_database
from portal.serving import serve
from portal.settings import load_settings
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


def portal_in(instance: Path) -> Flask:
    """A real university's portal in that folder, without students."""
    (instance / "portal.toml").write_text(UNIVERSITY, encoding="utf-8")
    return prepare(instance, demo=False)


def connected_portal_in(instance: Path, ministry_url: str) -> Flask:
    """The same, connected to an imitated ministry: a demonstration, for only there may it be reached without TLS."""
    (instance / "portal.toml").write_text(
        f'demo = true\n{UNIVERSITY}[ministry]\nurl = "{ministry_url}"\n', encoding="utf-8"
    )
    create_keys(instance)
    app = create_app(load_settings(instance), check=False)
    with app.app_context():
        prepare_database(demo=True)
    return app


def bare_view() -> Flask:
    """What everything is compared with: one view and no extensions."""
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "ok")
    return app


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
