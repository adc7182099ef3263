"""Writing a plan: one transaction of ready rows, which fails whole if the register moved on since it was read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CursorResult, Table, bindparam, insert, select, update

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.cards import ElsCard
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentStatus
from portal.services.entitlement import revoke_ended
from portal.services.imports.comparison import LISTED
from portal.services.imports.plan import Plan, Rows
from portal.services.ordering import follow_register


class RegisterMoved(Exception):
    """Somebody changed a student between reading and writing; nothing was written."""


def write(plan: Plan, *, remove_missing: bool, policy: Policy, on: date, actor: str, at: datetime) -> None:
    """Write `plan` inside the caller's transaction. Raises RegisterMoved.

    1. Every student that changes takes the next revision, if the present one is the one that was read.
    2. Changes, then new rows; a card becomes void before its successor is there.
    3. Whoever lost the last entitling studies loses the open order and the document.
    4. Orders that were never sent follow.
    """
    touched = dict(plan.touched)
    if remove_missing:
        touched |= {student.id: student.revision for student in plan.missing}
    _take_next_revision(touched)
    _change(Student, plan.changed_students)
    _change(Student, plan.changed_pesels)
    _change(Account, plan.changed_accounts, by="student_id")
    _change(Enrolment, plan.changed_enrolments)
    _change(ElsCard, plan.void_cards)
    _change(ElsCard, plan.changed_cards)
    _add(Student, plan.students)
    _add(Account, plan.accounts)
    _add(Enrolment, plan.enrolments)
    _add(ElsCard, plan.cards)
    if remove_missing:
        _change(Enrolment, removals(plan, on))
    revoke_ended(touched, policy, actor=actor, at=at)
    _let_orders_follow(list(touched), policy, at)


def _take_next_revision(touched: dict[str, int]) -> None:
    if not touched:
        return
    statement = (
        update(_table(Student))
        .where(Student.id == bindparam("key"), Student.revision == bindparam("seen"))
        .values(revision=Student.revision + 1)
    )
    rows = [{"key": student_id, "seen": revision} for student_id, revision in touched.items()]
    done = db.session.connection().execute(statement, rows)
    assert isinstance(done, CursorResult)
    if done.rowcount != len(rows):
        raise RegisterMoved


def _change(model: Any, rows: Rows, by: str = "id") -> None:
    """Set each row's columns where `by` is the row's `key`; all rows have the same columns."""
    if rows:
        table = _table(model)
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "key"}
        db.session.connection().execute(
            update(table).where(table.c[by] == bindparam("key")).values(values), rows
        )


def _add(model: Any, rows: Rows) -> None:
    if rows:
        db.session.connection().execute(insert(_table(model)), rows)


def _table(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def removals(plan: Plan, on: date) -> Rows:
    """The enrolments that end with the students missing from a full list, as rows to change."""
    return [
        {"key": enrolment.id, "status": EnrolmentStatus.REMOVED, "status_since": on}
        for student in plan.missing
        for enrolment in student.enrolments
        if enrolment.status in LISTED
    ]


def _let_orders_follow(student_ids: Sequence[str], policy: Policy, at: datetime) -> None:
    changed = set(student_ids)
    waiting = db.session.scalars(
        select(Order.student_id).where(
            Order.status == OrderStatus.WAITING, Order.at_ministry == AtMinistry.ABSENT
        )
    )
    for student_id in [one for one in waiting if one in changed]:
        follow_register(db.session.get_one(Student, student_id), policy, at)
