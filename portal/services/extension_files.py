"""A list of album numbers as a file: which rows can be extended, until when, and why the others cannot."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from portal.rules.reasons import ExtensionRefusal
from portal.services.days_written import read_day
from portal.services.extension_fates import ExtensionFate, ExtensionPreview, ExtensionRequest
from portal.services.numbers import owners_of, readable
from portal.services.tables import Row, read_table, write_csv

_ALBUM_HEADERS = ("album", "indeks", "student number")
_DATE_HEADERS = ("data", "date", "ważn", "wazn", "until", "przedłuż", "przedluz")

_Asked = tuple[int, str, date]
"""A row's number, what stands there for the album number, and the day it asks for."""


class RowRejection(StrEnum):
    """Why a row of the file is not taken."""

    NUMBER_MISSING = "number_missing"
    NUMBER_UNKNOWN = "number_unknown"
    NOT_A_DATE = "not_a_date"
    TWICE_IN_FILE = "twice_in_file"


_REJECTIONS = frozenset(one.value for one in RowRejection)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that changes nothing. `row`: as the spreadsheet numbers it; `number`: what stood there, sign by sign."""

    row: int
    number: str = field(repr=False)
    reason: RowRejection | ExtensionRefusal


@dataclass(frozen=True, slots=True)
class ExtensionFile:
    """A file that was read: what it asks for, the rows it is asked in by student, and the rows that ask nothing."""

    request: ExtensionRequest
    rows: dict[str, tuple[int, str]] = field(repr=False)
    rejected: tuple[RejectedRow, ...] = field(repr=False)

    def rejected_for(self) -> dict[str, int]:
        """How many rows ask nothing for which reason, by its code."""
        return dict(Counter(one.reason.value for one in self.rejected))

    def left_out(self, preview: ExtensionPreview) -> list[RejectedRow]:
        """Every row that changes nothing although it should: unusable ones, and students the rules refuse."""
        refused = [
            RejectedRow(*self.rows[who], reason=preview.refusals[who] or ExtensionRefusal.NOT_ENTITLED)
            for who in preview.having(ExtensionFate.REFUSED)
        ]
        return sorted([*self.rejected, *refused], key=lambda one: one.row)


def read_file(content: bytes, until: date, legal_basis: str | None = None) -> ExtensionFile:
    """What the file asks for: album numbers, each with a date of its own or else `until`.

    A first row without digits is a header; without one the numbers stand in the first column and dates, if any, in
    the second. Raises tables.FileRefused for what is no table.
    """
    rows = read_table(content)
    album_column, date_column, rows = _columns(rows)
    asked: dict[str, _Asked] = {}
    rejected = []
    for row in rows:
        written, written_day = _cell(row, album_column), _cell(row, date_column)
        number = readable(written)
        day = read_day(written_day) if written_day else until
        if not number:
            rejected.append(RejectedRow(row.number, written, RowRejection.NUMBER_MISSING))
        elif day is None:
            rejected.append(RejectedRow(row.number, written, RowRejection.NOT_A_DATE))
        elif number in asked:
            rejected.append(RejectedRow(row.number, written, RowRejection.TWICE_IN_FILE))
        else:
            asked[number] = (row.number, written, day)
    chosen_by = {"rows": str(len(rows))}
    return _addressed(
        asked, rejected, ExtensionRequest({}, legal_basis, sha256(content).hexdigest(), chosen_by)
    )


def kept_line(left_out: RejectedRow) -> list[Any]:
    """A row that changes nothing, as it is kept with the upload."""
    return [left_out.row, left_out.number, left_out.reason.value]


def row_of_line(line: Sequence[Any]) -> RejectedRow:
    """The row that `kept_line` kept."""
    row, number, code = line
    reason = RowRejection(code) if code in _REJECTIONS else ExtensionRefusal(code)
    return RejectedRow(row, number, reason)


def report(rejected: Sequence[RejectedRow], words: Callable[[RowRejection | ExtensionRefusal], str]) -> bytes:
    """The rows that change nothing as a CSV for download, with the reasons in `words`."""
    return write_csv(_report_lines(rejected, words))


def _report_lines(
    rejected: Sequence[RejectedRow], words: Callable[[RowRejection | ExtensionRefusal], str]
) -> Iterator[tuple[str, ...]]:
    yield "wiersz", "numer albumu", "powód"
    for one in rejected:
        yield str(one.row), one.number, words(one.reason)


def _addressed(
    asked: dict[str, _Asked],
    rejected: list[RejectedRow],
    request: ExtensionRequest,
) -> ExtensionFile:
    """The same with students for numbers. Two spellings of one number are one student, and the second is refused."""
    owners = owners_of(asked)
    until: dict[str, date] = {}
    rows: dict[str, tuple[int, str]] = {}
    for number, (row, written, day) in asked.items():
        who = owners.get(number)
        if who is None:
            rejected.append(RejectedRow(row, written, RowRejection.NUMBER_UNKNOWN))
        elif who in until:
            rejected.append(RejectedRow(row, written, RowRejection.TWICE_IN_FILE))
        else:
            until[who], rows[who] = day, (row, written)
    rejected.sort(key=lambda one: one.row)
    return ExtensionFile(replace(request, until=until), rows, tuple(rejected))


def _columns(rows: list[Row]) -> tuple[int, int, list[Row]]:
    """Where the numbers and the dates stand, and the rows below the header."""
    header = [cell.strip().casefold() for cell in rows[0].cells]
    if any(sign.isdigit() for cell in header for sign in cell):
        return 0, 1, rows
    return _column(header, _ALBUM_HEADERS, 0), _column(header, _DATE_HEADERS, -1), rows[1:]


def _column(header: list[str], names: tuple[str, ...], otherwise: int) -> int:
    return next(
        (place for place, cell in enumerate(header) if any(name in cell for name in names)), otherwise
    )


def _cell(row: Row, column: int) -> str:
    return row.cells[column].strip() if 0 <= column < len(row.cells) else ""
