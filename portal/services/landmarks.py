"""The days on which something happens by itself: where a demonstration's calendar is worth moving to."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.rules.validity import SUMMER_ENDS, WINTER_ENDS

CODES_WARNED = timedelta(days=3)
SEMESTER_WARNED = timedelta(days=14)


class Landmark(StrEnum):
    """A day by what it is near to. Codes: the last of those that can be used now. Semester: the present one."""

    TOMORROW = "tomorrow"
    WEEK_LATER = "week_later"
    CODES_ABOUT_TO_EXPIRE = "codes_about_to_expire"
    CODES_EXPIRED = "codes_expired"
    SEMESTER_ABOUT_TO_END = "semester_about_to_end"
    SEMESTER_OVER = "semester_over"


def landmarks(at: datetime) -> dict[Landmark, date]:
    """The landmarks that are still to come after `at`, by their days."""
    today = clock.day_of(at)
    semester = semester_end(today)
    days = {
        Landmark.TOMORROW: today + timedelta(days=1),
        Landmark.WEEK_LATER: today + timedelta(days=7),
        Landmark.SEMESTER_ABOUT_TO_END: semester - SEMESTER_WARNED,
        Landmark.SEMESTER_OVER: semester + timedelta(days=1),
    }
    codes = _codes_last_until(at)
    if codes is not None:
        days[Landmark.CODES_ABOUT_TO_EXPIRE] = codes - CODES_WARNED
        days[Landmark.CODES_EXPIRED] = codes + timedelta(days=1)
    return {one: day for one, day in sorted(days.items(), key=lambda entry: entry[1]) if day > today}


def semester_end(on: date) -> date:
    """The 31 March or 31 October with which the semester of day `on` ends."""
    ends = (date(on.year, *WINTER_ENDS), date(on.year, *SUMMER_ENDS), date(on.year + 1, *WINTER_ENDS))
    return next(end for end in ends if end >= on)


def _codes_last_until(at: datetime) -> date | None:
    last = db.session.scalar(
        select(func.max(Order.codes_expire_at)).where(
            Order.status == OrderStatus.READY, Order.codes_expire_at > at
        )
    )
    return None if last is None else clock.day_of(last)
