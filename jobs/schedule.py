"""The one table of jobs: which, and how often."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from jobs import (
    check_uploads,
    deliver_withdrawals,
    expire_cards,
    expire_codes,
    forward_orders,
    keep_house,
    refresh_orders,
    revoke_cards,
)
from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.services.deployment import follow_calendar
from portal.services.job_runs import RunLog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """A job's name, what runs, and the seconds between two runs. `run` gets the calls if it `asks_ministry`."""

    name: str
    run: Callable[..., Mapping[str, int]]
    every: float
    asks_ministry: bool = True


SCHEDULE = (
    Job(forward_orders.NAME, forward_orders.run, every=1),
    Job(refresh_orders.NAME, refresh_orders.run, every=2),
    Job(deliver_withdrawals.NAME, deliver_withdrawals.run, every=2),
    Job(expire_codes.NAME, expire_codes.run, every=15),
    Job(expire_cards.NAME, expire_cards.run, every=60, asks_ministry=False),
    Job(check_uploads.NAME, check_uploads.run, every=1, asks_ministry=False),
    Job(revoke_cards.NAME, revoke_cards.run, every=600, asks_ministry=False),
    Job(keep_house.NAME, keep_house.run, every=86_400, asks_ministry=False),
)


def start(app: Flask, calls: MinistryCalls | None, stop: threading.Event) -> BackgroundScheduler:
    """Start every job of the table; each runs at most once at a time, late runs are made up for once.

    Without `calls` (the ministry is not connected yet), only those that do not ask it.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(SCHEDULE))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300},
        timezone=clock.OFFICE_ZONE,
    )
    for job in SCHEDULE:
        if job.asks_ministry and calls is None:
            continue
        runner = Runner(app, job, calls, stop)
        scheduler.add_job(runner, "interval", seconds=job.every, id=job.name, next_run_time=clock.real_now())
    scheduler.start()
    return scheduler


class Runner:
    """One job's runs: an application context, the office's calendar, and a place in the log of runs."""

    def __init__(self, app: Flask, job: Job, calls: MinistryCalls | None, stop: threading.Event) -> None:
        self._app = app
        self._job = job
        self._calls = calls
        self._stop = stop
        self._runs = RunLog(job.name)

    def __call__(self) -> None:
        if self._stop.is_set():
            return
        started_at = clock.real_now()
        with self._app.app_context():
            try:
                if self._app.extensions["settings"].demo:
                    follow_calendar()
                counts = self._job.run(self._calls) if self._job.asks_ministry else self._job.run()
            except Exception as error:
                # A job that fails runs again at its next time; what it had claimed is free after the lease.
                log.exception("job_failed", job=self._job.name)
                self._runs.finished(started_at, {}, error=type(error).__name__)
            else:
                self._runs.finished(started_at, counts)
