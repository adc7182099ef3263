"""Tables people upload: CSV as offices export it, or XLSX, become rows of text; and CSV we hand out.

Nothing here knows what the columns mean.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.services import xlsx
from portal.services.xlsx_child import MOST_COLUMNS, MOST_ROWS

LARGEST_FILE = 32 * 1024 * 1024
LONGEST_CELL = 10_000
DELIMITERS = ";,\t"

_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Excel keeps leading zeros of a CSV only when they are written as a formula: ="00123".
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FileFault(StrEnum):
    """Why a file cannot be read as a table."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    BROKEN_QUOTES = "broken_quotes"
    CELL_TOO_LONG = "cell_too_long"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_FAR = "too_far"
    LOCKED = "locked"
    OLD_EXCEL = "old_excel"
    NOT_A_SPREADSHEET = "not_a_spreadsheet"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    TOO_HARD = "too_hard"


class FileRefused(Exception):
    """The file is no table we can read; `row` (from 1) says where, if it is known."""

    def __init__(self, fault: FileFault, row: int | None = None) -> None:
        super().__init__(fault.value if row is None else f"{fault.value} in row {row}")
        self.fault = fault
        self.row = row


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank. `number`: as the spreadsheet shows it, from 1."""

    number: int
    cells: list[str]


def read_table(content: bytes) -> list[Row]:
    """The rows of a CSV (UTF-8, UTF-16 or cp1250; `;` `,` or tab) or of an XLSX file's first sheet.

    What the file is decides its content, never its name. Raises FileRefused.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(FileFault.TOO_LARGE)
    if not content.strip():
        raise FileRefused(FileFault.EMPTY)
    raw = _read_xlsx(content) if xlsx.looks_packed(content) else _read_csv(_decoded(content))
    rows = [Row(number, cells) for number, cells in enumerate(raw, start=1) if any(cells)]
    if not rows:
        raise FileRefused(FileFault.EMPTY)
    return rows


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("cp1250")
    except UnicodeDecodeError:
        raise FileRefused(FileFault.NOT_TEXT) from None
    if _NOT_IN_TEXT.search(text):
        raise FileRefused(FileFault.NOT_TEXT)
    return text


def _read_csv(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            rows.append(cells)
            if len(cells) > MOST_COLUMNS:
                raise FileRefused(FileFault.TOO_MANY_COLUMNS, len(rows))
            if len(rows) > MOST_ROWS:
                raise FileRefused(FileFault.TOO_MANY_ROWS)
    except csv.Error as mistake:
        too_long = "field larger" in str(mistake)
        raise FileRefused(
            FileFault.CELL_TOO_LONG if too_long else FileFault.BROKEN_QUOTES, len(rows) + 1
        ) from None
    _check_cells(rows)
    if '="' in text:
        rows = [[_without_formula(cell) for cell in cells] for cells in rows]
    return rows


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into most cells; quoted ones do not count."""
    first_lines = re.sub(r'"[^"]*"', "", "\n".join(text[:20_000].splitlines()[:10]))
    return max(DELIMITERS, key=first_lines.count)


def _without_formula(cell: str) -> str:
    written = _QUOTED_FORMULA.fullmatch(cell)
    return written[1] if written else cell


def _read_xlsx(content: bytes) -> list[list[str]]:
    try:
        rows = xlsx.read_first_sheet(content)
    except xlsx.Unreadable as reason:
        raise FileRefused(FileFault(reason.fault)) from None
    _check_cells(rows)
    return rows


def _check_cells(rows: list[list[str]]) -> None:
    for number, cells in enumerate(rows, start=1):
        if cells and max(map(len, cells)) > LONGEST_CELL:
            raise FileRefused(FileFault.CELL_TOO_LONG, number)


def write_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """A CSV that spreadsheets open rightly: UTF-8 with its mark, `;`, and no cell that runs as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """`cell` so that no spreadsheet runs it as a formula."""
    return f"'{cell}" if cell.startswith(_RUNS_AS_FORMULA) else cell
