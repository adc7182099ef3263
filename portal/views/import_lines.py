"""What an import found, line by line, in the words its pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from portal import texts
from portal.services.imports.columns import Field, HeaderFault, HeaderRefused
from portal.services.imports.values import Rejection
from portal.services.register_uploads import MISSING, REVOKED, REVOKED_LATER, Hindrance
from portal.services.tables import FileFault, FileRefused
from portal.texts import entitlement as entitlement_texts
from portal.texts import imports as import_texts

HINDRANCES: Mapping[Hindrance, LazyString] = {
    Hindrance.FATES_CHANGED: lazy_gettext(
        "Rejestr zmienił się od czasu sprawdzenia, więc nic nie zapisano. Poniżej widać, co plik zmieni teraz."
    ),
    Hindrance.ROWS_REJECTED: lazy_gettext(
        "Nic nie zapisano: zaznaczono, że jeden odrzucony wiersz odrzuca cały plik."
    ),
    Hindrance.MISSING_NOT_CONFIRMED: lazy_gettext(
        "Liczba studentów, których nie ma w pliku, zmieniła się, więc nic nie zapisano. Sprawdź ją ponownie."
    ),
    Hindrance.MISSING_UNCLEAR: lazy_gettext(
        "Nic nie zapisano: z części wierszy nie wynika, o kim mówią, więc nie wiadomo, kogo naprawdę brakuje."
    ),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; both empty for a PESEL, which is not shown."""

    field: str
    before: str
    after: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class FateLine:
    """What becomes of one row."""

    number: int
    album: str
    changes: Sequence[Change] = ()
    column: str = ""
    reason: str = ""
    name: str = ""
    programme: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Somebody whom a full list lacks."""

    album: str
    name: str
    programmes: str


@dataclass(frozen=True, slots=True)
class EndingLine:
    """Somebody whose order or document ends; `day`: empty where it does at once."""

    album: str
    name: str
    what: str
    day: str


def fate_line(line: Sequence[Any]) -> FateLine:
    """A row as `register_uploads` keeps it, in words."""
    number, album, changes, refused_field, rejection, other_row, introduced = (*line, None, None)[:7]
    if rejection is not None:
        return FateLine(
            number,
            album or "",
            column=field_name(Field(refused_field)) if refused_field else "",
            reason=import_texts.why_rejected(Rejection(rejection), other_row),
        )
    name, programme, year = introduced or ("", "", "")
    changed = [_change(*one) for one in changes]
    return FateLine(number, album or "", changed, name=name, programme=programme, year=year)


def line_of(part: str, line: Sequence[Any]) -> FateLine | MissingLine | EndingLine:
    """A kept row of a part, in words."""
    if part in {REVOKED, REVOKED_LATER}:
        return ending_line(line)
    return missing_line(line) if part == MISSING else fate_line(line)


def missing_line(line: Sequence[str | None]) -> MissingLine:
    """A missing student as `register_uploads` keeps them."""
    album, name, programmes = line
    return MissingLine(album or "", name or "", programmes or "")


def ending_line(line: Sequence[Any]) -> EndingLine:
    """An order or a document that ends as `register_uploads` keeps it."""
    album, name, is_document, on = line
    what = entitlement_texts.ending_kind(is_document=is_document)
    return EndingLine(album or "", name, what, texts.day(date.fromisoformat(on)) if on else "")


def ending_counts(found: Mapping[str, Any]) -> dict[tuple[date | None, bool], int]:
    """How many orders and documents end on which day, as `Ending.counts` says it."""
    return {
        (date.fromisoformat(on) if on else None, is_document): count
        for on, is_document, count in found.get("ending", ())
    }


def new_names_words(found: Mapping[str, Any]) -> list[str]:
    """Which faculties and programmes the register has not had before, with the number of people on each."""
    words = {Field.FACULTY: _("Nowy wydział: %(names)s"), Field.PROGRAMME: _("Nowy kierunek: %(names)s")}
    return [
        words[Field(field)] % {"names": ", ".join(f"{name} ({count})" for name, count in names)}
        for field, names in found.get("new_names", {}).items()
        if names
    ]


def field_name(field: Field) -> str:
    """What a column is about."""
    return str(import_texts.FIELDS[field])


def part_name(part: str) -> str:
    """A part of the result, as the heading over its figure."""
    names = {
        "new": _("Nowe"),
        "changed": _("Zmienione"),
        "unchanged": _("Bez zmian"),
        "rejected": _("Odrzucone"),
        "missing": _("Brak w pliku"),
        "revoked": _("Unieważnione"),
        "revoked_later": _("Do unieważnienia później"),
    }
    return str(names[part])


def refusal_words(found: Mapping[str, Any]) -> str:
    """Why the file or its header is of no use."""
    if "header_fault" in found:
        return import_texts.header_refused(HeaderRefused(HeaderFault(found["header_fault"]), found["column"]))
    fault = FileFault(found.get("file_fault", FileFault.NOT_A_SPREADSHEET))
    return import_texts.file_refused(FileRefused(fault, found.get("row")))


def hindrance_words(found: Mapping[str, Any]) -> str | None:
    """Why nothing was written although it was confirmed, if so."""
    hindrance = found.get("hindrance")
    return None if hindrance is None else str(HINDRANCES[Hindrance(hindrance)])


def _change(field: str, before: Any, after: Any) -> Change:
    meant = Field(field)
    was, will_be = (import_texts.value(meant, one) for one in (before, after))
    return Change(field_name(meant), was, will_be, is_hidden=meant is Field.PESEL)
