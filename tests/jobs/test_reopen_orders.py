"""The jobs that run by themselves: what each run reports, under the settings of the application."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import expire_cards, expire_codes, reopen_orders
from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.services.ordering import place_order
from tests.people import POLICY, make_student

pytestmark = pytest.mark.usefixtures("database")
NOTHING = {"checked": 0, "offered": 0, "placed": 0, "dropped": 0}


def put(student: Student, status: OrderStatus) -> Order:
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = status, AtMinistry.PRESENT
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = "0" * 32, "z8e+6Ys$"
            order.codes_expire_at = clock.now() + timedelta(hours=1)
    return db.session.get_one(Order, key)


def test_a_student_with_the_switch_is_told_and_an_hour_later_ordered_for() -> None:
    student = make_student()
    with transaction() as session:
        session.get_one(Student, student.id).standing_order = True

    assert reopen_orders.run() == NOTHING | {"checked": 1, "offered": 1}
    assert reopen_orders.run() == NOTHING
    clock.move_to(timedelta(hours=1))
    assert reopen_orders.run() == NOTHING | {"placed": 1}
    assert db.session.scalar(select(Order.status)) is OrderStatus.WAITING


def test_documents_expire_on_the_day_after_their_last() -> None:
    document = put(make_student(), OrderStatus.COLLECTED)
    assert expire_cards.run() == {"expired": 0}
    clock.move_to(timedelta(days=(document.planned_valid_until - clock.today()).days + 1))
    assert expire_cards.run() == {"expired": 1}


def test_with_the_panel_codes_expire_by_the_clock_and_the_student_is_asked() -> None:
    order = put(make_student(), OrderStatus.READY)
    clock.move_to(timedelta(hours=2))
    assert expire_codes.run_by_clock() == {"overdue": 0, "expired": 1}
    db.session.refresh(order)
    assert (order.status, order.at_ministry) == (OrderStatus.CODES_EXPIRED, AtMinistry.KEPT)
