"""The two clocks of the portal.

`now()` and `today()` are the office's calendar: rules, validity and expiry follow it, and a demonstration may
move it forward. `real_now()` never moves: leases, backoff, sessions, throttles and logs follow it.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Europe/Warsaw")

_moved_forward_by = timedelta()


def real_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment by the office's calendar, aware, in UTC."""
    return real_now() + _moved_forward_by


def today() -> date:
    """The day by the office's calendar in Europe/Warsaw."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The Warsaw day on which an aware `moment` falls."""
    return moment.astimezone(OFFICE_ZONE).date()


def end_of(day: date) -> datetime:
    """The first moment after `day` in Warsaw, in UTC: dates are inclusive."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=OFFICE_ZONE).astimezone(UTC)


def ahead() -> timedelta:
    """How far the office's calendar runs ahead of the real one: nothing, outside a demonstration."""
    return _moved_forward_by


def move_to(offset: timedelta) -> None:
    """Set how far the office's calendar runs ahead of the real one (a demonstration's switch).

    Raises ValueError for a negative offset: a calendar that runs backwards would revive expired codes.
    """
    global _moved_forward_by
    if offset < timedelta():
        raise ValueError("the office's calendar only moves forward")
    _moved_forward_by = offset
