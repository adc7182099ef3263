"""The process itself: quick to start, clean to stop, and nothing is lost when it is killed."""

import ast
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.ministry_server import ROOT, SandboxServer
from tests.sandbox.ordering import look_up, order


def test_sigterm_ends_it_cleanly_even_with_a_slow_call_running(own_sandbox: SandboxServer) -> None:
    own_sandbox.control(mode="slow", slow_seconds=60)
    with socket.create_connection(("127.0.0.1", own_sandbox.port)) as waiting:
        waiting.sendall(
            b"PUT /v1/requests/a/withdrawal HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        )
        assert own_sandbox.stop() == 0


def test_what_was_answered_outlives_a_kill(own_sandbox: SandboxServer) -> None:
    report = order(own_sandbox, "450001")
    own_sandbox.control(replaces_on="never")
    own_sandbox.kill()
    own_sandbox.start()
    assert look_up(own_sandbox, report["key"]) == report
    assert own_sandbox.ask("GET", "/control")[1]["replaces_on"] == "never"


def test_thirty_connections_at_once_are_served(own_sandbox: SandboxServer) -> None:
    with ThreadPoolExecutor(30) as threads:
        reports = list(threads.map(lambda one: order(own_sandbox, f"46{one:04d}"), range(90)))
    assert {report["state"] for report in reports} == {"ready"}
    assert len({report["codes"]["qr_payload"] for report in reports}) == 90


def test_it_sets_no_cookies(own_sandbox: SandboxServer) -> None:
    with socket.create_connection(("127.0.0.1", own_sandbox.port)) as asking:
        asking.sendall(b"GET /ledger HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: asking.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"set-cookie" not in answer.lower()


def test_it_listens_on_this_machine_only(own_sandbox: SandboxServer) -> None:
    wanted = f"{own_sandbox.port:04X}"
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{wanted}")
    ]
    assert listening == [f"0100007F:{wanted}"]


def test_it_imports_nothing_of_the_portal() -> None:
    imported = {
        name
        for file in (ROOT / "sandbox").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert [name for name in imported if name.partition(".")[0] in ("portal", "jobs", "app")] == []
