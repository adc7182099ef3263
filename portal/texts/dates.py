"""Days and hours as the reader's language writes them, by the clocks in Warsaw."""

from datetime import date, datetime

from babel.dates import format_date
from flask_babel import LazyString, get_locale

from portal.clock import OFFICE_ZONE

NO_BREAK = "\N{NO-BREAK SPACE}"


def day(value: date) -> str:
    """A day as people here write it: 31.10.2025; in English 31 Oct 2025, which no country reads as another day."""
    locale = get_locale()
    if locale is not None and locale.language == "en":
        return str(format_date(value, f"d{NO_BREAK}MMM{NO_BREAK}y", locale))
    return f"{value.day}.{value.month:02}.{value.year}"


def moment(value: datetime) -> str:
    """An aware moment by the clocks in Warsaw: 3.09.2025, 22:18; in English 3 Sep 2025, 22:18."""
    return f"{day(value.astimezone(OFFICE_ZONE).date())}, {hour(value)}"


def hour(value: datetime) -> str:
    """The time of day of an aware moment in Warsaw: 22:18."""
    local = value.astimezone(OFFICE_ZONE)
    return f"{local.hour}:{local.minute:02}"


def with_day(words: LazyString, on: date | None) -> str:
    """`words`, with the day they speak of where they speak of one."""
    text = str(words)
    if "%(day)s" not in text:
        return text
    assert on is not None, "these words need their day"
    return text % {"day": day(on)}
