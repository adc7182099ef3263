"""Ordering at the sandbox without the portal's connector."""

from typing import Any
from uuid import uuid4

from tests.ministry_server import SandboxServer, application_json


def order(sandbox: SandboxServer, album_number: str, **changes: object) -> dict[str, Any]:
    """Submit under a new key; returns the report."""
    return submit(sandbox, str(uuid4()), album_number, **changes)[1]


def submit(
    sandbox: SandboxServer, key: str, album_number: str, **changes: object
) -> tuple[int, dict[str, Any]]:
    return sandbox.ask("PUT", f"/v1/requests/{key}", application_json(album_number, **changes))


def look_up(sandbox: SandboxServer, key: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.ask("POST", "/v1/requests/look-up", {"keys": [key]})[1]["requests"][0]
    return found


def withdraw(sandbox: SandboxServer, key: str) -> dict[str, Any]:
    return sandbox.ask("PUT", f"/v1/requests/{key}/withdrawal", {})[1]


def collect(
    sandbox: SandboxServer, report: dict[str, Any], phone: str = "telefon"
) -> tuple[int, dict[str, Any]]:
    return sandbox.redeem(report["codes"]["qr_payload"], report["codes"]["activation_code"], phone)
