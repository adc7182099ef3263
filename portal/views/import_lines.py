"""What an import found, line by line, in the words its pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from portal.services.imports.columns import Field, HeaderFault, HeaderRefused
from portal.services.imports.values import Rejection
from portal.services.register_uploads import MISSING, Hindrance
from portal.services.tables import FileFault, FileRefused
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


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Somebody whom a full list lacks."""

    album: str
    name: str
    programmes: str


def fate_line(line: Sequence[Any]) -> FateLine:
    """A row as `register_uploads` keeps it, in words."""
    number, album, changes, refused_field, rejection = line
    if rejection is not None:
        return FateLine(
            number,
            album or "",
            column=field_name(Field(refused_field)) if refused_field else "",
            reason=str(import_texts.REJECTIONS[Rejection(rejection)]),
        )
    return FateLine(number, album or "", [_change(*one) for one in changes])


def line_of(part: str, line: Sequence[Any]) -> FateLine | MissingLine:
    """A kept row of a part, in words."""
    return missing_line(line) if part == MISSING else fate_line(line)


def missing_line(line: Sequence[str | None]) -> MissingLine:
    """A missing student as `register_uploads` keeps them."""
    album, name, programmes = line
    return MissingLine(album or "", name or "", programmes or "")


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
