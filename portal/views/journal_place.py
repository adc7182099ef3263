"""Where a page of the journal begins, as its address carries it, and where it leads from there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.services.journal_search import Place

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses around a page: of the next and the first one (None on the first), of one person and one file."""

    older: str | None = None
    newest: str | None = None
    person: Callable[[str], str] | None = None
    file: Callable[[str], str] | None = None


def fields_of(place: Place | None) -> dict[str, Any]:
    """The address's fields of a page that begins after `place`; none for the first."""
    return {} if place is None else {"po": place[0].isoformat(), "wpis": place[1]}


def typed_place(fields: Mapping[str, str]) -> Place | None:
    """Where the page begins that an address asks for; None for the first, and for an address nobody gave."""
    key = fields.get("wpis", "")
    try:
        moment = datetime.fromisoformat(fields.get("po", ""))
    except ValueError:
        return None
    fits = moment.tzinfo is not None and key.isprintable() and 0 < len(key) <= LONGEST_KEY
    return (moment, key) if fits else None
