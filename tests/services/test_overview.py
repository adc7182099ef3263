"""The office's day at a glance."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.ministry_calls import JobRun, MinistryHealth
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import proposed_until
from portal.services.ordering import place_order
from portal.services.overview import (
    extension_progress,
    last_runs,
    ministry_state,
    orders_by_day,
    orders_by_status,
)
from portal.services.student_lists import Progress
from tests.people import POLICY, make_enrolment, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def test_every_faculty_shows_how_far_its_extensions_are() -> None:
    make_student(faculty="A")
    both = make_student(faculty="A", extended_until=None)
    with transaction() as session:
        session.add(make_enrolment(both.id, faculty="B"))
        session.add(make_enrolment(both.id, faculty="B", year=1))
    make_student(faculty="A", status=EnrolmentStatus.REMOVED)
    make_student(faculty="A", level=Level.DOCTORAL)

    until, faculties = extension_progress(POLICY, at=clock.now())

    assert until == proposed_until(clock.today(), POLICY)
    assert [(one.faculty, one.progress) for one in faculties] == [
        ("A", Progress(extended=1, remaining=1)),
        ("B", Progress(extended=0, remaining=1)),
    ]


def test_orders_are_counted_by_state_and_by_day_in_warsaw() -> None:
    # Half past midnight in Warsaw is still the day before in UTC.
    moments = [
        datetime(2030, 7, 9, 22, 30, tzinfo=UTC),
        datetime(2030, 7, 10, 21, 30, tzinfo=UTC),
        datetime(2030, 7, 8, 12, 0, tzinfo=UTC),
    ]
    for moment in moments:
        order_id = place_order(make_student().id, POLICY, actor="test", at=clock.now()).id
        with transaction() as session:
            session.get_one(Order, order_id).placed_at = moment

    days = orders_by_day(at=datetime(2030, 7, 10, 12, tzinfo=UTC), days=4)

    assert [(day.day, count) for day, count in days] == [(7, 0), (8, 1), (9, 0), (10, 2)]
    assert orders_by_status() == dict.fromkeys(OrderStatus, 0) | {OrderStatus.WAITING: 3}


def test_the_ministry_is_well_until_something_is_known_against_it() -> None:
    assert ministry_state().down_since is None
    now = clock.real_now()
    with transaction() as session:
        session.add(MinistryHealth(id=1, down_since=now, next_probe_at=now, alarm=True, failures=3))

    assert (ministry_state().down_since, ministry_state().alarm) == (now, True)


def test_every_job_shows_its_last_run() -> None:
    now = clock.real_now()
    with transaction() as session:
        for job, back, error in [("b", 5, None), ("b", 1, "OSError"), ("a", 9, None)]:
            began = now - timedelta(minutes=back)
            session.add(JobRun(job=job, started_at=began, finished_at=now, error=error))

    assert [(run.job, run.error) for run in last_runs()] == [("a", None), ("b", "OSError")]


@pytest.mark.parametrize("basis", Basis)
def test_the_overview_reads_large_tables_by_indexes(basis: Basis) -> None:
    place_order(make_student().id, POLICY, actor="test", at=clock.now())

    with watched_plans() as plans:
        extension_progress(Policy(basis=basis), at=clock.now())
        orders_by_status()
        orders_by_day(at=clock.now())
        ministry_state()
        last_runs()

    assert plans.statements >= 5
    assert plans.whole_tables == set()
