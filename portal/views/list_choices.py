"""The fields by which the office narrows a list of students, with what there is to choose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal import texts
from portal.services.student_lists import Confirmed
from portal.services.studies_offered import offered
from portal.texts import studies as studies_texts
from portal.views.list_filters import ChosenList

YEARS = range(1, 7)


@dataclass(frozen=True, slots=True)
class Select:
    """One field: its options as values with words, `chosen` among them, `anything` for not minding."""

    field: str
    label: str
    anything: str
    options: tuple[tuple[str, str], ...]
    chosen: str


def choices(chosen: ChosenList) -> list[Select]:
    """All fields of the filter."""
    wanted, fields = chosen.filter, chosen.fields()
    there = offered(wanted.faculty, wanted.programme)
    until = texts.day(wanted.until)
    confirmed = {
        Confirmed.NOT_UNTIL_THEN: _("pozostałe do %(day)s", day=until),
        Confirmed.UNTIL_THEN: _("przedłużone do %(day)s", day=until),
        Confirmed.NEVER: _("nigdy nieprzedłużone"),
    }
    every, any_of = _("każdy"), _("każde")
    return [
        _select("wydzial", _("Wydział"), every, _same(there.faculties), fields),
        _select("kierunek", _("Kierunek"), every, _same(there.programmes), fields),
        _select("stopien", _("Studia"), any_of, _coded(studies_texts.LEVELS), fields),
        _select("rok", _("Rok"), every, _same(map(str, YEARS)), fields),
        _select("grupa", _("Grupa"), _("każda"), _same(there.groups), fields),
        _select("status", _("Stan studiów"), every, _coded(studies_texts.ENROLMENT_STATUSES), fields),
        _select("waznosc", _("Ważność"), _("każda"), _coded(confirmed), fields),
    ]


def _select(
    field: str, label: str, anything: str, options: tuple[tuple[str, str], ...], fields: Mapping[str, str]
) -> Select:
    return Select(field, label, anything, options, fields.get(field, ""))


def _same(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


def _coded(words: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((code.value, str(said)) for code, said in words.items())
