"""What ends because its time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services import expiry
from portal.services.ordering import place_order
from tests.people import POLICY, extend, make_student

pytestmark = pytest.mark.usefixtures("database")


def order_in(status: OrderStatus, student: Student | None = None) -> str:
    student = student or make_student()
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = status, AtMinistry.PRESENT
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = "0" * 32, "z8e+6Ys$"
            order.codes_expire_at = clock.now() + timedelta(days=1)
    return key


def look(key: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, key, populate_existing=True)


def test_documents_expire_after_their_last_day_in_chunks_and_only_they(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    documents = [order_in(OrderStatus.COLLECTED) for _ in range(5)]
    others = [order_in(status) for status in (OrderStatus.READY, OrderStatus.CANCELLED)]
    after = clock.end_of(look(documents[0]).planned_valid_until)

    assert expiry.expire_documents(actor="expire_cards", at=after) == 5
    assert expiry.expire_documents(actor="expire_cards", at=after) == 0

    for key in documents:
        order = look(key)
        assert (order.status, order.end_reason) == (OrderStatus.EXPIRED, EndReason.VALIDITY_ENDED)
        assert next_step(order.status, order.at_ministry) is Step.NOTHING
        last = db.session.scalars(
            select(OrderEvent).where(OrderEvent.order_id == key, OrderEvent.version == order.version)
        ).one()
        assert (last.from_status, last.to_status) == (OrderStatus.COLLECTED, OrderStatus.EXPIRED)
    assert [look(key).status for key in others] == [OrderStatus.READY, OrderStatus.CANCELLED]


def test_a_renewal_under_way_goes_on_when_the_old_document_expires() -> None:
    student = make_student()
    old = order_in(OrderStatus.COLLECTED, student)
    until = look(old).planned_valid_until
    extend(student, until + timedelta(days=200))
    new = order_in(OrderStatus.IN_PROGRESS, student)

    expiry.expire_documents(actor="expire_cards", at=clock.end_of(until))

    assert look(old).status is OrderStatus.EXPIRED
    assert look(new).status is OrderStatus.IN_PROGRESS


def test_orders_whose_date_passed_before_any_codes_end_as_errors_and_are_withdrawn() -> None:
    waiting, sent = order_in(OrderStatus.WAITING), order_in(OrderStatus.IN_PROGRESS)
    after = clock.end_of(look(waiting).planned_valid_until)

    assert expiry.fail_overdue(actor="expire_codes", at=after) == 2

    for key in (waiting, sent):
        order = look(key)
        assert (order.status, order.end_reason) == (OrderStatus.ERROR, EndReason.DEADLINE_PASSED)
        assert next_step(order.status, order.at_ministry) is Step.WITHDRAW


def test_codes_end_by_the_clock_where_only_the_student_can_be_asked() -> None:
    early, late = order_in(OrderStatus.READY), order_in(OrderStatus.READY)
    with transaction() as session:
        session.get_one(Order, late).codes_expire_at = clock.now() + timedelta(days=9)

    assert expiry.expire_codes_by_clock(actor="expire_codes", at=clock.now() + timedelta(days=2)) == 1

    assert (look(early).status, look(early).at_ministry) == (OrderStatus.CODES_EXPIRED, AtMinistry.KEPT)
    assert look(early).qr_payload_sealed is None
    assert look(late).status is OrderStatus.READY
