"""The sandbox's one clock. Moments are seconds since 1970 (UTC), days mean Europe/Warsaw.

The ministry and its phones live by the demonstration's calendar, which the operator's switch
`calendar_ahead_seconds` lets run ahead of the real one.
"""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def now(ahead_seconds: float) -> float:
    """The moment by a calendar that runs so far ahead of the real one."""
    return time.time() + ahead_seconds


def day_of(at: float) -> date:
    return datetime.fromtimestamp(at, WARSAW).date()


def end_of(day: date) -> float:
    """The first moment that no longer belongs to the day."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=WARSAW).timestamp()


def written(at: float | None) -> str | None:
    """The moment as the contract writes it: UTC, with Z."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") if at is not None else None
