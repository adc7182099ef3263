"""The office's morning digest."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.data_reports import DataReportKind
from portal.models.notices import Message
from portal.services import data_reports
from portal.services.digest import queue_digest, tasks
from portal.services.office_lists import Terms
from tests.people import POLICY, make_student

pytestmark = pytest.mark.usefixtures("database")

OFFICE = ("dziekanat@example.edu.pl", "prodziekan@example.edu.pl")


def terms(at: datetime) -> Terms:
    return Terms(POLICY, overdue_after=timedelta(hours=1), repeatable=True, at=at)


def morning(hour: int, day: int = 8, minute: int = 5) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=clock.OFFICE_ZONE)


def something_waits() -> None:
    data_reports.report(make_student().id, DataReportKind.NAME, "Inne imię", at=clock.now())


def test_one_goes_to_every_address_each_morning() -> None:
    something_waits()
    assert queue_digest(OFFICE, 7, terms(morning(6))) == 0
    assert queue_digest(OFFICE, 7, terms(morning(7))) == 2
    assert queue_digest(OFFICE, 7, terms(morning(8))) == 0
    assert queue_digest((*OFFICE, "nowa@example.edu.pl"), 7, terms(morning(9))) == 1
    assert queue_digest(OFFICE, 7, terms(morning(10, day=9))) == 0, "too late for a morning"
    assert queue_digest(OFFICE, 7, terms(morning(7, day=9))) == 2
    assert len(db.session.scalars(select(Message.id)).all()) == 5


def test_none_goes_when_nothing_waits_and_none_to_nobody() -> None:
    assert queue_digest(OFFICE, 7, terms(morning(7))) == 0
    something_waits()
    assert queue_digest((), 7, terms(morning(7))) == 0


def test_the_hour_is_that_of_the_clocks_in_warsaw() -> None:
    something_waits()
    with time_machine.travel("2027-07-01 05:00:00Z", tick=False):
        assert queue_digest(OFFICE, 7, terms(clock.now())) == 2


def test_tasks_count_what_waits() -> None:
    assert not tasks(terms(clock.now()))
    something_waits()
    found = tasks(terms(clock.now()))
    assert found
    assert (found.data_reports, found.photos, found.letters) == (1, 0, 0)
