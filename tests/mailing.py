"""Students with an address and their orders in any state, for tests of news and mail."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.notices import Message, MessageState, Notice
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.services.notices import News, tell
from portal.services.ordering import place_order
from tests.people import POLICY, make_student

QR_TEXT = "c0ffee00c0ffee00c0ffee00c0ffee00"
ACTIVATION_CODE = "z8e+6Ys$"


def student_with_mail(address: str | None = "wanda@example.edu.pl", **facts: Any) -> Student:
    """A student who may order, with an address of their own."""
    student = make_student(**facts)
    with transaction() as session:
        session.get_one(Student, student.id).email = address
    return student


def order_in(
    student: Student, status: OrderStatus, *, expire_at: datetime | None = None, age: timedelta = timedelta()
) -> Order:
    """An order of the student, put into a state by hand, `age` ago."""
    order_id: str = place_order(student.id, POLICY, actor="test", at=clock.now() - age).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = status, AtMinistry.PRESENT
        order.status_since = clock.now() - age
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = QR_TEXT, ACTIVATION_CODE
            order.codes_expire_at = expire_at or clock.now() + timedelta(days=30)
    return db.session.get_one(Order, order_id)


def tell_of(order: Order, kind: NoticeKind) -> None:
    """The student is told that of their order, with mail."""
    with transaction():
        tell([News(order.student_id, kind, order.id, order.id, order.planned_valid_until)], at=clock.now())


def messages() -> list[tuple[MessageState, str | None]]:
    """State and error of every message, the oldest first."""
    db.session.rollback()
    rows = db.session.execute(select(Message.state, Message.error).order_by(Message.queued_at, Message.id))
    return [(row.state, row.error) for row in rows]


def make_due() -> None:
    """Every message may be sent now, as if time had passed."""
    with transaction() as session:
        past = clock.real_now() - timedelta(seconds=1)
        session.execute(update(Message).values(due_at=past))
        session.execute(update(Message).where(Message.lease_token.is_not(None)).values(leased_until=past))


def told(student: Student) -> list[NoticeKind]:
    """The kinds of news this student has, the oldest first."""
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Notice.kind).where(Notice.student_id == student.id).order_by(Notice.at, Notice.kind)
        )
    )
