"""Lists of students by what they study and how far they are confirmed: counts, pages, and everybody who matches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, select

from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.people import Enrolment, Student
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level

PAGE = 50


class Confirmed(StrEnum):
    """How far a student is confirmed, compared with a date."""

    UNTIL_THEN = "until_then"
    NOT_UNTIL_THEN = "not_until_then"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class StudentFilter:
    """Whom to list; what is None does not matter. All that concerns studies must hold for one enrolment.

    `confirmed` compares with `until`, the date a list is about.
    """

    until: date
    faculty: str | None = None
    programme: str | None = None
    level: Level | None = None
    year: int | None = None
    group_name: str | None = None
    status: EnrolmentStatus | None = None
    confirmed: Confirmed | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A student on a list; `confirmed_until`: the latest extension that stands, or the card's own date."""

    id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    sort_name: str = field(repr=False)
    confirmed_until: date | None


@dataclass(frozen=True, slots=True)
class Progress:
    """„przedłużone / pozostałe”: who matches (whatever `confirmed` asks for) and is confirmed until the date or not."""

    extended: int
    remaining: int


def page(
    wanted: StudentFilter, policy: Policy, *, after: tuple[str, str] | None = None, size: int = PAGE
) -> list[Listed]:
    """The next students of the list in Polish order; `after`: sort name and id of the last one seen."""
    query = select(
        Student.id,
        Student.album_number,
        Student.first_names,
        Student.surname,
        Student.sort_name,
        *_confirmations(policy),
    ).where(*_conditions(wanted, policy))
    if after is not None:
        name, student_id = after
        behind = (Student.sort_name > name) | ((Student.sort_name == name) & (Student.id > student_id))
        query = query.where(Student.sort_name >= name, behind)
    rows: Iterable[Any] = db.session.execute(query.order_by(Student.sort_name, Student.id).limit(size))
    return [_listed(*row) for row in rows]


def matching_ids(wanted: StudentFilter, policy: Policy) -> Sequence[str]:
    """Everybody who matches, not only a page of them."""
    return db.session.scalars(select(Student.id).where(*_conditions(wanted, policy))).all()


def progress(wanted: StudentFilter, policy: Policy) -> Progress:
    """How many of those who match are confirmed until the list's date, and how many are not."""
    matching = _of_studies(wanted)
    counted = select(func.count(), func.count().filter(confirmed_until_at_least(wanted.until, policy)))
    everybody, extended = db.session.execute(counted.select_from(Student).where(*matching)).one()
    return Progress(extended=extended, remaining=everybody - extended)


def confirmed_until_at_least(until: date, policy: Policy) -> ColumnElement[bool]:
    """That a student (of the query around it) is confirmed until then: an extension, or the card's own date."""
    extended = exists().where(
        CardExtension.student_id == Student.id,
        CardExtension.undone_at.is_(None),
        CardExtension.until >= until,
    )
    if policy.basis is not Basis.ELS:
        return extended
    return extended | exists().where(
        ElsCard.student_id == Student.id, ElsCard.void_on.is_(None), ElsCard.first_valid_until >= until
    )


def _listed(
    student_id: str,
    album_number: str | None,
    first_names: str,
    surname: str,
    sort_key: str,
    *confirmations: date | None,
) -> Listed:
    latest = max(filter(None, confirmations), default=None)
    return Listed(student_id, album_number, first_names, surname, sort_key, latest)


def _conditions(wanted: StudentFilter, policy: Policy) -> list[ColumnElement[bool]]:
    conditions = _of_studies(wanted)
    if wanted.confirmed is Confirmed.NEVER:
        conditions.append(not_(confirmed_until_at_least(date.min, policy)))
    elif wanted.confirmed is not None:
        enough = confirmed_until_at_least(wanted.until, policy)
        conditions.append(enough if wanted.confirmed is Confirmed.UNTIL_THEN else not_(enough))
    return conditions


def _of_studies(wanted: StudentFilter) -> list[ColumnElement[bool]]:
    names = ("faculty", "programme", "level", "year", "group_name", "status")
    asked = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    if not asked:
        return []
    fits = and_(*(getattr(Enrolment, name) == value for name, value in asked.items()))
    if asked.keys() & {"faculty", "programme", "group_name"}:
        # Few match: start from their enrolments.
        return [Student.id.in_(select(Enrolment.student_id).where(fits))]
    # Most match: start from the students in their order, so that a page ends early.
    return [exists().where(Enrolment.student_id == Student.id, fits)]


def _confirmations(policy: Policy) -> list[Any]:
    latest = (
        select(func.max(CardExtension.until))
        .where(CardExtension.student_id == Student.id, CardExtension.undone_at.is_(None))
        .scalar_subquery()
    )
    if policy.basis is not Basis.ELS:
        return [latest]
    own = (
        select(func.max(ElsCard.first_valid_until))
        .where(ElsCard.student_id == Student.id, ElsCard.void_on.is_(None))
        .scalar_subquery()
    )
    return [latest, own]
