"""Days as people and spreadsheets write them."""

import re
from datetime import date

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ISO = re.compile(rf"(\d{{4}})[-./](\d{{1,2}})[-./](\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-./](\d{{1,2}})[-./](\d{{4}})(?: ?r\.)?{_TIME}")


def read_day(text: str) -> date | None:
    """The day in `text`, year first or day first, a time of day left aside; None where there is none."""
    iso, day_first = _ISO.fullmatch(text), _DAY_FIRST.fullmatch(text)
    parts = iso.groups() if iso else day_first.groups()[::-1] if day_first else None
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None
