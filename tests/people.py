"""Invented people for tests. By default a student may order today; every keyword takes one thing away.

Births lie in 1800 to 1899, so that no PESEL made here belongs to a living person.
"""

import hashlib
import io
import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from PIL import Image
from sqlalchemy import select
from stdnum.pl import pesel as pesel_numbers

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.cards import CardExtension, ElsCard
from portal.models.people import Enrolment, Photo, Student
from portal.models.sealed import keyring
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import proposed_until
from portal.services import passwords
from portal.services.polish_order import sort_name

PASSWORD = "spokojna-rzeka-1812"
POLICY = Policy(basis=Basis.ELS)

_numbers: Iterator[int] = itertools.count(1)


def pesel_of(birth: date, serial: int) -> str:
    """A PESEL with a valid checksum for a birth in 1800 to 1899 (written with month + 80)."""
    assert 1800 <= birth.year <= 1899, "living people's numbers stay out of tests"
    body = f"{birth.year % 100:02}{birth.month + 80:02}{birth.day:02}{serial:04}"
    number: str = pesel_numbers.validate(body + pesel_numbers.calc_check_digit(body))
    return number


@cache
def jpeg(width: int = 246, height: int = 304, colour: str = "#7d8fa9") -> bytes:
    """A small valid JPEG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


def make_student(
    *,
    album_number: str | None = "",
    pesel: str | None = "",
    birth_date: date = date(1872, 4, 17),
    first_names: str = "Wanda",
    surname: str = "Próbna",
    photo: bytes | None = b"",
    card: bool = True,
    card_void_on: date | None = None,
    first_valid_until: date | None = None,
    extended_until: date | None = date.min,
    personal_data_changed_on: date | None = None,
    **enrolment: Any,
) -> Student:
    """A student with a photo, a card, an extension and one enrolment (see `make_enrolment`), all committed.

    An empty `album_number`, `pesel` or `photo` means a fresh one and None means none; `extended_until` is the date
    the office would propose today unless given. By itself the card is valid only until the day before yesterday.
    """
    number = next(_numbers)
    today = clock.today()
    student = Student(
        album_number=f"{700000 + number}" if album_number == "" else album_number,
        first_names=first_names,
        surname=surname,
        sort_name=sort_name(surname, first_names),
        birth_date=birth_date,
        personal_data_changed_on=personal_data_changed_on,
        revision=1,
    )
    pesel = pesel_of(birth_date, number) if pesel == "" else pesel
    if pesel is not None:
        student.pesel, student.pesel_index = pesel, keyring().blind_index(pesel)
    with transaction() as session:
        if photo is not None:
            student.photo_sha256 = _keep_photo(photo or jpeg())
        session.add(student)
        session.flush()
        session.add(make_enrolment(student.id, **enrolment))
        if card:
            session.add(
                ElsCard(
                    student_id=student.id,
                    card_number=f"ELS-{number:06}",
                    issued_on=today - timedelta(days=200),
                    first_valid_until=first_valid_until or today - timedelta(days=2),
                    void_on=card_void_on,
                )
            )
    if extended_until is not None:
        extend(student, proposed_until(today, POLICY) if extended_until == date.min else extended_until)
    return student


def make_enrolment(
    student_id: str,
    *,
    level: Level = Level.FIRST_CYCLE,
    status: EnrolmentStatus = EnrolmentStatus.ACTIVE,
    status_since: date | None = None,
    begins_on: date | None = None,
    oath_approved_on: date | None = date.min,
    faculty: str = "Wydział Przykładów",
    programme: str = "Przykładoznawstwo",
    year: int = 2,
    group_name: str = "P-2-1",
) -> Enrolment:
    """An enrolment, not yet saved: active for most of a year, with the oath approved on the first day."""
    began = begins_on or clock.today() - timedelta(days=300)
    return Enrolment(
        student_id=student_id,
        faculty=faculty,
        programme=programme,
        level=level,
        year=year,
        group_name=group_name,
        status=status,
        status_since=status_since or began,
        begins_on=began,
        oath_approved_on=began if oath_approved_on == date.min else oath_approved_on,
    )


def extend(student: Student, until: date) -> CardExtension:
    """The office's confirmation of `student` until a day, as a bare row (the use case has rules of its own)."""
    office = make_office()
    student_id, office_id = student.id, office.id
    extension = CardExtension(
        student_id=student_id, until=until, extended_at=clock.now(), extended_by=office_id
    )
    with transaction() as session:
        session.add(extension)
    return extension


def make_account(
    student: Student | None = None,
    *,
    role: Role | None = None,
    user_name: str | None = None,
    display_name: str | None = None,
    password: str = PASSWORD,
    disabled: bool = False,
) -> Account:
    """An account, committed: of `student` (a fresh eligible one if none is given), or of an office `role`."""
    role = role or Role.STUDENT
    if role is Role.STUDENT and student is None:
        student = make_student()
    number = next(_numbers)
    account = Account(
        user_name=user_name or (student and student.album_number) or f"osoba{number}",
        display_name=display_name
        or (f"{student.first_names} {student.surname}" if student else f"Osoba {number}"),
        password_hash=_hash_once(password),
        role=role,
        student_id=student.id if student else None,
        disabled_at=clock.real_now() if disabled else None,
    )
    with transaction() as session:
        session.add(account)
    return account


def make_office() -> Account:
    """The office's account of this test's database, made at the first call."""
    found = db.session.scalar(select(Account).where(Account.user_name == "dziekanat"))
    return found or make_account(role=Role.STAFF, user_name="dziekanat")


def account_of(student: Student) -> Account:
    """The account of `student`, made at the first call."""
    found = db.session.scalar(select(Account).where(Account.student_id == student.id))
    return found or make_account(student)


@cache
def _hash_once(password: str) -> str:
    return passwords.make_hash(password)


def _keep_photo(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    if db.session.get(Photo, sha256) is None:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
        db.session.add(
            Photo(
                sha256=sha256,
                content=content,
                media_type="image/jpeg",
                width=width,
                height=height,
                size=len(content),
                stored_at=clock.real_now(),
            )
        )
        db.session.flush()
    return sha256
