"""The sandbox's one clock. Moments are seconds since 1970 (UTC), days mean Europe/Warsaw."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def now() -> float:
    return time.time()


def day_of(at: float) -> date:
    return datetime.fromtimestamp(at, WARSAW).date()


def end_of(day: date) -> float:
    """The first moment that no longer belongs to the day."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=WARSAW).timestamp()


def written(at: float | None) -> str | None:
    """The moment as the contract writes it: UTC, with Z."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") if at is not None else None
