"""The form for correcting a student's data: what was shown, what was typed, and what somebody else wrote meanwhile.

A field counts as changed only if it differs from what the form showed, so nobody overwrites by not touching. The
PESEL is never shown: an empty field leaves it as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import texts
from portal.models.people import Student
from portal.rules.email import can_be_mailed
from portal.services.student_records import Conflict

LABELS: Mapping[str, LazyString] = {
    "first_names": _l("Imiona"),
    "surname": _l("Nazwisko"),
    "birth_date": _l("Data urodzenia"),
    "pesel": _l("PESEL"),
    "album_number": _l("Numer albumu"),
    "email": _l("E-mail"),
}
LONGEST = {
    "first_names": 100,
    "surname": 100,
    "birth_date": 10,
    "pesel": 11,
    "album_number": 20,
    "email": 254,
}
REQUIRED = ("first_names", "surname", "birth_date")
SHOWN = tuple(name for name in LABELS if name != "pesel")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Correction:
    """A form as it was sent. `shown` and `typed`: texts by field; `revision`: of the student the form was made from."""

    shown: Mapping[str, str] = field(repr=False)
    typed: Mapping[str, str] = field(repr=False)
    revision: int

    @property
    def changed(self) -> dict[str, str]:
        """What was typed differently from what was shown."""
        return {
            name: typed
            for name, typed in self.typed.items()
            if (typed if name == "pesel" else typed != self.shown[name])
        }

    def values(self) -> dict[str, Any]:
        """What is to be written, by field. Raises ValueError for a day that is none."""
        return {name: _value(name, typed) for name, typed in self.changed.items()}

    def still_shows(self, student: Student) -> bool:
        """Whether what was changed here still stands in the register as this form showed it."""
        present = shown_of(student)
        return "pesel" not in self.changed and all(present[name] == self.shown[name] for name in self.changed)


def opened(student: Student) -> Correction:
    """The form as it is first shown."""
    shown = shown_of(student)
    return Correction(shown, {**shown, "pesel": ""}, student.revision)


def sent(fields: Mapping[str, str], student: Student) -> Correction:
    """The form as it came back; a form without its revision is one made from the present data."""
    present = shown_of(student)
    revision = fields.get("revision", "")
    typed = {name: " ".join(fields.get(name, "").split()) for name in LABELS}
    shown = {name: fields.get(f"shown_{name}", present[name]) for name in SHOWN}
    return Correction(shown, typed, int(revision) if revision.isdecimal() else student.revision)


def after_conflict(correction: Correction, student: Student) -> Correction:
    """The same with the register's present values as what was shown: whoever sends it now has seen them.

    What was not touched shows what stands there now.
    """
    present = shown_of(student)
    typed = {**present, "pesel": "", **correction.changed}
    return Correction(present, typed, student.revision)


def shown_of(student: Student) -> dict[str, str]:
    """The register's present values as the form shows them."""
    return {name: _text(getattr(student, name)) for name in SHOWN}


def words_of(name: str, conflict: Conflict) -> str:
    """What stands in the register now, in a field somebody else changed."""
    if name == "pesel":
        return str(_("inny numer") if conflict.theirs else _("brak"))
    if isinstance(conflict.theirs, date):
        return texts.day(conflict.theirs)
    return str(conflict.theirs or _("brak"))


def problem_with(correction: Correction) -> tuple[str, str] | None:
    """The first field whose content cannot stand in the register, and why; None where all may be tried."""
    for name, typed in correction.changed.items():
        problem = _problem(name, typed)
        if problem is not None:
            return name, problem
    return None


def _problem(name: str, typed: str) -> str | None:
    if not typed and name in REQUIRED:
        return str(_("To pole nie może być puste."))
    if len(typed) > LONGEST[name]:
        return str(_("Skróć do %(longest)d znaków.", longest=LONGEST[name]))
    if name == "email" and typed and not can_be_mailed(typed):
        return _problem_with_email(typed)
    try:
        _value(name, typed)
    except ValueError:
        return str(_("Wpisz datę, na przykład 2004-05-17."))
    return None


def _problem_with_email(typed: str) -> str:
    if EMAIL.fullmatch(typed) and not typed.isascii():
        return str(_("Pod ten adres nie da się wysłać listu. Wpisz adres bez polskich znaków."))
    return str(_("Wpisz adres e-mail, na przykład imie@uczelnia.edu.pl."))


def _value(name: str, typed: str) -> Any:
    return date.fromisoformat(typed) if name == "birth_date" else typed or None


def _text(value: date | str | None) -> str:
    return "" if value is None else str(value)
