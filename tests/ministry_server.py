"""The sandbox as a real process, for every test that needs a ministry."""

import base64
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from portal.ministry.port import Application
from portal.ministry.wire import write_application

ROOT = Path(__file__).parent.parent
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TOKEN = "token-of-the-tests"
STARTED_WITHIN = 30  # seconds; generous, the machine may be busy


class SandboxServer:
    """One sandbox on a port and a storage of its own; it may be stopped, killed and started again on both."""

    def __init__(
        self, storage: Path, *, token: str | None = None, port: int | None = None, **options: object
    ) -> None:
        self.storage = storage
        self.token = token
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on the same port and storage as before; returns when it answers."""
        command = [sys.executable, "-m", "sandbox", f"--port={self.port}", f"--storage={self.storage}"]
        command += [f"--{name.replace('_', '-')}={value}" for name, value in self._options.items()]
        environment = os.environ | {"SANDBOX_TOKEN": self.token or ""}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + STARTED_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the sandbox did not start on port {self.port}")
            time.sleep(0.05)

    def stop(self) -> int:
        """End it by SIGTERM; returns its exit code. Nothing happens if it does not run."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it by SIGKILL."""
        return self._end(signal.SIGKILL)

    def control(self, **switches: object) -> dict[str, Any]:
        """Set the named switches; returns all of them."""
        return self.ask("PUT", "/control", switches)[1]

    def ledger(self) -> dict[str, Any]:
        """`counts` per verb, `requests` (the calls) and `cards`."""
        return self.ask("GET", "/ledger")[1]

    def live_cards(self, album_number: str | None = None) -> list[dict[str, Any]]:
        """The cards that exist now, of everybody or of one student."""
        cards = [card for card in self.ledger()["cards"] if card["live"]]
        return [card for card in cards if album_number in (None, card["album_number"])]

    def calls(self, verb: str) -> list[dict[str, Any]]:
        """The ledger's lines about one verb (`submit`, `look_up`, `withdraw`, `redeem`), in order."""
        return [call for call in self.ledger()["requests"] if call["verb"] == verb]

    def redeem(
        self, qr_payload: str, activation_code: str, phone: str = "telefon"
    ) -> tuple[int, dict[str, Any]]:
        """Play the phone: the status, and the card's data or the message."""
        codes = {"qr_payload": qr_payload, "activation_code": activation_code, "phone": phone}
        return self.ask("POST", "/redeem", codes)

    def seed(self, *requests: dict[str, object]) -> tuple[int, dict[str, Any]]:
        """Place requests as history."""
        return self.ask("POST", "/seed", {"requests": requests})

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Any request with JSON both ways: the status and the body."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | headers
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with DIRECT.open(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(timeout=STARTED_WITHIN)
        self.process = None
        return code


DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def running_sandbox(
    folder: Path, *, token: str | None = TOKEN, port: int | None = None, **options: object
) -> Iterator[SandboxServer]:
    """A sandbox with its storage in `folder`; `options` as on its command line (`processing_seconds=0`)."""
    server = SandboxServer(
        folder / f"sandbox-{secrets.token_hex(4)}.sqlite", token=token, port=port, **options
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port nobody listens on, below those the system gives to outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def application(album_number: str = "200001", **changes: Any) -> Application:
    """An invented student's application as the portal hands it to the ministry."""
    person: dict[str, Any] = {
        "album_number": album_number,
        "pesel": "67910712340",
        "first_names": "Maria Salomea",
        "surname": "Przykładowa",
        "birth_date": date(1867, 11, 7),
        "valid_until": date(2099, 10, 31),
        "photo": PNG,
        "photo_media_type": "image/png",
    }
    return Application(**(person | changes))


def application_json(album_number: str = "200001", **changes: object) -> dict[str, object]:
    """The same as the contract writes it."""
    written: dict[str, object] = json.loads(write_application(application(album_number)))
    return written | changes
