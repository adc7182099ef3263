"""How many requests per second the student's requests reach, as a share of a bare Flask view in the same run.

    python -m bench.requests [--seconds 4] [--rounds 3] [--students 300]

Needs `wrk`. Both applications run under the portal's own server settings, one after the other in every round, so
that a machine whose speed drifts drifts for both. Prints the medians of the rounds: the ratio of requests per second,
and the ratio of the servers' CPU time per request, which says the same of the code and nothing of what else the
machine does. Loopback only.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.servers import Server, bare_view, portal_in, served
from bench.visitors import Waiting, waiting_students
from portal import clock
from portal.extensions import db

CONNECTIONS = 16
SCRIPT = """
local targets = {}
for line in io.lines("%s") do targets[#targets + 1] = line end
local n = 0
request = function()
  n = n %% #targets + 1
  local cookie, path = targets[n]:match("^(%%S+) (%%S+)$")
  return wrk.format("GET", path, {["Cookie"] = cookie, ["HX-Request"] = "%s", ["Accept-Encoding"] = "gzip"})
end
"""


@dataclass(frozen=True)
class Target:
    """One kind of request: for each student a cookie and a path, as htmx or as a browser sends it."""

    name: str
    lines: list[str]
    htmx: bool


@dataclass(frozen=True)
class Measured:
    """One run: requests per second, and the server's CPU time per request in seconds."""

    rate: float
    cpu: float


def main() -> None:
    asked = _arguments()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing (Debian's package wrk)")
    with tempfile.TemporaryDirectory() as folder:
        app = portal_in(Path(folder))
        with app.app_context():
            # The slowest step of polling: the marks stay true for the whole run.
            long_ago = clock.now() - timedelta(hours=5)
            targets = _targets(waiting_students(app, asked.students, lambda _: long_ago))
            db.session.remove()
            db.engine.dispose()
        servers = served(bare_view()), served(app)
        try:
            _report(_rounds(targets, servers, asked, Path(folder)))
        finally:
            for server in servers:
                server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--students", type=int, default=300)
    return parser.parse_args()


def _targets(students: list[Waiting]) -> list[Target]:
    polls, changed, pages = [], [], []
    for student in students:
        polls.append(f"{student.cookie} /mlegitymacja/status?seen={student.mark}")
        revision, _, rest = student.mark.partition(".")
        changed.append(f"{student.cookie} /mlegitymacja/status?seen={int(revision) - 1}.{rest}")
        pages.append(f"{student.cookie} /mlegitymacja")
    return [
        Target("unchanged poll, 204", polls, htmx=True),
        Target("changed fragment", changed, htmx=True),
        Target("student's page", pages, htmx=False),
    ]


def _rounds(
    targets: list[Target], servers: tuple[Server, Server], asked: argparse.Namespace, folder: Path
) -> dict[str, list[tuple[Measured, Measured]]]:
    """Per target, for every round: the bare view and the target."""
    bare = Target("bare", ["x=y /"], htmx=False)
    found: dict[str, list[tuple[Measured, Measured]]] = {target.name: [] for target in targets}
    for _ in range(asked.rounds):
        for target in targets:
            pair = (
                _measured(bare, servers[0], asked.seconds, folder),
                _measured(target, servers[1], asked.seconds, folder),
            )
            found[target.name].append(pair)
    return found


def _measured(target: Target, server: Server, seconds: int, folder: Path) -> Measured:
    before = server.cpu_seconds()
    rate, requests = _wrk(target, server.port, seconds, folder)
    return Measured(rate, (server.cpu_seconds() - before) / requests)


def _wrk(target: Target, port: int, seconds: int, folder: Path) -> tuple[float, int]:
    """Requests per second, and how many there were."""
    lines, script = folder / "targets.txt", folder / "script.lua"
    lines.write_text("\n".join(target.lines))
    script.write_text(SCRIPT % (lines, "true" if target.htmx else ""))
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in answer:
        raise SystemExit(f"{target.name}: {answer}")
    rate, requests = re.search(r"Requests/sec:\s+([\d.]+)", answer), re.search(r"(\d+) requests in", answer)
    assert rate is not None
    assert requests is not None
    return float(rate[1]), int(requests[1])


def _report(found: dict[str, list[tuple[Measured, Measured]]]) -> None:
    for name, pairs in found.items():
        by_rate = [mine.rate / bare.rate for bare, mine in pairs]
        by_cpu = [bare.cpu / mine.cpu for bare, mine in pairs]
        print(
            json.dumps(
                {
                    "what": name,
                    "per_second": round(statistics.median(mine.rate for _, mine in pairs)),
                    "bare_per_second": round(statistics.median(bare.rate for bare, _ in pairs)),
                    "ratio": round(statistics.median(by_rate), 3),
                    "ratios": [round(ratio, 3) for ratio in by_rate],
                    "cpu_ratio": round(statistics.median(by_cpu), 3),
                    "cpu_ratios": [round(ratio, 3) for ratio in by_cpu],
                }
            )
        )


if __name__ == "__main__":
    main()
