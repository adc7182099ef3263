"""The jobs carry a demonstration's calendar to the imitated ministry and then hurry."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from jobs.demo_calendar import DemoCalendar
from portal import clock
from portal.services.deployment import move_calendar
from tests.ministry_server import SandboxServer, running_sandbox


@pytest.fixture
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox that may be stopped."""
    with running_sandbox(tmp_path_factory.mktemp("calendar")) as server:
        yield server


def told(ministry: SandboxServer) -> timedelta:
    return timedelta(seconds=ministry.control()["calendar_ahead_seconds"])


def test_the_ministry_is_told_and_the_jobs_hurry_once_for_each_move(
    database: SQLAlchemy, ministry: SandboxServer
) -> None:
    hurried: list[timedelta] = []
    calendar = DemoCalendar(ministry.url, lambda: hurried.append(told(ministry)))
    calendar.follow()
    assert hurried == []
    for days in (3, 4):
        move_calendar(timedelta(days=days))
        calendar.follow()
        calendar.follow()
    assert hurried == [timedelta(days=3), timedelta(days=7)]
    assert clock.ahead() == timedelta(days=7)


def test_a_process_that_starts_later_tells_what_it_finds(
    database: SQLAlchemy, ministry: SandboxServer
) -> None:
    move_calendar(timedelta(days=5))
    clock.move_to(timedelta())  # as in a new process
    DemoCalendar(ministry.url, lambda: None).follow()
    assert (clock.ahead(), told(ministry)) == (timedelta(days=5), timedelta(days=5))


def test_a_ministry_that_is_away_is_told_when_it_is_back(
    database: SQLAlchemy, ministry: SandboxServer
) -> None:
    hurried: list[bool] = []
    calendar = DemoCalendar(ministry.url, lambda: hurried.append(True))
    calendar.follow()
    ministry.kill()
    move_calendar(timedelta(days=2))
    calendar.follow()
    assert (clock.ahead(), hurried) == (timedelta(days=2), [])
    ministry.start()
    calendar.follow()
    assert (told(ministry), hurried) == (timedelta(days=2), [True])


def test_without_a_ministry_the_calendar_is_followed_all_the_same(database: SQLAlchemy) -> None:
    hurried: list[bool] = []
    calendar = DemoCalendar("", lambda: hurried.append(True))
    calendar.follow()
    move_calendar(timedelta(days=2))
    calendar.follow()
    assert (clock.ahead(), hurried) == (timedelta(days=2), [True])
