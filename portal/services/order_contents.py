"""What an order holds: what the student may order now, frozen into it, following the register until it is sent."""

import json
from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.sealed import keyring
from portal.rules.eligibility import Assessment, PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.services.register import facts_of


def assess_student(
    student: Student, policy: Policy, at: datetime, *, ignoring: str | None = None
) -> Assessment:
    """May this student order at that moment? `ignoring`: an order that does not count (the one being asked about)."""
    return assess(facts_of(student), present_orders(student.id, ignoring=ignoring), policy, clock.day_of(at))


def present_orders(student_id: str, *, ignoring: str | None = None) -> PresentOrders:
    """The open order and the document of a student, as the rules see them."""
    rows = db.session.execute(
        select(Order.id, Order.status, Order.planned_valid_until).where(
            Order.student_id == student_id, Order.status.in_(CANCELLABLE)
        )
    ).all()
    counted = [row for row in rows if row.id != ignoring]
    return PresentOrders(
        open_status=next((row.status for row in counted if row.status in OPEN), None),
        document_until=next(
            (row.planned_valid_until for row in counted if row.status is OrderStatus.COLLECTED), None
        ),
    )


def freeze(order: Order, student: Student, assessment: Assessment) -> None:
    """Write into `order` what is ordered: it will be sent like this, whatever changes in the register meanwhile."""
    assert assessment.planned_valid_until
    assert assessment.enrolment_id
    assert student.photo_sha256
    order.planned_valid_until = assessment.planned_valid_until
    order.enrolment_id = assessment.enrolment_id
    order.extension_id = assessment.extension_id
    order.photo_sha256 = student.photo_sha256
    order.content_mark = content_mark(student)
    order.payload = json.dumps({**_personal_data(student), "valid_until": str(order.planned_valid_until)})


def follow_register(student: Student, policy: Policy, at: datetime) -> None:
    """Let an order that was never sent follow the register: a newer extension, an earlier date, corrected data.

    Inside the caller's transaction; an order that may not be ordered any more is left to the check before sending.
    """
    order = db.session.scalar(
        select(Order).where(
            Order.student_id == student.id,
            Order.status == OrderStatus.WAITING,
            Order.at_ministry == AtMinistry.ABSENT,
        )
    )
    if order is None:
        return
    assessment = assess_student(student, policy, at, ignoring=order.id)
    if assessment.may_order:
        freeze(order, student, assessment)


def content_mark(student: Student) -> bytes:
    """A keyed fingerprint of the data that stand on a card; it differs once name, PESEL or photo changed."""
    return keyring().blind_index(json.dumps([_personal_data(student), student.photo_sha256]))


def _personal_data(student: Student) -> dict[str, str | None]:
    return {
        "album_number": student.album_number,
        "pesel": student.pesel,
        "first_names": student.first_names,
        "surname": student.surname,
        "birth_date": str(student.birth_date),
    }
