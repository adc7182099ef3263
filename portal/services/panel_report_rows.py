"""A report from the ministry's panel as rows: what stands in the columns the settings name, and nothing decided yet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.rules.panel import NAMES_AN_ORDER, ReportField
from portal.services.tables import Row, read_table

HEADER_WITHIN = 10
_BLANKS = re.compile(r"\s+")


class HeaderFault(StrEnum):
    """Why no row can be read: whose codes they are, or the codes themselves, stand under no heading we know."""

    NO_HEADER = "no_header"
    NO_CODES = "no_codes"
    TWICE = "twice"


class HeaderRefused(Exception):
    """The report's headings do not fit the settings; `heading`: the one at fault, where it is one."""

    def __init__(self, fault: HeaderFault, heading: str | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.heading = heading


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row. `number`: as the spreadsheet shows it. Texts are without white space around them, and otherwise as they
    came: an activation code is never re-cased, and blanks inside stay."""

    number: int
    order: str = field(default="", repr=False)
    album_number: str = field(default="", repr=False)
    pesel: str = field(default="", repr=False)
    qr_payload: str = field(default="", repr=False)
    activation_code: str = field(default="", repr=False)
    expires_on: str = ""
    refusal: str = field(default="", repr=False)


def read_report(content: bytes, columns: Mapping[str, ReportField]) -> list[ReportRow]:
    """The rows below the header. Raises tables.FileRefused, HeaderRefused."""
    rows = read_table(content)
    known = {_same(heading): held for heading, held in columns.items()}
    header = next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if _is_header(row, known)), None)
    if header is None:
        raise HeaderRefused(HeaderFault.NO_HEADER)
    places = _places(rows[header], known)
    return [_read(row, places) for row in rows[header + 1 :]]


def _is_header(row: Row, known: Mapping[str, ReportField]) -> bool:
    return any(known.get(_same(cell)) in NAMES_AN_ORDER for cell in row.cells)


def _places(header: Row, known: Mapping[str, ReportField]) -> dict[ReportField, int]:
    places: dict[ReportField, int] = {}
    for place, cell in enumerate(header.cells):
        held = known.get(_same(cell))
        if held is None:
            continue
        if held in places:
            raise HeaderRefused(HeaderFault.TWICE, cell.strip())
        places[held] = place
    if not {ReportField.QR_PAYLOAD, ReportField.ACTIVATION_CODE} <= places.keys():
        raise HeaderRefused(HeaderFault.NO_CODES)
    return places


def _read(row: Row, places: Mapping[ReportField, int]) -> ReportRow:
    return ReportRow(row.number, **{held.value: _cell(row.cells, place) for held, place in places.items()})


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _same(heading: str) -> str:
    return _BLANKS.sub(" ", heading).strip().casefold()
