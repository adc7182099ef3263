"""Writing a plan: one transaction of ready rows, which fails whole if the register moved on since it was read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.cards import ElsCard
from portal.models.journal import ImportChange
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentStatus
from portal.services.entitlement import revoke_ended
from portal.services.imports.comparison import LISTED
from portal.services.imports.plan import Plan, Rows
from portal.services.imports.ready_rows import ReadyRows, changed_rows, new_rows, ready
from portal.services.journal_imports import told_rows
from portal.services.order_contents import follow_register


class RegisterMoved(Exception):
    """Somebody changed a student between reading and writing; nothing was written."""


@dataclass(frozen=True, slots=True)
class ReadyPlan:
    """A plan made ready to be written. `touched`: the students that change; `steps` in the order they are taken."""

    batch_id: str
    touched: Collection[str] = field(repr=False)
    next_revision: ReadyRows
    steps: tuple[ReadyRows, ...]


def make_ready(plan: Plan, batch_id: str, *, remove_missing: bool, on: date) -> ReadyPlan:
    """Everything that can be done about `plan` before the transaction, for others wait during it.

    Changes come before new rows; a card becomes void before its successor is there. Last comes what the journal
    tells of each student.
    """
    touched = dict(plan.touched)
    if remove_missing:
        touched |= {student.id: student.revision for student in plan.missing}
    return ReadyPlan(
        batch_id=batch_id,
        touched=touched.keys(),
        next_revision=_next_revision(touched),
        steps=(
            changed_rows(Student, plan.changed_students),
            changed_rows(Student, plan.changed_pesels),
            changed_rows(Account, plan.changed_accounts, by="student_id"),
            changed_rows(Enrolment, plan.changed_enrolments),
            changed_rows(ElsCard, plan.void_cards),
            changed_rows(ElsCard, plan.changed_cards),
            new_rows(Student, plan.students),
            new_rows(Account, plan.accounts),
            new_rows(Enrolment, plan.enrolments),
            new_rows(ElsCard, plan.cards),
            changed_rows(Enrolment, removals(plan, on) if remove_missing else []),
            new_rows(ImportChange, told_rows(batch_id, plan, remove_missing=remove_missing, on=on)),
        ),
    )


def write(prepared: ReadyPlan, *, policy: Policy, actor: str, at: datetime) -> None:
    """Write a plan inside the caller's transaction, in which its batch is there already. Raises RegisterMoved.

    1. Every student that changes takes the next revision, if the present one is the one that was read.
    2. The rows are written.
    3. Whoever lost the last entitling studies loses the open order and the document.
    4. Orders that were never sent follow.
    """
    if prepared.next_revision.write() != len(prepared.touched):
        raise RegisterMoved
    for step in prepared.steps:
        step.write()
    revoke_ended(prepared.touched, policy, actor=actor, at=at, batch_id=prepared.batch_id)
    _let_orders_follow(prepared.touched, policy, at)


def _next_revision(touched: Mapping[str, int]) -> ReadyRows:
    statement = (
        update(Student)
        .where(Student.id == bindparam("key"), Student.revision == bindparam("seen"))
        .values(revision=Student.revision + 1)
    )
    return ready(statement, [{"key": who, "seen": revision} for who, revision in touched.items()])


def removals(plan: Plan, on: date) -> Rows:
    """The enrolments that end with the students missing from a full list, as rows to change."""
    return [
        {"key": enrolment.id, "status": EnrolmentStatus.REMOVED, "status_since": on}
        for student in plan.missing
        for enrolment in student.enrolments
        if enrolment.status in LISTED
    ]


def _let_orders_follow(changed: Collection[str], policy: Policy, at: datetime) -> None:
    waiting: Any = db.session.scalars(
        select(Order.student_id).where(
            Order.status == OrderStatus.WAITING, Order.at_ministry == AtMinistry.ABSENT
        )
    )
    for student_id in [one for one in waiting if one in changed]:
        follow_register(db.session.get_one(Student, student_id), policy, at)
