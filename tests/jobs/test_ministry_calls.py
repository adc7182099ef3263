"""The loop: claim, call, record; against the sandbox over HTTP."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.ministry_calls import Attempt, MinistryHealth
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, Policy, ReceiptFrom
from portal.rules.reasons import EndReason
from portal.services.claims import Terms, application_of, claim_due, settle_unavailable
from portal.services.ministry_reports import record_accepted
from portal.services.ordering import cancel
from tests.jobs.conftest import Office
from tests.people import POLICY, extend, make_student


def codes_of(order: Order) -> tuple[str, str]:
    assert order.qr_payload is not None
    assert order.activation_code is not None
    return order.qr_payload, order.activation_code


def let_codes_expire(order_id: str) -> None:
    with transaction() as session:
        session.execute(
            update(Order)
            .where(Order.id == order_id)
            .values(codes_expire_at=clock.now() - timedelta(seconds=1), due_at=clock.real_now())
        )


def collected(office: Office, student: Student) -> str:
    """The student's order taken all the way to the phone."""
    order_id = office.order(student)
    office.run("forward_orders", "refresh_orders")
    assert office.sandbox.redeem(*codes_of(office.look(order_id)))[0] == 200
    office.make_due()
    office.run("refresh_orders")
    assert office.look(order_id).status is OrderStatus.COLLECTED
    return order_id


def test_an_order_goes_from_waiting_to_collected(office: Office) -> None:
    student = make_student()
    order_id = office.order(student)

    office.run("forward_orders")
    office.run("refresh_orders")
    ready = office.look(order_id)
    assert ready.status is OrderStatus.READY
    assert len(codes_of(ready)[0]) == 32

    status, _card = office.sandbox.redeem(*codes_of(ready))
    assert status == 200
    office.make_due()
    office.run("refresh_orders")

    document = office.look(order_id)
    assert document.status is OrderStatus.COLLECTED
    assert document.card_number
    assert document.card_issued_on is not None
    assert (document.qr_payload, document.activation_code) == (None, None)
    assert len(office.sandbox.live_cards(student.album_number)) == 1


def test_a_processing_request_is_in_progress_until_it_is_done(office: Office) -> None:
    office.sandbox.control(processing_seconds=3600)
    order_id = office.order(make_student())

    office.run("forward_orders", "refresh_orders")

    assert office.look(order_id).status is OrderStatus.IN_PROGRESS
    assert office.look(order_id).due_at > clock.real_now()


def test_an_outage_delays_the_order_and_nothing_else(office: Office) -> None:
    office.sandbox.control(mode="down")
    order_id = office.order(make_student())

    office.run("forward_orders")
    waiting = office.look(order_id)
    assert (waiting.status, waiting.at_ministry) == (OrderStatus.WAITING, AtMinistry.ABSENT)
    assert waiting.failures == 0
    assert db.session.get_one(MinistryHealth, 1).down_since is not None

    office.sandbox.control(mode="ok")
    office.make_due()
    office.run("forward_orders", "refresh_orders")
    assert office.look(order_id).status is OrderStatus.READY
    assert db.session.get_one(MinistryHealth, 1).down_since is None


def test_in_an_outage_many_waiting_orders_cost_one_probe_per_interval(office: Office) -> None:
    keys = {office.order(make_student()) for _ in range(12)}

    def calls() -> int:
        return len([call for call in office.sandbox.calls("submit") if call["key"] in keys])

    office.sandbox.control(mode="down")
    office.run("forward_orders")
    before = calls()
    assert 1 <= before <= 4, "no more than were under way when the outage was noticed"

    for _ in range(5):
        office.run("forward_orders")
    assert calls() == before

    office.make_due()
    for _ in range(5):
        office.run("forward_orders")
    assert calls() == before + 1


def test_a_lost_answer_is_uncertain_and_the_same_key_makes_no_second_card(office: Office) -> None:
    student = make_student()
    office.sandbox.control(mode="lose_answers")
    order_id = office.order(student)
    office.run("forward_orders")
    assert office.look(order_id).at_ministry is AtMinistry.UNCERTAIN
    assert office.look(order_id).failures == 1

    office.sandbox.control(mode="ok")
    office.make_due()
    office.run("forward_orders", "refresh_orders")

    assert office.look(order_id).status is OrderStatus.READY
    assert len(office.sandbox.live_cards(student.album_number)) == 1
    attempts = db.session.scalars(select(Attempt).where(Attempt.order_id == order_id)).all()
    assert [attempt.outcome is not None for attempt in attempts] == [True, True]


@pytest.mark.parametrize("mode", ["nonsense", "http_500"])
def test_senseless_answers_lose_nothing(office: Office, mode: str) -> None:
    student = make_student()
    order_id = office.order(student)
    office.sandbox.control(mode=mode)
    for _ in range(4):
        office.run("forward_orders", "refresh_orders")
        office.make_due()

    office.sandbox.control(mode="ok")
    office.make_due()
    office.run("forward_orders", "refresh_orders")

    assert office.look(order_id).status is OrderStatus.READY
    assert len(office.sandbox.live_cards(student.album_number)) == 1


def test_a_refusal_ends_the_order_as_an_error_with_the_ministrys_code(office: Office) -> None:
    student = make_student()
    office.sandbox.control(mode="refuse")
    order_id = office.order(student)

    office.run("forward_orders", "refresh_orders")

    order = office.look(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.ERROR, EndReason.MINISTRY_REFUSED)
    assert order.refusal_code
    assert office.sandbox.live_cards(student.album_number) == []


def test_conditions_unmet_just_before_sending_revoke_the_order_without_a_call(office: Office) -> None:
    student = make_student()
    order_id = office.order(student)
    with transaction() as session:
        session.get_one(Student, student.id).photo_sha256 = None

    office.run("forward_orders")

    order = office.look(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.REVOKED, EndReason.CONDITIONS_UNMET)
    assert order.at_ministry is AtMinistry.ABSENT
    assert not [call for call in office.sandbox.calls("submit") if call["key"] == order_id]


def test_an_order_cancelled_before_sending_makes_no_call(office: Office) -> None:
    student = make_student()
    order_id = office.order(student)
    cancel(order_id, student.id, actor="test", at=clock.now())

    office.run()

    assert not [call for call in office.sandbox.ledger()["requests"] if call["key"] == order_id]


def test_an_order_cancelled_after_sending_is_withdrawn_once(office: Office) -> None:
    student = make_student()
    order_id = office.order(student)
    office.run("forward_orders", "refresh_orders")
    codes = codes_of(office.look(order_id))
    cancel(order_id, student.id, actor="test", at=clock.now())

    office.run("deliver_withdrawals")
    office.run("deliver_withdrawals")

    assert office.look(order_id).at_ministry is AtMinistry.GONE
    assert office.sandbox.live_cards(student.album_number) == []
    assert office.sandbox.redeem(*codes)[0] == 404
    assert len([call for call in office.sandbox.calls("withdraw") if call["key"] == order_id]) == 1


def test_a_new_order_waits_until_the_earlier_one_is_withdrawn(office: Office) -> None:
    student = make_student()
    first = office.order(student)
    office.run("forward_orders", "refresh_orders")
    cancel(first, student.id, actor="test", at=clock.now())
    second = office.order(student)

    office.run("forward_orders")
    assert office.look(second).status is OrderStatus.WAITING

    office.run("deliver_withdrawals", "forward_orders", "refresh_orders")
    assert office.look(second).status is OrderStatus.READY
    assert len(office.sandbox.live_cards(student.album_number)) == 1


def test_a_renewal_supersedes_the_old_document_when_it_is_collected(office: Office) -> None:
    student = make_student()
    old = collected(office, student)
    extend(student, office.look(old).planned_valid_until + timedelta(days=150))

    new = collected(office, student)

    assert office.look(old).status is OrderStatus.SUPERSEDED
    assert office.look(old).at_ministry is AtMinistry.KEPT
    assert office.look(new).status is OrderStatus.COLLECTED


def test_codes_nobody_used_expire_after_a_look_up_and_are_withdrawn(office: Office) -> None:
    student = make_student()
    order_id = office.order(student)
    office.run("forward_orders", "refresh_orders")
    codes = codes_of(office.look(order_id))
    let_codes_expire(order_id)

    office.run("refresh_orders")
    assert office.look(order_id).status is OrderStatus.READY, "that is for expire_codes"
    office.run("expire_codes", "deliver_withdrawals")

    order = office.look(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.CODES_EXPIRED, EndReason.CODES_NOT_USED)
    assert order.at_ministry is AtMinistry.GONE
    assert office.sandbox.redeem(*codes)[0] == 404


def test_codes_used_in_the_last_moment_become_a_document_not_an_expiry(office: Office) -> None:
    order_id = office.order(make_student())
    office.run("forward_orders", "refresh_orders")
    assert office.sandbox.redeem(*codes_of(office.look(order_id)))[0] == 200
    let_codes_expire(order_id)

    office.run("expire_codes")

    assert office.look(order_id).status is OrderStatus.COLLECTED


def test_expired_codes_wait_while_the_ministry_is_silent(office: Office) -> None:
    order_id = office.order(make_student())
    office.run("forward_orders", "refresh_orders")
    let_codes_expire(order_id)
    office.sandbox.control(mode="down")

    office.run("expire_codes")

    assert office.look(order_id).status is OrderStatus.READY


def test_where_receipt_is_the_students_word_expired_codes_are_not_withdrawn(office: Office) -> None:
    policy = Policy(basis=Basis.ELS, receipt_from=ReceiptFrom.STUDENT)
    by_word = Office(office.calls._app, office.sandbox, policy)
    order_id = office.order(make_student())
    by_word.run("forward_orders", "refresh_orders")
    let_codes_expire(order_id)

    by_word.run("expire_codes", "deliver_withdrawals")

    order = office.look(order_id)
    assert (order.status, order.at_ministry) == (OrderStatus.CODES_EXPIRED, AtMinistry.KEPT)
    by_word.ministry.close()


def test_an_order_whose_validity_passed_before_codes_came_ends_as_an_error(office: Office) -> None:
    student = make_student()
    office.sandbox.control(processing_seconds=3600)
    order_id = office.order(student)
    office.run("forward_orders")
    clock.move_to(timedelta(days=400))

    office.run("expire_codes", "deliver_withdrawals")

    order = office.look(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.ERROR, EndReason.DEADLINE_PASSED)
    assert order.at_ministry is AtMinistry.GONE


def test_a_request_the_ministry_forgot_is_sent_again_under_the_same_key(office: Office) -> None:
    office.sandbox.control(processing_seconds=3600)
    student = make_student()
    order_id = office.order(student)
    with transaction() as session:
        session.execute(
            update(Order)
            .where(Order.id == order_id)
            .values(status=OrderStatus.IN_PROGRESS, at_ministry=AtMinistry.PRESENT)
        )

    office.run("refresh_orders")
    assert office.look(order_id).status is OrderStatus.WAITING
    office.run("forward_orders")

    assert office.look(order_id).status is OrderStatus.IN_PROGRESS


def test_an_acceptance_learned_late_survives_the_next_workers_failed_call(office: Office) -> None:
    """Two workers, one order: the first one's answer arrives while the second one's call fails."""
    office.sandbox.control(processing_seconds=3600)
    order_id = office.order(make_student())
    terms = Terms(policy=POLICY, repeatable=True, lease=0.01, probe_interval=30)
    (first,) = claim_due(Step.SUBMIT, terms, limit=1)
    report = office.ministry.submit(order_id, application_of(order_id))
    time.sleep(0.02)
    (second,) = claim_due(Step.SUBMIT, terms, limit=1)
    record_accepted(first, report, POLICY, actor="forward_orders")

    settle_unavailable([second], terms, reason="http_503", retry_after=None, alarm=False)

    order = office.look(order_id)
    assert (order.status, order.at_ministry) == (OrderStatus.IN_PROGRESS, AtMinistry.PRESENT)
