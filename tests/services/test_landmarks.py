"""The days worth moving a demonstration's calendar to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from portal import clock
from portal.rules.order_status import OrderStatus
from portal.services.landmarks import Landmark, landmarks, semester_end
from tests.people import make_student
from tests.stories.states import ordered


@pytest.mark.parametrize(
    ("on", "end"),
    [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 10, 31)),
    ],
)
def test_a_semester_ends_on_31_march_or_31_october(on: date, end: date) -> None:
    assert semester_end(on) == end


def test_without_codes_only_the_calendar_s_own_days_are_offered_in_their_order(database: SQLAlchemy) -> None:
    assert landmarks(datetime(2027, 1, 10, 12, tzinfo=UTC)) == {
        Landmark.TOMORROW: date(2027, 1, 11),
        Landmark.WEEK_LATER: date(2027, 1, 17),
        Landmark.SEMESTER_ABOUT_TO_END: date(2027, 3, 17),
        Landmark.SEMESTER_OVER: date(2027, 4, 1),
    }


def test_what_has_passed_is_not_offered(database: SQLAlchemy) -> None:
    assert Landmark.SEMESTER_ABOUT_TO_END not in landmarks(datetime(2027, 3, 20, 12, tzinfo=UTC))


def test_the_codes_that_live_longest_count(database: SQLAlchemy) -> None:
    at = clock.now()
    for days in (2, 9, -1):
        ordered(make_student(), OrderStatus.READY, codes_expire_at=at + timedelta(days=days))
    found = landmarks(at)
    last = clock.day_of(at + timedelta(days=9))
    assert found[Landmark.CODES_ABOUT_TO_EXPIRE] == last - timedelta(days=3)
    assert found[Landmark.CODES_EXPIRED] == last + timedelta(days=1)
