"""The nightly duties: each with its own row in the log of runs, none stopping the others, stopped when asked."""

import threading
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from jobs import keep_house, schedule
from jobs.keep_house import DutiesFailed
from portal import clock
from portal.database import transaction
from portal.models.journal import JournalEntry
from portal.models.ministry_calls import JobRun
from portal.services import backups, journal
from portal.services.housekeeping import DUTIES, is_overdue
from portal.services.journal import Subject


def keep(stop: threading.Event | None = None) -> None:
    keep_house.run(stop or threading.Event())


def rows(database: SQLAlchemy) -> dict[str, JobRun]:
    database.session.rollback()
    return {row.job: row for row in database.session.scalars(select(JobRun))}


def old_entry() -> None:
    with transaction():
        at = clock.real_now() - timedelta(days=731)
        journal.record("old", Subject.STUDENT, "somebody", actor=None, at=at)


def test_every_duty_has_its_own_row(database: SQLAlchemy, instance: Path) -> None:
    old_entry()
    keep()

    found = rows(database)
    assert found.keys() == {duty.job for duty in DUTIES}
    assert [row.error for row in found.values()] == [None] * len(DUTIES)
    assert found["keep_house.journal"].counts == {"entries": 1}
    (made,) = backups.backups_in(instance / "backups")
    assert found["keep_house.backup"].counts["size"] == made.size


def test_a_duty_that_fails_does_not_stop_the_others(database: SQLAlchemy, instance: Path) -> None:
    old_entry()
    (instance / "backups").write_text("a file where the folder should be")
    with pytest.raises(DutiesFailed, match=r"^backup$"):
        keep()

    found = rows(database)
    assert found.keys() == {duty.job for duty in DUTIES}
    assert {job: row.error for job, row in found.items() if row.error} == {"keep_house.backup": "not_written"}
    assert database.session.scalars(select(JournalEntry)).all() == []


def test_told_to_stop_it_leaves_the_rest_for_the_next_start(database: SQLAlchemy, instance: Path) -> None:
    old_entry()
    stop = threading.Event()
    stop.set()
    keep(stop)
    assert rows(database) == {}
    assert is_overdue(clock.real_now())
    assert backups.backups_in(instance / "backups") == []

    keep()
    assert not is_overdue(clock.real_now())
    assert is_overdue(clock.real_now() + timedelta(days=1, minutes=1))


def test_a_failed_duty_is_overdue(database: SQLAlchemy, instance: Path) -> None:
    (instance / "backups").write_text("a file where the folder should be")
    with pytest.raises(DutiesFailed):
        keep()
    assert is_overdue(clock.real_now())


def test_two_jobs_processes_in_one_night_make_one_backup(database: SQLAlchemy, instance: Path) -> None:
    keep()
    keep()
    assert len(backups.backups_in(instance / "backups")) == 1


@pytest.mark.parametrize("kept_house_before", [False, True])
def test_it_runs_at_half_past_four_and_soon_after_a_start_that_missed_it(
    app: Flask, database: SQLAlchemy, kept_house_before: bool
) -> None:
    if kept_house_before:
        keep()
    stop = threading.Event()
    stop.set()  # nothing is to run in this test
    scheduler = schedule.start(app, None, stop)
    try:
        job = scheduler.get_job(keep_house.NAME)
        assert isinstance(job.trigger, CronTrigger)
        soon = job.next_run_time - clock.real_now() < timedelta(minutes=1)
        planned = job.trigger.get_next_fire_time(None, clock.real_now())
    finally:
        scheduler.shutdown(wait=True)
    assert planned.astimezone(clock.OFFICE_ZONE).time() == time(4, 30)
    assert soon is not kept_house_before or planned - clock.real_now() < timedelta(minutes=1)
    assert job.misfire_grace_time is None


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_when_the_clocks_change_the_night_has_one_half_past_four(day: str) -> None:
    trigger = CronTrigger(hour=4, minute=30, timezone=clock.OFFICE_ZONE)
    midnight = datetime.fromisoformat(day).replace(tzinfo=clock.OFFICE_ZONE)
    first = trigger.get_next_fire_time(None, midnight)
    second = trigger.get_next_fire_time(first, first + timedelta(seconds=1))
    assert (first.date().isoformat(), second.date() - first.date()) == (day, timedelta(days=1))
