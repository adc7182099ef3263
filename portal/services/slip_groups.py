"""Who still needs a slip with a first password, group by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.people import Enrolment, Student
from portal.services.passwords import NOTHING_FITS

SLIPS_AT_ONCE = 120
"""More would keep whoever waits for the page waiting: hashing a password is slow on purpose."""


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """A group of students as lists print it; all four together name it."""

    faculty: str
    programme: str
    year: int
    group_name: str


@dataclass(frozen=True, slots=True)
class AccountFound:
    """One student's account; `has_password`: a slip was issued or a password chosen already."""

    account_id: str
    has_password: bool


def groups_without_passwords() -> list[tuple[StudyGroup, int]]:
    """The groups with students nobody has given a password yet, and how many in each."""
    columns = (Enrolment.faculty, Enrolment.programme, Enrolment.year, Enrolment.group_name)
    rows = db.session.execute(
        _waiting(*columns, func.count(Account.id.distinct())).group_by(*columns).order_by(*columns)
    )
    return [(StudyGroup(*group), count) for *group, count in rows]


def accounts_without_passwords(group: StudyGroup) -> Sequence[str]:
    """The accounts of a group that need a slip, in the order of names; at most SLIPS_AT_ONCE."""
    rows = db.session.execute(
        _waiting(Account.id, Student.sort_name)
        .where(*_in_group(group))
        .distinct()
        .order_by(Student.sort_name, Account.id)
        .limit(SLIPS_AT_ONCE)
    )
    return [account_id for account_id, _ in rows]


def account_by_album(album_number: str) -> AccountFound | None:
    """The open account of the student with that album number."""
    row = db.session.execute(
        select(Account.id, Account.password_hash)
        .join(Student, Student.id == Account.student_id)
        .where(Student.album_number == album_number, Account.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else AccountFound(row[0], row[1] != NOTHING_FITS)


def _waiting(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Account)
        .join(Student, Student.id == Account.student_id)
        .join(Enrolment, Enrolment.student_id == Student.id)
        .where(Account.password_hash == NOTHING_FITS, Account.disabled_at.is_(None))
    )


def _in_group(group: StudyGroup) -> Sequence[ColumnElement[bool]]:
    return (
        Enrolment.faculty == group.faculty,
        Enrolment.programme == group.programme,
        Enrolment.year == group.year,
        Enrolment.group_name == group.group_name,
    )
