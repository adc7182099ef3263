"""Orders never sent follow the register, thousands at once: contents are sealed first, written later in one go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.eligibility import PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import StudentFacts
from portal.services.order_contents import freeze
from portal.services.row_sets import one_of

_NEVER_SENT = (Order.status == OrderStatus.WAITING, Order.at_ministry == AtMinistry.ABSENT)
_FROZEN = (
    "payload_sealed",
    "content_mark",
    "photo_sha256",
    "planned_valid_until",
    "enrolment_id",
    "extension_id",
)


def never_sent_orders(student_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
    """The orders of these students that were never sent: id and version by student."""
    rows = db.session.execute(
        select(Order.student_id, Order.id, Order.version).where(
            *_NEVER_SENT, one_of(Order.student_id, student_ids)
        )
    )
    return {row.student_id: (row.id, row.version) for row in rows}


def new_contents(
    orders: Mapping[str, tuple[str, int]], facts: Mapping[str, StudentFacts], policy: Policy, *, at: datetime
) -> list[dict[str, Any]]:
    """What these orders (as `never_sent_orders` answers them) should hold once `facts` are so.

    An order that could not be placed any more is left out: it is left to the check before sending.
    """
    documents = documents_until(orders)
    contents = []
    for student in db.session.scalars(select(Student).where(one_of(Student.id, orders))):
        present = PresentOrders(None, documents.get(student.id))
        assessment = assess(facts[student.id], present, policy, clock.day_of(at))
        if assessment.may_order:
            order_id, version = orders[student.id]
            draft = Order(id=order_id)
            freeze(draft, student, assessment)
            contents.append(
                {"key": order_id, "seen": version} | {name: getattr(draft, name) for name in _FROZEN}
            )
    return contents


def write_contents(contents: Sequence[Mapping[str, Any]]) -> None:
    """Write what `new_contents` made, inside the caller's transaction; an order sent meanwhile stays as sent."""
    if contents:
        orders = Order.__table__
        statement = (
            update(orders)  # type: ignore[arg-type]  # a Table, typed as any FROM clause
            .where(*_NEVER_SENT, Order.id == bindparam("key"), Order.version == bindparam("seen"))
            .values({name: bindparam(name) for name in _FROZEN})
        )
        db.session.connection().execute(statement, [dict(row) for row in contents])


def documents_until(student_ids: Iterable[str]) -> dict[str, date]:
    """The end of the document of each of these students who has one."""
    rows = db.session.execute(
        select(Order.student_id, Order.planned_valid_until).where(
            Order.status == OrderStatus.COLLECTED, one_of(Order.student_id, student_ids)
        )
    )
    return {row.student_id: row.planned_valid_until for row in rows}
