"""Finding who newly may order: once per student and period, told, and never what they know."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.notices import Notice
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.renewals import OrderOffer, StandingOrder
from portal.rules.next_step import AtMinistry
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy, Renewal, StandingOrders
from portal.rules.reasons import EndReason
from portal.rules.validity import proposed_until
from portal.services import order_offers
from portal.services.card_extensions import extend, undo_extension
from portal.services.order_offers import find_offers
from portal.services.ordering import cancel, place_order, revoke
from portal.services.register import note_change
from tests.people import POLICY, make_office, make_student
from tests.people import extend as extended
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")
EVERYBODY = replace(POLICY, standing_orders=StandingOrders.ALL)


def find(policy: Policy = POLICY, at: datetime | None = None) -> int:
    """Ask about everybody who needs it; answers to how many there was something to tell."""
    return find_offers(policy, at=at or clock.now())["offered"]


def offers(student: Student) -> list[tuple[date, StandingOrder]]:
    db.session.rollback()
    rows = db.session.execute(
        select(OrderOffer.until, OrderOffer.standing)
        .where(OrderOffer.student_id == student.id)
        .order_by(OrderOffer.until)
    )
    return [(row.until, row.standing) for row in rows]


def told(student: Student) -> list[tuple[str, date | None]]:
    rows = db.session.execute(
        select(Notice.about, Notice.day)
        .where(Notice.student_id == student.id, Notice.kind == NoticeKind.MAY_ORDER)
        .order_by(Notice.about)
    )
    return [(row.about, row.day) for row in rows]


def confirm(student: Student, until: date, at: datetime | None = None) -> CardExtension:
    """The office extends through its use case."""
    basis = "zarządzenie próbne"
    office = make_office().id
    return extend(student.id, until, POLICY, actor=office, at=at or clock.now(), legal_basis=basis)


def collected(student: Student) -> Order:
    """The student's document, as if the card had been added."""
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = OrderStatus.COLLECTED, AtMinistry.PRESENT
    with transaction():
        note_change(student.id)
    return db.session.get_one(Order, key)


def undo(student: Student) -> None:
    db.session.rollback()
    latest = db.session.scalars(
        select(CardExtension.id)
        .where(CardExtension.student_id == student.id, CardExtension.undone_at.is_(None))
        .order_by(CardExtension.until.desc())
    ).first()
    assert latest is not None
    undo_extension(latest, POLICY, actor=make_office().id, reason="pomyłka", at=clock.now())


def test_who_may_order_is_told_once_and_asked_about_no_more() -> None:
    student, until = make_student(), proposed_until(clock.today(), POLICY)

    assert [find(), find()] == [1, 0]

    assert offers(student) == [(until, StandingOrder.NONE)]
    assert told(student) == [(until.isoformat(), until)]
    assert find_offers(POLICY, at=clock.now()) == {"checked": 0, "offered": 0}


def test_who_may_not_order_is_asked_about_again_only_when_something_changes() -> None:
    student = make_student(extended_until=None)

    assert find_offers(POLICY, at=clock.now()) == {"checked": 1, "offered": 0}
    assert find_offers(POLICY, at=clock.now()) == {"checked": 0, "offered": 0}
    confirm(student, proposed_until(clock.today(), POLICY))
    assert find_offers(POLICY, at=clock.now()) == {"checked": 1, "offered": 1}


def test_the_student_sees_the_news_and_the_check_itself_is_no_change() -> None:
    student, idle = make_student(), make_student(extended_until=None)

    find()

    db.session.rollback()
    assert db.session.get_one(Student, student.id).revision == 2
    assert db.session.get_one(Student, idle.id).revision == 1


def test_an_extension_over_a_document_opens_the_next_period() -> None:
    student = make_student()
    document = collected(student)
    find()
    assert told(student) == []
    later = document.planned_valid_until + timedelta(days=200)

    confirm(student, later)

    assert find() == 1
    assert told(student) == [(later.isoformat(), later)]


@pytest.mark.parametrize("how", ["cancelled", "error", "codes_expired", "office_revoked"])
def test_a_period_that_ended_badly_is_no_news_and_nothing_is_ordered_for_it(how: str) -> None:
    student = make_student()
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    if how == "cancelled":
        cancel(key, student.id, actor="test", at=clock.now())
    elif how == "office_revoked":
        revoke(key, EndReason.OFFICE_REVOKED, actor="test", at=clock.now())
    else:
        with transaction() as session:
            order = session.get_one(Order, key)
            order.status, order.at_ministry = OrderStatus(how), AtMinistry.GONE
            order.end_reason = EndReason.MINISTRY_REFUSED

    assert find(EVERYBODY) == 0

    assert [standing for _, standing in offers(student)] == [StandingOrder.NONE]
    assert told(student) == []


def test_where_everybodys_card_is_ordered_it_waits_from_the_extension_on() -> None:
    student = make_student(extended_until=None)
    at = clock.now()
    confirm(student, proposed_until(clock.today(), POLICY), at=at)

    find(EVERYBODY)

    assert told(student) == []
    offer = db.session.scalars(select(OrderOffer).where(OrderOffer.student_id == student.id)).one()
    assert offer.standing is StandingOrder.WAITING
    assert offer.standing_due_at == at + timedelta(minutes=15)


def test_the_students_switch_decides_where_the_university_leaves_the_choice() -> None:
    with_switch, without = make_student(), make_student()
    with transaction() as session:
        session.get_one(Student, with_switch.id).standing_order = True

    find()

    assert [standing for _, standing in offers(with_switch)] == [StandingOrder.WAITING]
    assert [standing for _, standing in offers(without)] == [StandingOrder.NONE]


def test_who_rests_on_the_cards_own_date_is_ordered_for_at_once() -> None:
    student = make_student(extended_until=None, first_valid_until=clock.today() + timedelta(days=60))
    at = clock.now()

    find(EVERYBODY, at=at)

    offer = db.session.scalars(select(OrderOffer).where(OrderOffer.student_id == student.id)).one()
    assert (offer.extension_id, offer.standing_due_at) == (None, at)


def test_an_undone_extension_lets_the_next_one_begin_anew() -> None:
    until = proposed_until(clock.today(), POLICY)
    student = make_student(extended_until=None)
    confirm(student, until)
    find(EVERYBODY)
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    undo(student)
    assert db.session.get_one(Order, key).end_reason is EndReason.EXTENSION_UNDONE
    find(EVERYBODY)

    again = confirm(student, until).id
    find(EVERYBODY)

    offer = db.session.scalars(select(OrderOffer).where(OrderOffer.student_id == student.id)).one()
    assert (offer.extension_id, offer.standing, offer.order_id) == (again, StandingOrder.WAITING, None)
    assert told(student) == []


def test_an_undone_extension_does_not_bring_back_what_the_student_cancelled() -> None:
    until = proposed_until(clock.today(), POLICY)
    student = make_student(extended_until=None)
    confirm(student, until)
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    cancel(key, student.id, actor="test", at=clock.now())
    undo(student)
    confirm(student, until)

    find(EVERYBODY)

    assert offers(student) == [(until, StandingOrder.NONE)]


def test_a_day_that_comes_opens_the_last_days_for_renewal() -> None:
    policy = replace(POLICY, renewal=Renewal.LAST_DAYS, renewal_days=10)
    student = make_student()
    document = collected(student)
    extended(student, document.planned_valid_until + timedelta(days=200))
    opens = document.planned_valid_until - timedelta(days=10)

    assert find(policy) == 0
    assert find(policy, at=clock.end_of(opens - timedelta(days=2))) == 0
    assert find(policy, at=clock.end_of(opens - timedelta(days=1))) == 1


def test_where_the_document_has_to_be_cancelled_first_nothing_is_found_before() -> None:
    policy = replace(POLICY, renewal=Renewal.AFTER_CANCELLING, standing_orders=StandingOrders.ALL)
    student = make_student()
    document = collected(student)
    confirm(student, document.planned_valid_until + timedelta(days=200))
    assert find(policy) == 0

    cancel(document.id, student.id, actor="test", at=clock.now())

    assert find(policy) == 1
    assert [standing for _, standing in offers(student)] == [StandingOrder.WAITING]


def test_studies_that_begin_open_the_order_on_their_day() -> None:
    first_day = clock.today() + timedelta(days=3)
    student = make_student(begins_on=first_day, status_since=clock.today(), oath_approved_on=clock.today())
    assert find() == 0
    assert find(at=clock.end_of(first_day - timedelta(days=1))) == 1
    assert len(told(student)) == 1


def test_a_student_changed_while_being_asked_about_is_asked_about_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    student = make_student()
    look = order_offers._due
    undone: list[bool] = []

    def undo_meanwhile(*arguments: object) -> dict[str, datetime]:
        if not undone:
            undone.append(True)
            undo(student)
        return look(*arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(order_offers, "_due", undo_meanwhile)

    assert find(EVERYBODY) == 0
    assert (offers(student), told(student)) == ([], [])


def test_two_processes_that_find_the_same_student_tell_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    student = make_student()
    known = make_student()
    key = place_order(known.id, POLICY, actor="test", at=clock.now()).id
    cancel(key, known.id, actor="test", at=clock.now())
    look = order_offers._due
    others: list[bool] = []

    def another_was_faster(*arguments: object) -> dict[str, datetime]:
        if not others:
            others.append(True)
            find()
        return look(*arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(order_offers, "_due", another_was_faster)

    find()

    assert (len(offers(student)), len(told(student))) == (1, 1)
    assert (len(offers(known)), len(told(known))) == (1, 0)


def test_many_students_are_asked_about_in_chunks_and_a_run_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order_offers, "AT_ONCE", 3)
    for _ in range(8):
        make_student()

    assert find_offers(POLICY, at=clock.now(), most=6) == {"checked": 6, "offered": 6}
    assert find_offers(POLICY, at=clock.now()) == {"checked": 2, "offered": 2}


def test_nobody_who_needs_no_question_is_read_to_find_that_out() -> None:
    for _ in range(3):
        make_student()
    find()
    with watched_plans() as plans:
        find()
    assert plans.statements >= 2
    assert plans.whole_tables == set()


def test_what_was_found_long_ago_is_kept_when_the_days_go_by() -> None:
    student = make_student()
    find()
    with transaction() as session:
        session.execute(update(Student).values(offer_checked_on=clock.today() - timedelta(days=1)))

    assert find_offers(POLICY, at=clock.now()) == {"checked": 1, "offered": 0}
    assert len(offers(student)) == 1
