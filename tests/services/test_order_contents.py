"""What an order holds, until it is sent."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.services.order_contents import content_mark, follow_register
from portal.services.ordering import place_order
from tests.people import POLICY, extend, make_student

pytestmark = pytest.mark.usefixtures("database")


def test_an_order_never_sent_follows_a_newer_extension() -> None:
    student = make_student()
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    later = order.planned_valid_until + timedelta(days=150)
    extend(student, later)

    with transaction():
        follow_register(student, POLICY, clock.now())

    assert db.session.get_one(Order, order.id).planned_valid_until == later


def test_the_content_mark_changes_with_name_pesel_and_photo_only() -> None:
    student = make_student()
    mark = content_mark(student)
    student.revision += 1
    assert content_mark(student) == mark
    student.surname = "Inna"
    assert content_mark(student) != mark
    db.session.rollback()
