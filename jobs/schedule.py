"""The one table of jobs: which, and how often."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from jobs import (
    check_uploads,
    deliver_withdrawals,
    expire_cards,
    expire_codes,
    forward_orders,
    keep_house,
    queue_reminders,
    refresh_orders,
    reopen_orders,
    revoke_cards,
    send_messages,
)
from jobs.demo_calendar import DemoCalendar
from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.services.housekeeping import is_overdue
from portal.services.job_runs import RunLog
from portal.settings import Settings
from portal.settings_groups import Connector

AFTER_START = timedelta(seconds=15)

log = structlog.get_logger()
# It warns, in lines of its own, whenever a run is not over at the time of the next; that is meant to be.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Job:
    """A job's name, what runs, and the seconds between two runs. `run` gets the calls if it `asks_ministry`.

    A `nightly` one runs once a day (Europe/Warsaw) instead, soon after the start if that is overdue, and is handed
    the event that tells it to stop: it takes long. `with_panel`: what runs instead where people carry orders to the
    ministry's panel, and nobody can ask it.
    """

    name: str
    run: Callable[..., Mapping[str, int]]
    every: float = 86_400
    asks_ministry: bool = True
    nightly: time | None = None
    with_panel: Callable[[], Mapping[str, int]] | None = None


SCHEDULE = (
    Job(forward_orders.NAME, forward_orders.run, every=1),
    Job(refresh_orders.NAME, refresh_orders.run, every=2),
    Job(deliver_withdrawals.NAME, deliver_withdrawals.run, every=2),
    Job(expire_codes.NAME, expire_codes.run, every=15, with_panel=expire_codes.run_by_clock),
    Job(expire_cards.NAME, expire_cards.run, every=60, asks_ministry=False),
    Job(reopen_orders.NAME, reopen_orders.run, every=10, asks_ministry=False),
    Job(check_uploads.NAME, check_uploads.run, every=1, asks_ministry=False),
    Job(send_messages.NAME, send_messages.run, every=2, asks_ministry=False),
    Job(queue_reminders.NAME, queue_reminders.run, every=60, asks_ministry=False),
    Job(revoke_cards.NAME, revoke_cards.run, every=600, asks_ministry=False),
    # Not between 2 and 3 o'clock: that hour comes twice or never when the clocks change.
    Job(keep_house.NAME, keep_house.run, asks_ministry=False, nightly=time(4, 30)),
)


def jobs_to_run(*, connected: bool, by_panel: bool) -> list[Job]:
    """The jobs of a deployment: with the panel, and while not `connected`, none asks the ministry."""
    if not by_panel:
        return [job for job in SCHEDULE if connected or not job.asks_ministry]
    replaced = [
        job if job.with_panel is None else replace(job, run=job.with_panel, asks_ministry=False)
        for job in SCHEDULE
    ]
    return [job for job in replaced if not job.asks_ministry]


def start(app: Flask, calls: MinistryCalls | None, stop: threading.Event) -> BackgroundScheduler:
    """Start every job of the table; each runs at most once at a time, late runs are made up for once.

    Without `calls` (the ministry is not connected yet), only those that do not ask it.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(SCHEDULE))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300},
        timezone=clock.OFFICE_ZONE,
    )
    settings: Settings = app.extensions["settings"]
    calendar = DemoCalendar(settings.ministry.url, lambda: _hurry(scheduler)) if settings.demo else None
    by_panel = settings.ministry.connector is Connector.PANEL
    for job in jobs_to_run(connected=calls is not None, by_panel=by_panel):
        runner = Runner(app, job, calls, stop, calendar)
        if job.nightly is None:
            scheduler.add_job(
                runner, "interval", seconds=job.every, id=job.name, next_run_time=clock.real_now()
            )
        else:
            _add_nightly(scheduler, runner, job.name, job.nightly, overdue=_house_overdue(app))
    scheduler.start()
    return scheduler


def _add_nightly(
    scheduler: BackgroundScheduler, runner: "Runner", name: str, at: time, *, overdue: bool
) -> None:
    soon = {"next_run_time": clock.real_now() + AFTER_START} if overdue else {}
    # However late: a machine that slept through the night does it when it wakes.
    scheduler.add_job(
        runner, "cron", hour=at.hour, minute=at.minute, id=name, misfire_grace_time=None, **soon
    )


def _house_overdue(app: Flask) -> bool:
    """Whether the nightly duties are due; they are, too, where the database cannot say: they find out why."""
    with app.app_context():
        try:
            return is_overdue(clock.real_now())
        except SQLAlchemyError:
            log.exception("job_failed", job=keep_house.NAME)
            return True


def _hurry(scheduler: BackgroundScheduler) -> None:
    """Every job runs now, but for the nightly ones."""
    for job in SCHEDULE:
        if job.nightly is None and scheduler.get_job(job.name):
            scheduler.modify_job(job.name, next_run_time=clock.real_now())


class Runner:
    """One job's runs: an application context, the office's calendar, and a place in the log of runs."""

    def __init__(
        self,
        app: Flask,
        job: Job,
        calls: MinistryCalls | None,
        stop: threading.Event,
        calendar: DemoCalendar | None = None,
    ) -> None:
        self._app = app
        self._job = job
        self._calls = calls
        self._stop = stop
        self._calendar = calendar
        self._runs = RunLog(job.name)

    def __call__(self) -> None:
        if self._stop.is_set():
            return
        started_at = clock.real_now()
        with self._app.app_context():
            try:
                if self._calendar is not None:
                    self._calendar.follow()
                counts = self._job.run(*self._arguments())
            except Exception as error:
                # A job that fails runs again at its next time; what it had claimed is free after the lease.
                log.exception("job_failed", job=self._job.name)
                self._runs.finished(started_at, {}, error=type(error).__name__)
            else:
                self._runs.finished(started_at, counts)

    def _arguments(self) -> tuple[object, ...]:
        if self._job.asks_ministry:
            return (self._calls,)
        return () if self._job.nightly is None else (self._stop,)
