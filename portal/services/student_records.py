"""What the office does about single students: correct data, approve an oath, ask for a PESEL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from stdnum.exceptions import ValidationError
from stdnum.pl import pesel as pesel_numbers

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import ElsCard
from portal.models.people import Enrolment, Student
from portal.models.sealed import keyring
from portal.rules.policy import Policy
from portal.services import journal
from portal.services.journal import Subject
from portal.services.order_contents import follow_register
from portal.services.polish_order import sort_name
from portal.services.register import note_change

PERSONAL = ("first_names", "surname", "birth_date", "pesel")
CORRECTABLE = (*PERSONAL, "album_number", "email")


class Mistake(StrEnum):
    """Why a value cannot stand in the register."""

    NOT_A_PESEL = "not_a_pesel"
    PESEL_OF_OTHER_BIRTH_DATE = "pesel_of_other_birth_date"
    NAME_MISSING = "name_missing"
    TAKEN = "taken"


class DataMistaken(Exception):
    """A correction cannot be taken; nothing was changed."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.value)
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with what stands there now and what was to be written."""

    theirs: Any = field(repr=False)
    ours: Any = field(repr=False)


class StudentChanged(Exception):
    """Somebody changed the student since the form was opened: nothing was written.

    `conflicts`: both values of every field that would become different, by field. `revision`: the present one.
    """

    def __init__(self, conflicts: Mapping[str, Conflict], revision: int) -> None:
        super().__init__(", ".join(sorted(conflicts)))
        self.conflicts = conflicts
        self.revision = revision


class EnrolmentUnknown(Exception):
    """No such enrolment, or its oath is approved already."""


def correct_student(
    student_id: str,
    changes: Mapping[str, Any],
    seen_revision: int,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
) -> Student:
    """Write corrected data (fields of CORRECTABLE) as they were typed into a form opened at `seen_revision`.

    Name, PESEL or date of birth changed after a card was issued is noted as such; an order never sent follows.
    Raises StudentChanged, DataMistaken.
    """
    unknown = changes.keys() - set(CORRECTABLE)
    assert not unknown, f"not to be corrected here: {unknown}"
    try:
        with transaction() as session:
            student = session.get_one(Student, student_id, populate_existing=True)
            differing = {
                name: Conflict(getattr(student, name), value)
                for name, value in changes.items()
                if getattr(student, name) != value
            }
            if differing and student.revision != seen_revision:
                raise StudentChanged(differing, student.revision)
            if differing:
                _write(student, differing, clock.day_of(at))
                session.flush()
                note_change(student_id)
                journal.record(
                    "student_corrected",
                    Subject.STUDENT,
                    student_id,
                    actor=actor,
                    at=at,
                    details=_before_and_after(differing),
                )
                follow_register(student, policy, at)
            return student
    except IntegrityError:
        raise DataMistaken(Mistake.TAKEN) from None


def approve_oath(enrolment_id: str, on: date, policy: Policy, *, actor: str, at: datetime) -> None:
    """Record the day on which a student took the oath for one programme. Raises EnrolmentUnknown."""
    with transaction() as session:
        enrolment = session.get(Enrolment, enrolment_id, populate_existing=True)
        if enrolment is None or enrolment.oath_approved_on is not None:
            raise EnrolmentUnknown(enrolment_id)
        enrolment.oath_approved_on = on
        session.flush()
        note_change(enrolment.student_id)
        journal.record(
            "oath_approved",
            Subject.STUDENT,
            enrolment.student_id,
            actor=actor,
            at=at,
            details={"enrolment": enrolment_id, "on": str(on)},
        )
        follow_register(enrolment.student, policy, at)


def reveal_pesel(student_id: str, *, actor: str, at: datetime) -> str | None:
    """The student's PESEL; that it was shown, to whom and when is recorded before it is."""
    journal.record_view("pesel_shown", Subject.STUDENT, student_id, actor=actor, at=at)
    return db.session.get_one(Student, student_id).pesel


def _write(student: Student, differing: Mapping[str, Conflict], on: date) -> None:
    for name, values in differing.items():
        setattr(student, name, values.ours)
    if not student.first_names.strip() or not student.surname.strip():
        raise DataMistaken(Mistake.NAME_MISSING)
    if "pesel" in differing or "birth_date" in differing:
        _check_pesel(student.pesel, student.birth_date)
    if "pesel" in differing:
        student.pesel_index = None if student.pesel is None else keyring().blind_index(student.pesel)
    student.sort_name = sort_name(student.surname, student.first_names)
    issued = db.session.scalar(select(ElsCard.id).where(ElsCard.student_id == student.id).limit(1))
    if issued is not None and differing.keys() & set(PERSONAL):
        student.personal_data_changed_on = on


def _check_pesel(pesel: str | None, birth_date: date) -> None:
    if pesel is None:
        return
    birth_date_in: Callable[[str], date] = pesel_numbers.get_birth_date
    if not pesel_numbers.is_valid(pesel) or pesel_numbers.compact(pesel) != pesel:
        raise DataMistaken(Mistake.NOT_A_PESEL)
    try:
        matches = birth_date_in(pesel) == birth_date
    except ValidationError:
        matches = False
    if not matches:
        raise DataMistaken(Mistake.PESEL_OF_OTHER_BIRTH_DATE)


def _before_and_after(differing: Mapping[str, Conflict]) -> dict[str, list[str | None] | None]:
    """The values before and after by field; of a PESEL only that it changed."""
    return {
        name: None if name == "pesel" else [_text(values.theirs), _text(values.ours)]
        for name, values in differing.items()
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
