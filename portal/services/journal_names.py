"""Who did what to whom: the names behind the ids of one page of the journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services.journal import Subject
from portal.services.journal_search import Found


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `actor`: None for the student or a command on the server, as `actor_role` tells (None: the server).

    `before` and `after`: an order's states or an extension's dates; what else changed is in `details`. `about`: the
    name of whom it was done to, None where it concerns nobody in particular.
    """

    key: str
    at: datetime
    act: str
    actor: str | None = field(repr=False)
    actor_role: Role | None
    reason: str | None = field(repr=False)
    details: Mapping[str, Any] = field(repr=False)
    before: OrderStatus | date | None
    after: OrderStatus | date | None
    about: str | None = field(repr=False)
    album_number: str | None = field(repr=False)


def named(found: Sequence[Found]) -> list[Entry]:
    """`found` with names, in the same order; three queries at most."""
    orders = _by_id(select(Order.id, Order.student_id), _subjects(found, Subject.ORDER))
    accounts = _by_id(
        select(Account.id, Account.display_name, Account.role, Account.student_id),
        _subjects(found, Subject.ACCOUNT) | {one.actor_id for one in found if one.actor_id},
    )
    whose = [_student_of(one, orders, accounts) for one in found]
    students = _by_id(
        select(Student.id, Student.surname, Student.first_names, Student.album_number),
        {student_id for student_id in whose if student_id},
    )
    return [
        _entry(one, accounts, students.get(student_id or ""))
        for one, student_id in zip(found, whose, strict=True)
    ]


def _entry(found: Found, accounts: Mapping[str, Row[Any]], student: Row[Any] | None) -> Entry:
    actor = accounts.get(found.actor_id or "")
    account = accounts.get(found.subject[1]) if found.subject else None
    return Entry(
        key=found.key,
        at=found.at,
        act=found.act,
        actor=actor.display_name if actor and actor.role is not Role.STUDENT else None,
        actor_role=actor.role if actor else None,
        reason=found.reason,
        details=found.details,
        before=found.before,
        after=found.after,
        about=f"{student.surname} {student.first_names}" if student else account and account.display_name,
        album_number=student.album_number if student else None,
    )


def _student_of(found: Found, orders: Mapping[str, Row[Any]], accounts: Mapping[str, Row[Any]]) -> str | None:
    if found.subject is None:
        return None
    kind, subject_id = found.subject
    if kind is Subject.STUDENT:
        return subject_id
    known = {Subject.ORDER: orders, Subject.ACCOUNT: accounts}.get(kind, {}).get(subject_id)
    return None if known is None else known.student_id


def _subjects(found: Iterable[Found], kind: Subject) -> set[str]:
    return {one.subject[1] for one in found if one.subject and one.subject[0] is kind}


def _by_id(records: Any, ids: set[str]) -> dict[str, Row[Any]]:
    if not ids:
        return {}
    by = records.selected_columns[0]
    return {row.id: row for row in db.session.execute(records.where(by.in_(sorted(ids))))}
