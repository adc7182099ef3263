"""Packages for the ministry's web panel: the names of orders in them, and what their columns may hold.

The panel's own columns are not public. A university writes them into its settings; here stands only what the portal
can fill in and what it can read.
"""

import re
from enum import StrEnum

_REFERENCE = re.compile(r"\s*P?\s*(\d{1,6})\s*[-–—/]\s*(\d{1,6})\s*", re.IGNORECASE)
_POSITION_DIGITS = 3


class PackageField(StrEnum):
    """What a column of a package may hold."""

    ORDER = "order"
    ALBUM_NUMBER = "album_number"
    PESEL = "pesel"
    FIRST_NAMES = "first_names"
    SURNAME = "surname"
    BIRTH_DATE = "birth_date"
    VALID_UNTIL = "valid_until"
    PHOTO = "photo"


class ReportField(StrEnum):
    """What a column of the report brought back may hold; `REFUSAL`: the ministry's reason for giving no codes."""

    ORDER = "order"
    ALBUM_NUMBER = "album_number"
    PESEL = "pesel"
    QR_PAYLOAD = "qr_payload"
    ACTIVATION_CODE = "activation_code"
    EXPIRES_ON = "expires_on"
    REFUSAL = "refusal"


class PackageForm(StrEnum):
    """In which form the people of a package are written."""

    XLSX = "xlsx"
    CSV = "csv"


NAMES_AN_ORDER = frozenset({ReportField.ORDER, ReportField.ALBUM_NUMBER, ReportField.PESEL})
"""The columns by any of which a row of the report can be matched."""


def reference_of(package: int, position: int) -> str:
    """How people call an order of a package: `P7-012` is the twelfth of package 7.

    With a letter, since spreadsheets take `7-012` for a date.
    """
    return f"P{package}-{position:0{_POSITION_DIGITS}}"


def read_reference(text: str) -> tuple[int, int] | None:
    """The package and the position that `text` names, however letter, zeros and dash are written; None for none."""
    written = _REFERENCE.fullmatch(text)
    if written is None:
        return None
    package, position = int(written[1]), int(written[2])
    return (package, position) if package and position else None
