"""Whom a list shows, as its address says it: studies and validity, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from portal.rules.student import EnrolmentStatus, Level
from portal.services.student_lists import Confirmed, StudentFilter
from portal.views.extension_choice import Choice, choice_from

LONGEST_NAME = 120
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ChosenList:
    """A filter and the date it is about."""

    filter: StudentFilter
    choice: Choice

    def fields(self) -> dict[str, Any]:
        """The list as the fields of a form or an address; what does not matter is left out."""
        stated = self.filter_fields()
        return dict(stated) if self.choice.is_proposed else {**stated, **self.choice.fields()}

    def filter_fields(self) -> dict[str, str]:
        """Those that say whom the list shows."""
        wanted = self.filter
        chosen = {
            "wydzial": wanted.faculty,
            "kierunek": wanted.programme,
            "stopien": wanted.level and wanted.level.value,
            "rok": wanted.year and str(wanted.year),
            "grupa": wanted.group_name,
            "status": wanted.status and wanted.status.value,
            "waznosc": wanted.confirmed and wanted.confirmed.value,
        }
        return {name: value for name, value in chosen.items() if value}


def chosen_list(fields: Mapping[str, str]) -> ChosenList:
    """The list these fields name; what nobody understands does not matter."""
    choice = choice_from(fields)
    year = fields.get("rok", "")
    return ChosenList(
        StudentFilter(
            until=choice.until,
            faculty=_name(fields, "wydzial"),
            programme=_name(fields, "kierunek"),
            level=_code(Level, fields.get("stopien")),
            year=int(year) if year.isdecimal() and len(year) == 1 else None,
            group_name=_name(fields, "grupa"),
            status=_code(EnrolmentStatus, fields.get("status")),
            confirmed=_code(Confirmed, fields.get("waznosc")),
        ),
        choice,
    )


def _name(fields: Mapping[str, str], field: str) -> str | None:
    return fields.get(field, "").strip()[:LONGEST_NAME] or None


def _code(kind: type[Code], text: str | None) -> Code | None:
    return kind(text) if text in {one.value for one in kind} else None
