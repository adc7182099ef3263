"""Which column means what: headers in Polish or English, however they are capitalised or accented."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from portal.services.tables import Row

HEADER_WITHIN = 10  # rows; titles and merged cells may stand above the header


class Field(StrEnum):
    """What a file can say about a student, one of the enrolments, and the plastic card."""

    ALBUM_NUMBER = "album_number"
    PESEL = "pesel"
    FIRST_NAMES = "first_names"
    SURNAME = "surname"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    FEES_UNPAID = "fees_unpaid"
    YEAR_NOT_CLOSED = "year_not_closed"
    CARD_NUMBER = "card_number"
    CARD_ISSUED_ON = "card_issued_on"
    CARD_VALID_UNTIL = "card_valid_until"
    FACULTY = "faculty"
    PROGRAMME = "programme"
    LEVEL = "level"
    YEAR = "year"
    GROUP_NAME = "group_name"
    STATUS = "status"
    STATUS_SINCE = "status_since"
    BEGINS_ON = "begins_on"
    OATH_APPROVED_ON = "oath_approved_on"


OF_ENROLMENT = (
    Field.FACULTY,
    Field.PROGRAMME,
    Field.LEVEL,
    Field.YEAR,
    Field.GROUP_NAME,
    Field.STATUS,
    Field.STATUS_SINCE,
    Field.BEGINS_ON,
    Field.OATH_APPROVED_ON,
)
OF_PERSON = tuple(field for field in Field if field not in OF_ENROLMENT)

HEADERS: Mapping[Field, tuple[str, ...]] = {
    Field.ALBUM_NUMBER: (
        "numer albumu",
        "nr albumu",
        "album",
        "indeks",
        "nr indeksu",
        "numer indeksu",
        "student number",
    ),
    Field.PESEL: ("pesel", "numer pesel", "nr pesel", "pesel number"),
    Field.FIRST_NAMES: ("imiona", "imię", "imię (imiona)", "imię i drugie imię", "first name", "given names"),
    Field.SURNAME: ("nazwisko", "last name", "family name"),
    Field.BIRTH_DATE: ("data urodzenia", "data ur.", "urodzony", "date of birth"),
    Field.EMAIL: ("e-mail", "adres e-mail", "mail", "poczta", "e-mail address"),
    Field.FEES_UNPAID: (
        "nieopłacone należności",
        "zaległości",
        "zaległości finansowe",
        "dług",
        "unpaid fees",
    ),
    Field.YEAR_NOT_CLOSED: ("rok niezaliczony", "niezaliczony rok", "year unclosed"),
    Field.CARD_NUMBER: (
        "numer ELS",
        "nr ELS",
        "numer legitymacji",
        "nr legitymacji",
        "numer karty",
        "ELS number",
    ),
    Field.CARD_ISSUED_ON: ("data wydania ELS", "data wydania legitymacji", "ELS wydana", "card issued"),
    Field.CARD_VALID_UNTIL: ("ELS ważna do", "legitymacja ważna do", "data ważności ELS", "card valid to"),
    Field.FACULTY: ("wydział", "jednostka", "department"),
    Field.PROGRAMME: ("kierunek", "kierunek studiów", "program studiów", "field of study", "program"),
    Field.LEVEL: ("stopień", "stopień studiów", "poziom", "poziom studiów", "level of studies", "cycle"),
    Field.YEAR: ("rok", "rok studiów", "year of study"),
    Field.GROUP_NAME: ("grupa", "grupa dziekańska", "nazwa grupy", "group"),
    Field.STATUS: ("status studenta", "status studiów", "stan studiów"),
    Field.STATUS_SINCE: ("status od", "data statusu", "data zmiany statusu"),
    Field.BEGINS_ON: (
        "początek studiów",
        "data rozpoczęcia",
        "data rozpoczęcia studiów",
        "studies begin",
        "start date",
    ),
    Field.OATH_APPROVED_ON: (
        "ślubowanie",
        "data ślubowania",
        "ślubowanie zatwierdzone",
        "oath",
        "oath approved",
    ),
}


class HeaderFault(StrEnum):
    """Why the columns of a file cannot be used."""

    NO_HEADER = "no_header"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSING = "column_missing"
    MAPPED_COLUMN_ABSENT = "mapped_column_absent"


class HeaderRefused(Exception):
    """The header says too little or too much; `column`: the header or field it is about."""

    def __init__(self, fault: HeaderFault, column: str = "") -> None:
        super().__init__(f"{fault.value} {column}".strip())
        self.fault = fault
        self.column = column


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. `unknown`: headers that mean nothing here; `begins_after`: the header's row number."""

    places: Mapping[Field, int]
    unknown: tuple[str, ...]
    begins_after: int


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """`text` without case, accents, blanks and punctuation: how headers and words of a register are compared."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(character for character in apart if character.isalnum())


_FIELDS = {folded(name): field for field in Field for name in (*HEADERS[field], field.value)}


def find_columns(rows: Sequence[Row], mapping: Mapping[str, Field | None] | None = None) -> Columns:
    """The header and its meaning. `mapping`: {header: field}, before what is known here; None ignores a column.

    Raises HeaderRefused.
    """
    chosen = {folded(header): field for header, field in (mapping or {}).items()}
    known = {**_FIELDS, **chosen}
    header = max(
        rows[:HEADER_WITHIN], key=lambda row: len({known.get(folded(cell)) for cell in row.cells} - {None})
    )
    present = {folded(cell) for cell in header.cells}
    absent = [name for name in mapping or {} if folded(name) not in present]
    if absent:
        raise HeaderRefused(HeaderFault.MAPPED_COLUMN_ABSENT, absent[0])
    columns = _placed(header, known, ignored={name for name, field in chosen.items() if field is None})
    if not columns.places:
        raise HeaderRefused(HeaderFault.NO_HEADER)
    if Field.ALBUM_NUMBER not in columns.places and Field.PESEL not in columns.places:
        raise HeaderRefused(HeaderFault.COLUMN_MISSING, Field.ALBUM_NUMBER)
    return columns


def _placed(header: Row, known: Mapping[str, Field | None], ignored: set[str]) -> Columns:
    places: dict[Field, int] = {}
    unknown = []
    for place, cell in enumerate(header.cells):
        name = folded(cell)
        field = known.get(name)
        if field is None:
            if name and name not in ignored:
                unknown.append(cell.strip())
        elif field in places:
            raise HeaderRefused(HeaderFault.COLUMN_TWICE, cell.strip())
        else:
            places[field] = place
    return Columns(places, tuple(unknown), header.number)
