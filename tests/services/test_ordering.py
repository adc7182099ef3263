"""Placing, cancelling and revoking orders."""

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.eligibility import Condition
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, Policy, ReceiptFrom
from portal.rules.reasons import EndReason, OrderRefusal
from portal.rules.validity import proposed_until
from portal.services.order_contents import content_mark, present_orders
from portal.services.ordering import (
    OrderNotAllowed,
    OrderNotCancellable,
    OrderUnknown,
    cancel,
    place_order,
    revoke,
)
from tests.people import POLICY, make_student

pytestmark = pytest.mark.usefixtures("database")


def place(student: Student, policy: Policy = POLICY) -> Order:
    return place_order(student.id, policy, actor="test", at=clock.now())


def events_of(order: Order) -> list[tuple[int, OrderStatus | None, OrderStatus]]:
    rows = db.session.execute(
        select(OrderEvent.version, OrderEvent.from_status, OrderEvent.to_status)
        .where(OrderEvent.order_id == order.id)
        .order_by(OrderEvent.version)
    )
    return [tuple(row) for row in rows]


def test_an_eligible_student_gets_a_waiting_order_with_its_contents_frozen() -> None:
    student = make_student(surname="Żółć")
    revision = student.revision

    order = place(student)

    assert (order.status, order.at_ministry) == (OrderStatus.WAITING, AtMinistry.ABSENT)
    assert order.planned_valid_until == proposed_until(clock.today(), POLICY)
    assert order.payload is not None
    assert "Żółć".encode() not in order.payload_sealed
    assert order.content_mark == content_mark(student)
    assert events_of(order) == [(1, None, OrderStatus.WAITING)]
    assert db.session.get_one(Student, student.id).revision == revision + 1


def test_a_student_with_an_open_order_gets_no_second_one() -> None:
    student = make_student()
    place(student)

    with pytest.raises(OrderNotAllowed) as refused:
        place(student)

    assert refused.value.refusal is OrderRefusal.ORDER_OPEN
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_an_unmet_condition_refuses_the_order_and_names_the_condition() -> None:
    student = make_student(photo=None)

    with pytest.raises(OrderNotAllowed) as refused:
        place(student)

    assert refused.value.refusal is OrderRefusal.CONDITIONS_UNMET
    assert [unmet.condition for unmet in refused.value.assessment.unmet] == [Condition.PHOTO]
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_under_the_semester_basis_a_student_without_a_plastic_card_may_order() -> None:
    student = make_student(card=False)

    assert place(student, Policy(basis=Basis.SEMESTER)).status is OrderStatus.WAITING


def test_cancelling_an_order_that_was_never_sent_leaves_nothing_to_withdraw() -> None:
    student = make_student()
    order = place(student)

    cancelled = cancel(order.id, student.id, actor="test", at=clock.now())

    assert cancelled.status is OrderStatus.CANCELLED
    assert cancelled.end_reason is EndReason.STUDENT_CANCELLED
    assert cancelled.at_ministry is AtMinistry.ABSENT
    assert present_orders(student.id).open_status is None
    assert place(student).id != order.id


def test_an_order_cannot_be_cancelled_twice() -> None:
    student = make_student()
    order = place(student)
    cancel(order.id, student.id, actor="test", at=clock.now())

    with pytest.raises(OrderNotCancellable):
        cancel(order.id, student.id, actor="test", at=clock.now())

    assert len(events_of(order)) == 2


def test_another_students_order_is_unknown() -> None:
    order = place(make_student())
    stranger = make_student()

    with pytest.raises(OrderUnknown):
        cancel(order.id, stranger.id, actor="test", at=clock.now())

    assert db.session.get_one(Order, order.id).status is OrderStatus.WAITING


def test_the_office_revokes_an_order_for_a_reason_that_is_kept() -> None:
    order = place(make_student())

    revoked = revoke(order.id, EndReason.OFFICE_REVOKED, actor="office", at=clock.now())

    assert (revoked.status, revoked.end_reason) == (OrderStatus.REVOKED, EndReason.OFFICE_REVOKED)
    with pytest.raises(OrderUnknown):
        revoke("no such order", EndReason.OFFICE_REVOKED, actor="office", at=clock.now())


def test_ordering_again_withdraws_expired_codes_that_were_left_alone() -> None:
    student = make_student()
    order = place(student)
    with transaction() as session:
        kept = session.get_one(Order, order.id)
        kept.status, kept.at_ministry = OrderStatus.CODES_EXPIRED, AtMinistry.KEPT

    place(student, Policy(basis=Basis.ELS, receipt_from=ReceiptFrom.STUDENT))

    assert db.session.get_one(Order, order.id).at_ministry is AtMinistry.PRESENT
