"""One row of the counter's screen: whose card it was, and what became of it, in words."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext

from portal import clock, texts
from portal.models.people import Enrolment, Student
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import EnrolmentStatus
from portal.services import extensions_made
from portal.services.counter import CounterResult
from portal.services.extensions_made import MadeExtension
from portal.texts import studies as studies_texts
from portal.views.extension_choice import Choice
from portal.views.undo_forms import UndoForm

_SHOWN_FIRST = (EnrolmentStatus.ACTIVE, EnrolmentStatus.ON_LEAVE, EnrolmentStatus.GRADUATED)


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


class Outcome(StrEnum):
    """What a row shows; each has a look of its own."""

    EXTENDED = "extended"
    ALREADY = "already"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Row:
    """`extension_id`: what „Cofnij” takes back; `undo`: the row asks about it.

    `counts`: it was extended on this screen. `candidates`: whom an unclear number could mean. `hint`: what somebody at
    the counter should check. `key` tells rows of one page apart.
    """

    outcome: Outcome
    words: str
    number: str = field(default="", repr=False)
    student: Student | None = field(default=None, repr=False)
    extension_id: str | None = None
    at: datetime = field(default_factory=clock.now)
    undo: UndoForm | None = None
    counts: bool = False
    candidates: Sequence[Student] = field(default=(), repr=False)
    hint: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def may_be_undone(self) -> bool:
        """Whether „Cofnij” stands in the row."""
        return self.extension_id is not None and self.outcome is not Outcome.UNDONE and self.undo is None


def row_of_scan(
    result: CounterResult, choice: Choice, number: str, is_here: Callable[[MadeExtension], bool]
) -> Row:
    """The row of a number that belongs to a student. `is_here`: whether an extension was made on this screen."""
    hint = (
        _("Ten numer jest też numerem karty innej osoby. Sprawdź nazwisko.")
        if result.is_card_of_another
        else ""
    )
    return replace(_row_of_result(result, choice, number, is_here), hint=hint)


def _row_of_result(
    result: CounterResult, choice: Choice, number: str, is_here: Callable[[MadeExtension], bool]
) -> Row:
    student = result.student
    if result.extension_id is not None:
        words = _("Przedłużona do %(day)s", day=texts.day(choice.until))
        return Row(Outcome.EXTENDED, words, number, student, result.extension_id, counts=True)
    assert result.refusal is not None
    if result.refusal is not ExtensionRefusal.ALREADY_EXTENDED:
        return Row(Outcome.REFUSED, texts.extension_refusal(result.refusal, result.ceiling), number, student)
    before = extensions_made.standing_until(student.id, choice.until)
    if before is not None:
        already = Row(Outcome.ALREADY, _already(before), number, student, before.extension.id)
        return replace(already, counts=is_here(before))
    assert result.confirmed_until is not None
    until = texts.day(result.confirmed_until)
    words = _("Nie trzeba przedłużać: karta jest ważna do %(day)s od wydania", day=until)
    return Row(Outcome.ALREADY, words, number, student)


def row_of_unknown(number: str) -> Row:
    """The row of a number that leads to nobody."""
    if not number:
        return Row(Outcome.UNKNOWN, _("Zeskanuj kartę albo wpisz numer albumu lub numer karty."))
    words = _("Nikt nie ma tego numeru. Sprawdź cyfry albo wyszukaj po nazwisku.")
    return Row(Outcome.UNKNOWN, words, number)


def row_of_unclear(number: str, candidates: Sequence[Student]) -> Row:
    """The row of a number that could lead to several students: whoever stands at the counter is one of them."""
    words = _("Ten numer pasuje do kilku osób. Wybierz właściwą i przedłuż na jej stronie:")
    return Row(Outcome.UNKNOWN, words, number, candidates=candidates)


def row_of_made(made: MadeExtension, *, here: bool, undo: UndoForm | None = None) -> Row:
    """The row of an extension as it stands now. `here`: made on this screen; `undo`: ask about taking it back."""
    extension = made.extension
    row = Row(Outcome.ALREADY, "", "", made.student, extension.id, extension.extended_at)
    if extension.undone_at is not None:
        by = made.undone_by or ""
        words = _("Cofnięto %(when)s (%(who)s)", when=when(extension.undone_at), who=by)
        return replace(row, outcome=Outcome.UNDONE, words=words)
    if not here:
        # The words say when it was extended; beside them stands when it was scanned.
        return replace(row, words=_already(made), at=clock.now(), undo=undo)
    words = _("Przedłużona do %(day)s", day=texts.day(extension.until))
    return replace(row, outcome=Outcome.EXTENDED, words=words, undo=undo, counts=True)


def when(moment: datetime) -> str:
    """A moment as somebody at the counter says it: today only the time."""
    if clock.day_of(moment) == clock.today():
        return _("dziś o %(time)s", time=time_of_day(moment))
    return texts.moment(moment)


def time_of_day(moment: datetime) -> str:
    """Hours and minutes in Warsaw."""
    return f"{moment.astimezone(clock.OFFICE_ZONE):%H:%M}"


def studies_of(student: Student) -> str:
    """The studies that count most; empty without any."""
    return studies_words(min(student.enrolments, key=_rank)) if student.enrolments else ""


def studies_words(enrolment: Enrolment) -> str:
    """Programme, level, year and group on one line."""
    return _(
        "%(programme)s, %(level)s, rok %(year)d, grupa %(group)s",
        programme=enrolment.programme,
        level=studies_texts.level(enrolment.level),
        year=enrolment.year,
        group=enrolment.group_name,
    )


def _rank(enrolment: Enrolment) -> tuple[int, int]:
    status = enrolment.status
    place = _SHOWN_FIRST.index(status) if status in _SHOWN_FIRST else len(_SHOWN_FIRST)
    return place, -enrolment.begins_on.toordinal()


def _already(made: MadeExtension) -> str:
    return _(
        "Już przedłużona %(when)s, do %(day)s (%(who)s)",
        when=when(made.extension.extended_at),
        day=texts.day(made.extension.until),
        who=made.made_by,
    )
