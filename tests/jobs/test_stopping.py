"""`python -m jobs` told to stop in the middle of the night's work."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from portal.services import backups
from tests.launcher.running import ROOT

PATIENCE_SECONDS = 90.0
AT_ONCE = """
import sys
from datetime import timedelta
from jobs import __main__, schedule
schedule.AFTER_START = timedelta()
sys.exit(__main__.main())
"""
FILE = """
public_url = "http://localhost"
demo = true
[university]
name = "Akademia Przykładowa"
[policy]
basis = "els"
"""


def fill(file: Path) -> None:
    """So many rows that copying them takes a while."""
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TABLE ballast AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)"
            " SELECT i, hex(i) || hex(i) AS words FROM n"
        )
    connection.close()


def test_sigterm_in_the_middle_of_a_backup_ends_cleanly_and_leaves_nothing(instance: Path) -> None:
    (instance / "portal.toml").write_text(FILE, encoding="utf-8")
    fill(instance / "portal.sqlite")
    folder = instance / "backups"
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with subprocess.Popen(
        [sys.executable, "-c", AT_ONCE, "--instance", str(instance)],
        cwd=ROOT,
        env=outside,
        stderr=subprocess.PIPE,
        text=True,
    ) as jobs:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not list(folder.glob(f".portal-*{backups.UNFINISHED}")) and time.monotonic() < deadline:
            assert jobs.poll() is None
            time.sleep(0.005)
        jobs.send_signal(signal.SIGTERM)
        _, said = jobs.communicate(timeout=PATIENCE_SECONDS)

    assert jobs.returncode == 0, said
    assert "jobs_stopped" in said
    assert "duty_failed" not in said
    assert [path.name for path in folder.iterdir()] == [backups.LOCK]
    connection = sqlite3.connect(instance / "portal.sqlite")
    rows = connection.execute("SELECT error FROM job_runs WHERE job = 'keep_house.backup'").fetchall()
    connection.close()
    assert rows == []
