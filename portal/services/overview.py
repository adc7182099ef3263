"""The office's day at a glance: who is extended, what orders there are, how the ministry does, when jobs ran."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, literal, select, union_all

from portal import clock
from portal.extensions import db
from portal.models.ministry_calls import JobRun, MinistryHealth
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import ENTITLING_LEVELS, EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.student_lists import Progress, confirmed_until_at_least
from portal.services.waiting import typical_wait

DAYS = 30


@dataclass(frozen=True, slots=True)
class FacultyProgress:
    """How many students of a faculty are confirmed until the proposed date."""

    faculty: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class MinistryState:
    """`down_since`: an outage that lasts; `alarm`: waiting alone will not end it.

    `typical_wait`: the median from placing an order to its codes.
    """

    down_since: datetime | None
    alarm: bool
    last_answer_at: datetime | None
    typical_wait: timedelta | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """When a job last ran; `error`: what ended that run, if something did."""

    job: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None


def extension_progress(policy: Policy, *, at: datetime) -> tuple[date, list[FacultyProgress]]:
    """The date proposed at present, and how far each faculty is with it; a student of two faculties counts in both.

    Counted are those who study now at a level that entitles to a card.
    """
    until = proposed_until(clock.day_of(at), policy)
    studying = select(Enrolment.faculty, Enrolment.student_id).distinct()
    studying = studying.where(
        Enrolment.level.in_(ENTITLING_LEVELS),
        Enrolment.status.in_([EnrolmentStatus.ACTIVE, EnrolmentStatus.ON_LEAVE]),
    )
    listed = studying.subquery()
    counted = (
        select(
            listed.c.faculty,
            func.count(),
            func.count().filter(confirmed_until_at_least(until, policy)),
        )
        .join(Student, Student.id == listed.c.student_id)
        .group_by(listed.c.faculty)
        .order_by(listed.c.faculty)
    )
    rows = db.session.execute(counted)
    return until, [FacultyProgress(name, Progress(done, all_of - done)) for name, all_of, done in rows]


def orders_by_status() -> dict[OrderStatus, int]:
    """How many orders stand in each state; none are missing."""
    rows = db.session.execute(select(Order.status, func.count()).group_by(Order.status))
    found = {row[0]: row[1] for row in rows}
    return {status: found.get(status, 0) for status in OrderStatus}


def orders_by_day(*, at: datetime, days: int = DAYS) -> list[tuple[date, int]]:
    """How many orders were placed on each of the last days in Warsaw, the oldest first, today last."""
    today = clock.day_of(at)
    wanted = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    counted = [
        select(literal(place).label("place"), func.count().label("orders")).where(
            Order.placed_at >= clock.end_of(day - timedelta(days=1)), Order.placed_at < clock.end_of(day)
        )
        for place, day in enumerate(wanted)
    ]
    found = {row.place: row.orders for row in db.session.execute(union_all(*counted))}
    return [(day, found[place]) for place, day in enumerate(wanted)]


def ministry_state() -> MinistryState:
    """How the ministry does."""
    row = db.session.get(MinistryHealth, 1) or MinistryHealth(alarm=False)
    return MinistryState(
        down_since=row.down_since,
        alarm=row.alarm,
        last_answer_at=row.last_answer_at,
        typical_wait=typical_wait(),
    )


def last_runs() -> Sequence[LastRun]:
    """The last run of every job that ever ran, by name; parts of a job (`keep_house.backup`) are not jobs."""
    latest = (
        select(JobRun.job, func.max(JobRun.started_at).label("started_at"))
        .where(JobRun.job.not_like("%.%"))
        .group_by(JobRun.job)
        .subquery()
    )
    rows = db.session.execute(
        select(JobRun.job, JobRun.started_at, JobRun.finished_at, JobRun.error)
        .join(latest, (JobRun.job == latest.c.job) & (JobRun.started_at == latest.c.started_at))
        .order_by(JobRun.job)
    )
    return [LastRun(*row) for row in rows]
