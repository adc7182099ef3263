"""The register as it is: everything an import compares a file with, read by a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.cards import ElsCard
from portal.models.people import Enrolment, Student
from portal.rules.student import EnrolmentStatus, Level
from portal.services.imports.columns import folded


@dataclass(slots=True)
class KnownEnrolment:
    """An enrolment as the register has it."""

    id: str
    faculty: str
    programme: str
    level: Level
    year: int
    group_name: str
    status: EnrolmentStatus
    status_since: date
    begins_on: date
    oath_approved_on: date | None


@dataclass(slots=True)
class KnownCard:
    """The valid plastic card."""

    id: str
    card_number: str
    issued_on: date
    first_valid_until: date


@dataclass(slots=True)
class KnownStudent:
    """A student as the register has them; `revision` tells whether that is still so when the plan is written."""

    id: str
    album_number: str | None = field(repr=False)
    pesel_index: bytes | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    birth_date: date = field(repr=False)
    email: str | None = field(repr=False)
    fees_unpaid: bool
    year_not_closed: bool
    personal_data_changed_on: date | None
    revision: int
    enrolments: list[KnownEnrolment] = field(default_factory=list)
    card: KnownCard | None = None
    had_card: bool = False
    user_name: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class Present:
    """All students, by what a file may know them by. `card_holders`: every card number ever given, void ones, too."""

    by_id: dict[str, KnownStudent]
    by_album: dict[str, KnownStudent] = field(repr=False)
    by_pesel: dict[bytes, KnownStudent] = field(repr=False)
    card_holders: dict[str, str] = field(repr=False)
    user_names: dict[str, str | None] = field(repr=False)


def read_present() -> Present:
    """The whole register, read as of one moment."""
    students = {
        row.id: KnownStudent(*row)
        for row in db.session.execute(
            select(
                Student.id,
                Student.album_number,
                Student.pesel_index,
                Student.first_names,
                Student.surname,
                Student.birth_date,
                Student.email,
                Student.fees_unpaid,
                Student.year_not_closed,
                Student.personal_data_changed_on,
                Student.revision,
            )
        )
    }
    _add_enrolments(students)
    holders = _add_cards(students)
    return Present(
        by_id=students,
        by_album={one.album_number: one for one in students.values() if one.album_number},
        by_pesel={one.pesel_index: one for one in students.values() if one.pesel_index},
        card_holders=holders,
        user_names=_add_user_names(students),
    )


def _add_enrolments(students: dict[str, KnownStudent]) -> None:
    rows = db.session.execute(
        select(
            Enrolment.student_id,
            Enrolment.id,
            Enrolment.faculty,
            Enrolment.programme,
            Enrolment.level,
            Enrolment.year,
            Enrolment.group_name,
            Enrolment.status,
            Enrolment.status_since,
            Enrolment.begins_on,
            Enrolment.oath_approved_on,
        ).order_by(Enrolment.begins_on)
    )
    for student_id, *rest in rows:
        if student_id in students:  # not one who came after the first query
            students[student_id].enrolments.append(KnownEnrolment(*rest))


def _add_cards(students: dict[str, KnownStudent]) -> dict[str, str]:
    holders = {}
    rows = db.session.execute(
        select(
            ElsCard.student_id,
            ElsCard.void_on,
            ElsCard.id,
            ElsCard.card_number,
            ElsCard.issued_on,
            ElsCard.first_valid_until,
        )
    )
    for student_id, void_on, card_id, number, issued_on, until in rows:
        card = KnownCard(card_id, number, issued_on, until)
        holders[card.card_number] = student_id
        if student_id not in students:
            continue
        students[student_id].had_card = True
        if void_on is None:
            students[student_id].card = card
    return holders


def _add_user_names(students: dict[str, KnownStudent]) -> dict[str, str | None]:
    owners: dict[str, str | None] = {}
    for user_name, student_id in db.session.execute(select(Account.user_name, Account.student_id)):
        owners[user_name] = student_id
        if student_id in students:
            students[student_id].user_name = user_name
    return owners


def latest_of(enrolments: Sequence[KnownEnrolment], programme: str, level: object) -> list[KnownEnrolment]:
    """Those of that programme (folded name) and, if given, level; the latest begun last."""
    return [
        one
        for one in enrolments
        if folded(one.programme) == programme and (level is None or one.level is level)
    ]
