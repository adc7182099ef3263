"""Standing orders: the switch, and orders placed by themselves, once per period and never against the student."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.notices import Notice
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.models.renewals import OrderOffer, StandingOrder
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy, ReceiptFrom, StandingOrders
from portal.rules.reasons import EndReason
from portal.rules.validity import proposed_until
from portal.services.card_extensions import extend, undo_extension
from portal.services.order_offers import find_offers
from portal.services.ordering import OrderNotAllowed, cancel, place_order
from portal.services.receipts import deny_receipt
from portal.services.standing_orders import (
    StandingOrderNotOffered,
    choose_standing_order,
    place_standing_orders,
    standing_order_at,
)
from tests.people import POLICY, make_office, make_student
from tests.people import extend as extended
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")
EVERYBODY = replace(POLICY, standing_orders=StandingOrders.ALL)
LATER = timedelta(minutes=16)
ACTOR = "reopen_orders"


def newly_extended() -> Student:
    """Extended by the office a moment ago."""
    student = make_student(extended_until=None)
    confirm(student)
    return student


def confirm(student: Student) -> str:
    until = proposed_until(clock.today(), POLICY)
    return extend(student.id, until, POLICY, actor=make_office().id, at=clock.now()).id


def run(policy: Policy = EVERYBODY, at: datetime | None = None) -> tuple[int, int]:
    """Both halves of the job; answers how many were placed and dropped."""
    at = at or clock.now()
    find_offers(policy, at=at)
    settled = place_standing_orders(policy, actor=ACTOR, at=at)
    return settled[StandingOrder.PLACED], settled[StandingOrder.DROPPED]


def orders(student: Student) -> list[Order]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Order).where(Order.student_id == student.id).order_by(Order.placed_at, Order.id)
        )
    )


def standing(student: Student) -> list[StandingOrder]:
    db.session.rollback()
    found = select(OrderOffer.standing).where(OrderOffer.student_id == student.id).order_by(OrderOffer.until)
    return list(db.session.scalars(found))


def test_an_extension_becomes_an_order_after_the_delay_and_once() -> None:
    student = newly_extended()

    assert run() == (0, 0)
    assert orders(student) == []
    assert run(at=clock.now() + LATER) == (1, 0)
    assert run(at=clock.now() + 2 * LATER) == (0, 0)

    (order,) = orders(student)
    assert (order.status, order.at_ministry) == (OrderStatus.WAITING, AtMinistry.ABSENT)
    event = db.session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id)).one()
    assert event.actor == ACTOR
    offer = db.session.scalars(select(OrderOffer).where(OrderOffer.student_id == student.id)).one()
    assert (offer.standing, offer.order_id) == (StandingOrder.PLACED, order.id)


def test_an_order_nobody_clicked_for_is_unread_news() -> None:
    student = newly_extended()
    run()
    run(at=clock.now() + LATER)
    ordered = select(Notice).where(Notice.student_id == student.id, Notice.kind == NoticeKind.ORDERED)
    assert db.session.scalars(ordered).one().read_at is None


def test_who_is_left_to_order_after_all_is_told_so() -> None:
    student = newly_extended()
    run()
    may_order = select(Notice).where(Notice.student_id == student.id, Notice.kind == NoticeKind.MAY_ORDER)
    assert db.session.scalars(may_order).all() == []

    assert run(POLICY, at=clock.now() + LATER) == (0, 1)

    assert len(db.session.scalars(may_order).all()) == 1


def test_the_page_knows_when_it_will_be_ordered() -> None:
    student = newly_extended()
    run()
    until = proposed_until(clock.today(), POLICY)
    at = db.session.scalars(select(CardExtension.extended_at)).one()

    db.session.refresh(student)
    assert standing_order_at(student, until, EVERYBODY) == at + timedelta(minutes=15)
    assert standing_order_at(student, until, POLICY) is None
    run(at=clock.now() + LATER)
    assert standing_order_at(student, until, EVERYBODY) is None


def test_a_click_before_it_leaves_one_order() -> None:
    student = newly_extended()
    run()
    place_order(student.id, EVERYBODY, actor="student", at=clock.now())

    assert run(at=clock.now() + LATER) == (0, 1)
    assert len(orders(student)) == 1
    assert standing(student) == [StandingOrder.DROPPED]


def test_a_click_after_it_is_answered_as_a_second_click() -> None:
    student = newly_extended()
    run()
    run(at=clock.now() + LATER)
    with pytest.raises(OrderNotAllowed):
        place_order(student.id, EVERYBODY, actor="student", at=clock.now())
    assert len(orders(student)) == 1


def test_what_the_student_ordered_and_cancelled_meanwhile_is_not_ordered_again() -> None:
    student = newly_extended()
    run()
    key = place_order(student.id, EVERYBODY, actor="student", at=clock.now()).id
    cancel(key, student.id, actor="student", at=clock.now())

    assert run(at=clock.now() + LATER) == (0, 1)
    assert [order.status for order in orders(student)] == [OrderStatus.CANCELLED]


def test_an_extension_undone_in_time_costs_nothing_and_the_next_one_is_followed() -> None:
    student = newly_extended()
    run()
    undo_extension(
        db.session.scalars(select(CardExtension.id)).one(),
        POLICY,
        actor=make_office().id,
        reason="pomyłka",
        at=clock.now(),
    )

    assert run(at=clock.now() + LATER) == (0, 1)
    assert orders(student) == []
    confirm(student)
    run()
    assert standing(student) == [StandingOrder.WAITING]
    assert run(at=clock.now() + LATER) == (1, 0)


def test_an_extension_undone_too_late_revokes_the_order_and_the_next_one_orders_again() -> None:
    student = newly_extended()
    run()
    run(at=clock.now() + LATER)
    undo_extension(
        db.session.scalars(select(CardExtension.id)).one(),
        POLICY,
        actor=make_office().id,
        reason="pomyłka",
        at=clock.now(),
    )
    assert [order.end_reason for order in orders(student)] == [EndReason.EXTENSION_UNDONE]

    confirm(student)
    run()
    assert run(at=clock.now() + LATER) == (1, 0)
    assert [order.status for order in orders(student)] == [OrderStatus.REVOKED, OrderStatus.WAITING]


def test_a_later_date_meanwhile_is_the_one_that_is_ordered() -> None:
    student = newly_extended()
    run()
    later = proposed_until(clock.today(), POLICY) + timedelta(days=100)
    extended(student, later)
    with transaction() as session:
        session.execute(update(Student).values(revision=Student.revision + 1))
    run()

    assert run(at=clock.now() + LATER) == (1, 1)
    assert [order.planned_valid_until for order in orders(student)] == [later]


def test_a_condition_lost_meanwhile_drops_it() -> None:
    student = newly_extended()
    run()
    with transaction() as session:
        session.get_one(Student, student.id).photo_sha256 = None

    assert run(at=clock.now() + LATER) == (0, 1)
    assert orders(student) == []


def test_the_switch_turned_off_in_time_drops_it() -> None:
    student = newly_extended()
    choose_standing_order(student.id, POLICY, wanted=True)
    run(POLICY)
    assert standing(student) == [StandingOrder.WAITING]

    choose_standing_order(student.id, POLICY, wanted=False)

    assert run(POLICY, at=clock.now() + LATER) == (0, 1)
    assert orders(student) == []


def test_the_switch_is_about_later_extensions_not_about_what_may_be_ordered_already() -> None:
    student = newly_extended()
    run(POLICY)
    choose_standing_order(student.id, POLICY, wanted=True)
    assert run(POLICY, at=clock.now() + LATER) == (0, 0)
    assert orders(student) == []


def test_turning_the_switch_is_a_change_once() -> None:
    student = make_student()
    choose_standing_order(student.id, POLICY, wanted=True)
    choose_standing_order(student.id, POLICY, wanted=True)
    db.session.rollback()
    found = db.session.get_one(Student, student.id, populate_existing=True)
    assert (found.standing_order, found.revision) == (True, 2)


@pytest.mark.parametrize("setting", [StandingOrders.OFF, StandingOrders.ALL])
def test_where_the_university_decides_there_is_no_switch(setting: StandingOrders) -> None:
    student = make_student()
    with pytest.raises(StandingOrderNotOffered):
        choose_standing_order(student.id, replace(POLICY, standing_orders=setting), wanted=True)


def test_with_standing_orders_off_only_the_news_is_told() -> None:
    student = newly_extended()
    off = replace(POLICY, standing_orders=StandingOrders.OFF)
    run(off)
    assert run(off, at=clock.now() + LATER) == (0, 0)
    assert standing(student) == [StandingOrder.NONE]


def with_expired_codes(*, until_days: int) -> tuple[Student, str]:
    """Codes that ran out, with nobody knowing whether the card is in the phone; and a newer extension."""
    by_student = replace(EVERYBODY, receipt_from=ReceiptFrom.STUDENT)
    student = make_student(extended_until=clock.today() + timedelta(days=until_days))
    key = place_order(student.id, by_student, actor="student", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = OrderStatus.CODES_EXPIRED, AtMinistry.KEPT
        order.end_reason = EndReason.CODES_NOT_USED
    confirm(student)
    return student, key


def test_a_card_that_may_be_in_use_is_not_withdrawn_by_a_standing_order() -> None:
    student, key = with_expired_codes(until_days=20)
    run()

    assert run(at=clock.now() + LATER) == (0, 1)
    assert db.session.get_one(Order, key).at_ministry is AtMinistry.KEPT
    assert len(orders(student)) == 1


def test_once_the_student_said_no_the_standing_order_waits_for_the_withdrawal_only() -> None:
    student, key = with_expired_codes(until_days=20)
    run()
    deny_receipt(key, student.id, at=clock.now())

    assert run(at=clock.now() + LATER) == (1, 0)
    old, new = orders(student)
    assert next_step(old.status, old.at_ministry) is Step.WITHDRAW
    assert new.status is OrderStatus.WAITING


def test_a_run_places_only_so_many_and_the_next_one_goes_on() -> None:
    for _ in range(3):
        newly_extended()
    run()
    at = clock.now() + LATER
    assert place_standing_orders(EVERYBODY, actor=ACTOR, at=at, most=2)[StandingOrder.PLACED] == 2
    assert place_standing_orders(EVERYBODY, actor=ACTOR, at=at, most=2)[StandingOrder.PLACED] == 1


def test_finding_what_is_due_reads_no_table_whole() -> None:
    with watched_plans() as plans:
        place_standing_orders(EVERYBODY, actor=ACTOR, at=clock.now())
    assert plans.statements == 1
    assert plans.whole_tables == set()
