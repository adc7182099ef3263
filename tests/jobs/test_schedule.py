"""Which jobs a deployment runs, and that those that can run go on beside damage in the database."""

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from structlog.testing import capture_logs

from jobs import expire_codes, keep_house, schedule
from jobs.keep_house import DutiesFailed
from jobs.schedule import SCHEDULE, jobs_to_run
from portal.models.ministry_calls import JobRun
from portal.preparation import prepare
from portal.services.housekeeping import DUTIES
from tests.launcher.running import ROOT, university, wait_for

ASKING = {"forward_orders", "refresh_orders", "deliver_withdrawals"}


def names(*, connected: bool, by_panel: bool) -> set[str]:
    return {job.name for job in jobs_to_run(connected=connected, by_panel=by_panel)}


def test_a_connected_university_runs_every_job_of_the_table() -> None:
    assert jobs_to_run(connected=True, by_panel=False) == list(SCHEDULE)


def test_before_the_ministry_is_connected_nobody_asks_it() -> None:
    everything = {job.name for job in SCHEDULE}
    assert names(connected=False, by_panel=False) == everything - ASKING - {"expire_codes"}


def test_with_the_panel_codes_expire_by_the_clock_and_nobody_asks() -> None:
    everything = {job.name for job in SCHEDULE}
    assert names(connected=True, by_panel=True) == everything - ASKING
    expiry = next(job for job in jobs_to_run(connected=False, by_panel=True) if job.name == "expire_codes")
    assert (expiry.run, expiry.asks_ministry) == (expire_codes.run_by_clock, False)


def spoil(database: Path, table: str) -> None:
    """Overwrite the first page of that table; the others stay whole."""
    with closing(sqlite3.connect(database)) as opened:
        (page,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = opened.execute("PRAGMA page_size").fetchone()
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


@pytest.fixture
def spoiled(app: Flask, instance: Path, request: pytest.FixtureRequest) -> Flask:
    """The application on a database damaged in one table."""
    spoil(instance / "portal.sqlite", request.param)
    return app


@pytest.mark.parametrize("spoiled", ["job_runs"], indirect=True)
def test_where_the_log_of_runs_cannot_be_read_the_nightly_duties_are_due(spoiled: Flask) -> None:
    assert schedule._house_overdue(spoiled)


@pytest.mark.parametrize("spoiled", ["job_runs"], indirect=True)
def test_a_run_that_cannot_be_noted_was_done_and_is_followed_by_the_next(
    spoiled: Flask,
) -> None:
    done: list[int] = []
    job = schedule.Job("count", lambda: {"done": done.append(1) or 1}, asks_ministry=False)
    runner = schedule.Runner(spoiled, job, None, threading.Event())
    with capture_logs() as logged:
        runner()
        runner()
    assert len(done) == 2
    assert [line["event"] for line in logged] == ["run_not_noted"] * 2


@pytest.mark.parametrize("spoiled", ["mail_choices"], indirect=True)
def test_damage_is_shown_as_the_failed_nightly_duty_and_the_other_duties_are_done(
    spoiled: Flask, database: SQLAlchemy
) -> None:
    with pytest.raises(DutiesFailed, match="integrity"):
        keep_house.run(threading.Event())
    database.session.rollback()
    errors = {row.job: row.error for row in database.session.scalars(select(JobRun))}
    assert errors.keys() == {duty.job for duty in DUTIES}
    assert errors.pop("keep_house.integrity") == "DatabaseDamaged"
    assert errors.pop("keep_house.backup") == "damaged"
    assert set(errors.values()) == {None}


@pytest.mark.parametrize("connector", ["http", "panel"])
def test_the_process_stays_up_beside_damage_and_says_so_at_its_start(tmp_path: Path, connector: str) -> None:
    instance = university(tmp_path / "instance")
    prepare(instance, demo=False)
    spoil(instance / "portal.sqlite", "job_runs")
    spoil(instance / "portal.sqlite", "ministry_health")
    log = tmp_path / "log"
    with log.open("wb") as errors:
        jobs = subprocess.Popen(
            [sys.executable, "-m", "jobs", "--instance", str(instance)],
            cwd=ROOT,
            env={"PATH": "/usr/bin", "PORTAL_MINISTRY__CONNECTOR": connector},
            stderr=errors,
        )
    try:
        wait_for(lambda: "jobs_started" in log.read_text() or jobs.poll() is not None)
        wait_for(lambda: "run_not_noted" in log.read_text() or jobs.poll() is not None)
        assert jobs.poll() is None, log.read_text()
        jobs.send_signal(signal.SIGTERM)
        assert jobs.wait(90) == 0
    finally:
        jobs.kill()
        jobs.wait()
    assert '"event": "database_damaged"' in log.read_text()
