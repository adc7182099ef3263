"""Who still needs a slip with a first password, group by group; and whose slips were printed, when and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.journal import JournalEntry
from portal.models.people import Enrolment, Student
from portal.services.journal import Subject
from portal.services.passwords import NOTHING_FITS
from portal.services.slips import SLIP_ISSUED, SLIP_LASTS, password_mark

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
    """One student's account and what kind of password it has (see `slips.password_mark`)."""

    account_id: str
    password_mark: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Slips that were printed together and that nobody has replaced by a password of their own yet.

    `password_mark`: what their accounts have in common; `by`: the name of the account that printed them.
    """

    account_ids: Sequence[str]
    password_mark: str
    at: datetime
    by: str | None = field(repr=False)


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
        select(Account.id, Account.password_hash, Account.password_expires_at)
        .join(Student, Student.id == Account.student_id)
        .where(Student.album_number == album_number, Account.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else AccountFound(row[0], password_mark(row[1], row[2]))


def last_printed(group: StudyGroup) -> Printed | None:
    """The slips of a group that were printed last and are still good, in the order of names; None if there are none."""
    rows = db.session.execute(
        select(Account.id, Account.password_expires_at)
        .join(Student, Student.id == Account.student_id)
        .where(
            Student.id.in_(select(Enrolment.student_id).where(*_in_group(group))),
            Account.password_expires_at.is_not(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Student.sort_name, Account.id)
    ).all()
    return _printed([(account_id, expires_at) for account_id, expires_at in rows if expires_at])


def printed_for(account_id: str) -> Printed | None:
    """The slip somebody has, if it is still good."""
    expires_at = db.session.scalar(select(Account.password_expires_at).where(Account.id == account_id))
    return _printed([(account_id, expires_at)] if expires_at else [])


def _printed(slips: Sequence[tuple[str, datetime]]) -> Printed | None:
    if not slips:
        return None
    latest = max(expires_at for _, expires_at in slips)
    account_ids = [account_id for account_id, expires_at in slips if expires_at == latest][:SLIPS_AT_ONCE]
    at = latest - SLIP_LASTS
    by = db.session.scalar(
        select(Account.display_name)
        .join(JournalEntry, JournalEntry.actor_id == Account.id)
        .where(
            JournalEntry.subject_kind == Subject.ACCOUNT,
            JournalEntry.subject_id == account_ids[0],
            JournalEntry.act == SLIP_ISSUED,
            JournalEntry.at == at,
        )
        .limit(1)
    )
    return Printed(account_ids, latest.astimezone(UTC).isoformat(), at, by)


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
