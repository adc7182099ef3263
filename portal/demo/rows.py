"""The rows that say what `DemoStudent` says, for the portal's database."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from portal.demo.accounts import ACCOUNTS
from portal.demo.portraits import HEIGHT, MEDIA_TYPE, WIDTH
from portal.demo.student import DemoStudent, fixed_id
from portal.models.accounts import Account, Role
from portal.models.cards import CardExtension, ElsCard
from portal.models.people import Enrolment, Photo, Student
from portal.models.sealed import keyring
from portal.services.polish_order import sort_name

OFFICE_NAMES = {"dziekanat": "Dziekanat", "admin": "Administrator portalu"}
OFFICE_ID = fixed_id("account", "dziekanat")


def account_id(user_name: str) -> str:
    """The id of the account of that name."""
    return fixed_id("account", user_name)


def account_rows(students: Sequence[DemoStudent], password_hash: str) -> Iterator[Account]:
    """Accounts of the office, the administrator and every student, all with the same password."""
    for account in ACCOUNTS:
        if account.role != Role.STUDENT:
            yield Account(
                id=account_id(account.user_name),
                user_name=account.user_name,
                display_name=OFFICE_NAMES[account.user_name],
                password_hash=password_hash,
                role=Role(account.role),
                panel_operator=account.role == Role.STAFF,
            )
    for student in students:
        yield Account(
            id=account_id(student.user_name),
            user_name=student.user_name,
            display_name=f"{student.first_names} {student.surname}",
            password_hash=password_hash,
            role=Role.STUDENT,
            student_id=student.id,
        )


def photo_rows(students: Sequence[DemoStudent], at: datetime) -> list[Photo]:
    """Every portrait once."""
    contents = {student.photo for student in students if student.photo is not None}
    return [
        Photo(
            sha256=sha256(content).hexdigest(),
            content=content,
            media_type=MEDIA_TYPE,
            width=WIDTH,
            height=HEIGHT,
            size=len(content),
            stored_at=at,
        )
        for content in contents
    ]


def student_row(student: DemoStudent) -> Student:
    """The person, without the rows that belong to them."""
    row = Student(
        id=student.id,
        album_number=student.album_number,
        first_names=student.first_names,
        surname=student.surname,
        sort_name=sort_name(student.surname, student.first_names),
        birth_date=student.birth_date,
        email=f"{student.user_name}@student.example.edu.pl",
        photo_sha256=None if student.photo is None else sha256(student.photo).hexdigest(),
        personal_data_changed_on=student.data_changed_on,
        revision=1,
    )
    if student.pesel is not None:
        row.pesel, row.pesel_index = student.pesel, keyring().blind_index(student.pesel)
    return row


def enrolment_rows(student: DemoStudent) -> list[Enrolment]:
    return [
        Enrolment(
            id=student.enrolment_id(position),
            student_id=student.id,
            faculty=one.faculty,
            programme=one.programme,
            level=one.level,
            year=one.year,
            group_name=one.group_name,
            status=one.status,
            status_since=one.status_since,
            begins_on=one.begins_on,
            oath_approved_on=one.oath_approved_on,
        )
        for position, one in enumerate(student.studies)
    ]


def card_rows(student: DemoStudent) -> list[ElsCard]:
    card = student.card
    if card is None:
        return []
    return [
        ElsCard(
            id=fixed_id("card", student.user_name),
            student_id=student.id,
            card_number=card.number,
            issued_on=card.issued_on,
            first_valid_until=card.first_valid_until,
            void_on=card.void_on,
        )
    ]


def extension_rows(student: DemoStudent) -> list[CardExtension]:
    """Made, and now and then undone, by the office's account; the student was told at once."""
    return [
        CardExtension(
            id=student.extension_id(position),
            student_id=student.id,
            until=one.until,
            extended_at=one.at,
            extended_by=OFFICE_ID,
            undone_at=one.undone_at,
            undone_by=OFFICE_ID if one.undone_at else None,
            undo_reason=one.undo_reason,
            told_at=one.at,
        )
        for position, one in enumerate(student.confirmations)
    ]
