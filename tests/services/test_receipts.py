"""The student's own word: „Potwierdź odbiór”, and the question after codes ran out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.notices import Notice
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy, ReceiptFrom
from portal.rules.reasons import EndReason
from portal.rules.validity import proposed_until
from portal.services.card_extensions import undo_extension
from portal.services.expiry import end_codes, expire_codes_by_clock, expire_documents
from portal.services.ordering import OrderUnknown, cancel, place_order, revoke
from portal.services.receipts import (
    ReceiptNotPossible,
    collect,
    confirm_receipt,
    deny_receipt,
    is_asked_about,
)
from tests.people import POLICY, extend, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")
BY_STUDENT = replace(POLICY, receipt_from=ReceiptFrom.STUDENT)


def ready_order(student: Student) -> str:
    """An order whose codes have come."""
    key = place_order(student.id, BY_STUDENT, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = OrderStatus.READY, AtMinistry.PRESENT
        order.qr_payload, order.activation_code = "0" * 32, "z8e+6Ys$"
        order.codes_expire_at = clock.now() + timedelta(days=30)
    return key


def expired_codes(student: Student) -> str:
    """An order whose codes ran out while only the student could say what became of them."""
    key = ready_order(student)
    expire_codes_by_clock(actor="expire_codes", at=clock.now() + timedelta(days=31))
    return key


def confirm(key: str, student: Student, policy: Policy = BY_STUDENT) -> Order:
    return confirm_receipt(key, student.id, policy, actor="student", at=clock.now())


def look(key: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, key, populate_existing=True)


def state(key: str) -> tuple[OrderStatus, AtMinistry]:
    order = look(key)
    return order.status, order.at_ministry


def test_a_student_who_has_the_card_makes_the_order_the_document_and_the_codes_are_erased() -> None:
    student = make_student()
    key = ready_order(student)
    revision = db.session.get_one(Student, student.id).revision

    confirm(key, student)

    order = look(key)
    assert (order.status, order.at_ministry) == (OrderStatus.COLLECTED, AtMinistry.PRESENT)
    assert (order.qr_payload_sealed, order.activation_code_sealed) == (None, None)
    assert order.collected_at is not None
    assert db.session.get_one(Student, student.id).revision == revision + 1


def test_saying_so_twice_changes_nothing_more() -> None:
    student = make_student()
    key = ready_order(student)
    confirm(key, student)
    version = look(key).version

    assert confirm(key, student).status is OrderStatus.COLLECTED
    assert look(key).version == version


def test_the_document_it_renews_is_superseded_first_and_left_alone() -> None:
    student = make_student()
    old = ready_order(student)
    confirm(old, student)
    extend(student, look(old).planned_valid_until + timedelta(days=200))
    new = ready_order(student)

    confirm(new, student)

    assert state(old) == (OrderStatus.SUPERSEDED, AtMinistry.KEPT)
    assert state(new)[0] is OrderStatus.COLLECTED


def test_a_superseded_document_is_withdrawn_where_the_university_wants_so() -> None:
    student = make_student()
    old = ready_order(student)
    confirm(old, student)
    extend(student, look(old).planned_valid_until + timedelta(days=200))
    new = ready_order(student)

    confirm(new, student, replace(BY_STUDENT, withdraw_superseded=True))

    assert next_step(*state(old)) is Step.WITHDRAW


def test_where_the_ministry_tells_of_receipt_the_students_word_is_not_asked_for() -> None:
    student = make_student()
    key = ready_order(student)

    with pytest.raises(ReceiptNotPossible):
        confirm(key, student, POLICY)
    assert state(key)[0] is OrderStatus.READY


def test_nobody_confirms_or_denies_for_somebody_else() -> None:
    key, expired = ready_order(make_student()), expired_codes(make_student())
    stranger = make_student()

    with pytest.raises(OrderUnknown):
        confirm(key, stranger)
    with pytest.raises(OrderUnknown):
        deny_receipt(expired, stranger.id, at=clock.now())


@pytest.mark.parametrize("after", ["cancelled", "revoked", "withdrawn"])
def test_a_stale_page_cannot_confirm_what_is_over(after: str) -> None:
    student = make_student()
    key = ready_order(student)
    if after == "cancelled":
        cancel(key, student.id, actor="student", at=clock.now())
    elif after == "revoked":
        revoke(key, EndReason.OFFICE_REVOKED, actor="office", at=clock.now())
    else:
        expire_codes_by_clock(actor="expire_codes", at=clock.now() + timedelta(days=31))
        deny_receipt(key, student.id, at=clock.now())
    before = state(key)

    with pytest.raises(ReceiptNotPossible) as refused:
        confirm(key, student)

    assert refused.value.status is before[0]
    assert state(key) == before


def test_an_order_without_codes_cannot_be_received() -> None:
    student = make_student()
    key = place_order(student.id, BY_STUDENT, actor="test", at=clock.now()).id
    with pytest.raises(ReceiptNotPossible):
        confirm(key, student)
    with pytest.raises(ReceiptNotPossible):
        deny_receipt(key, student.id, at=clock.now())


def test_expired_codes_are_left_alone_until_the_student_says_yes() -> None:
    student = make_student()
    key = expired_codes(student)
    assert state(key) == (OrderStatus.CODES_EXPIRED, AtMinistry.KEPT)
    assert is_asked_about(look(key), clock.today())

    confirm(key, student)

    assert state(key) == (OrderStatus.COLLECTED, AtMinistry.PRESENT)
    assert look(key).end_reason is None
    moves = db.session.scalars(
        select(OrderEvent.to_status).where(OrderEvent.order_id == key).order_by(OrderEvent.version)
    )
    assert list(moves)[-2:] == [OrderStatus.CODES_EXPIRED, OrderStatus.COLLECTED]


def test_saying_no_withdraws_the_request_once_and_ends_the_question() -> None:
    student = make_student()
    key = expired_codes(student)

    deny_receipt(key, student.id, at=clock.now())
    deny_receipt(key, student.id, at=clock.now())

    assert next_step(*state(key)) is Step.WITHDRAW
    assert not is_asked_about(look(key), clock.today())


def test_ordering_again_answers_the_question_with_no() -> None:
    student = make_student()
    key = expired_codes(student)

    place_order(student.id, BY_STUDENT, actor="student", at=clock.now())

    assert next_step(*state(key)) is Step.WITHDRAW
    with pytest.raises(ReceiptNotPossible):
        confirm(key, student)


def test_a_yes_after_the_last_valid_day_is_too_late() -> None:
    student = make_student()
    key = expired_codes(student)
    after = look(key).planned_valid_until + timedelta(days=2)

    with pytest.raises(ReceiptNotPossible):
        confirm_receipt(key, student.id, BY_STUDENT, actor="student", at=clock.end_of(after))


def test_confirming_and_the_end_of_the_codes_meet_in_one_truthful_state() -> None:
    first, second = make_student(), make_student()
    one, other = ready_order(first), ready_order(second)
    late = clock.now() + timedelta(days=31)

    confirm(one, first)
    expire_codes_by_clock(actor="expire_codes", at=late)
    confirm(other, second)

    assert state(one)[0] is state(other)[0] is OrderStatus.COLLECTED


def test_a_cancel_after_the_confirmation_withdraws_the_document() -> None:
    student = make_student()
    key = ready_order(student)
    confirm(key, student)

    cancel(key, student.id, actor="student", at=clock.now())

    assert next_step(*state(key)) is Step.WITHDRAW


def test_an_undone_extension_withdraws_expired_codes_that_rested_on_it() -> None:
    student = make_student(extended_until=None)
    extension = extend(student, proposed_until(clock.today(), POLICY))
    key = expired_codes(student)

    undo_extension(extension.id, BY_STUDENT, actor=make_office().id, reason="pomyłka", at=clock.now())

    assert state(key) == (OrderStatus.CODES_EXPIRED, AtMinistry.PRESENT)
    assert next_step(*state(key)) is Step.WITHDRAW


def test_expired_codes_that_rest_on_another_confirmation_wait_for_the_answer() -> None:
    student = make_student()
    key = expired_codes(student)
    later = extend(student, clock.today() + timedelta(days=400))

    undo_extension(later.id, BY_STUDENT, actor=make_office().id, reason="pomyłka", at=clock.now())

    assert state(key) == (OrderStatus.CODES_EXPIRED, AtMinistry.KEPT)


def test_the_ministrys_word_that_the_codes_ran_out_withdraws_them_at_once() -> None:
    student = make_student()
    key = ready_order(student)
    with transaction() as session:
        end_codes(session.get_one(Order, key), ask_student=False, actor="expire_codes", at=clock.now())
    assert next_step(*state(key)) is Step.WITHDRAW


def test_expired_codes_are_news_to_the_student() -> None:
    student = make_student()
    key = expired_codes(student)
    told = select(Notice.kind).where(Notice.student_id == student.id, Notice.about == key)
    assert NoticeKind.CODES_EXPIRED in set(db.session.scalars(told))


def test_what_the_ministry_says_about_the_card_is_kept() -> None:
    student = make_student()
    key = ready_order(student)
    with transaction() as session:
        order = session.get_one(Order, key)
        collect(
            order,
            POLICY,
            actor="refresh_orders",
            at=clock.now(),
            collected_at=clock.now() - timedelta(hours=1),
            card_number="ML-1",
            card_issued_on=clock.today(),
        )
    order = look(key)
    assert (order.card_number, order.card_issued_on) == ("ML-1", clock.today())
    assert order.collected_at is not None
    assert order.collected_at < order.status_since


def test_a_confirmed_document_expires_with_its_last_day() -> None:
    student = make_student()
    key = ready_order(student)
    confirm(key, student)
    until = look(key).planned_valid_until

    assert expire_documents(actor="expire_cards", at=clock.end_of(until) - timedelta(seconds=1)) == 0
    assert expire_documents(actor="expire_cards", at=clock.end_of(until)) == 1
    assert state(key) == (OrderStatus.EXPIRED, AtMinistry.PRESENT)
