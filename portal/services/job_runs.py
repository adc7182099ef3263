"""The log of runs: every run of a job is in it; idle runs in a row share one row."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.ministry_calls import JobRun

IDLE_WRITTEN_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


class RunLog:
    """Writes the runs of one job. Idle runs are counted here and written down at most once a minute."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._idle_runs = 0
        self._idle_since: datetime | None = None
        self._written_at: datetime | None = None

    def finished(self, started_at: datetime, counts: Mapping[str, int], error: str | None = None) -> None:
        """One run ended: `counts` says what it did, `error` names the exception that ended it.

        A row that cannot be written, in a damaged database for example, is logged: what was done stands, and what
        comes next must not wait for it.
        """
        if error is None and not any(counts.values()):
            self._idle_runs += 1
            self._idle_since = self._idle_since or started_at
            if self._written_at and clock.real_now() - self._written_at < IDLE_WRITTEN_EVERY:
                return
        try:
            self._write(started_at, counts, error)
        except SQLAlchemyError:
            log.exception("run_not_noted", job=self._job)
        self._written_at = clock.real_now()

    def _write(self, started_at: datetime, counts: Mapping[str, int], error: str | None) -> None:
        with transaction() as session:
            self._write_idle_runs()
            if error is not None or any(counts.values()):
                session.add(
                    JobRun(
                        job=self._job,
                        started_at=started_at,
                        finished_at=clock.real_now(),
                        counts=dict(counts),
                        error=error,
                    )
                )

    def _write_idle_runs(self) -> None:
        if not self._idle_runs:
            return
        last = db.session.scalar(
            select(JobRun).where(JobRun.job == self._job).order_by(JobRun.started_at.desc()).limit(1)
        )
        if last is not None and last.error is None and not any(last.counts.values()):
            last.runs += self._idle_runs
            last.finished_at = clock.real_now()
        else:
            db.session.add(
                JobRun(
                    job=self._job,
                    started_at=self._idle_since,
                    finished_at=clock.real_now(),
                    runs=self._idle_runs,
                )
            )
        self._idle_runs, self._idle_since = 0, None
