from datetime import datetime, timedelta

import pytest

from portal.clock import OFFICE_ZONE, end_of
from portal.demo.orders import AtSandbox, DemoOrder, NotAllowedThen, place
from portal.demo.people import ordinary_student
from portal.demo.student import DemoStudent
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import MoveForbidden, OrderStatus
from portal.rules.policy import Basis, Policy
from portal.rules.reasons import EndReason

POLICY = Policy(basis=Basis.ELS)
AT = datetime(2026, 11, 20, 12, tzinfo=OFFICE_ZONE)
PLACED = AT - timedelta(days=3)


@pytest.fixture
def student() -> DemoStudent:
    return ordinary_student(101, AT, POLICY)


@pytest.fixture
def ready(student: DemoStudent) -> DemoOrder:
    return place(student, PLACED, POLICY).made_ready()


def test_an_order_the_rules_would_have_refused_is_not_placed(student: DemoStudent) -> None:
    document = place(student, PLACED, POLICY).made_ready().collected(AT)
    with pytest.raises(NotAllowedThen):
        place(student, AT, POLICY, sequence=2, document=document)
    with pytest.raises(NotAllowedThen):
        place(student, student.confirmations[0].at - timedelta(days=700), POLICY)


def test_an_order_takes_only_moves_that_the_law_allows(ready: DemoOrder) -> None:
    with pytest.raises(MoveForbidden):
        ready.expired()
    with pytest.raises(MoveForbidden):
        ready.cancelled(AT).revoked(AT)


def test_an_orders_life_runs_forward(ready: DemoOrder) -> None:
    with pytest.raises(AssertionError):
        ready.collected(PLACED)


def test_codes_live_until_their_time_or_the_end_of_validity(student: DemoStudent, ready: DemoOrder) -> None:
    ready_at = ready.reached(OrderStatus.READY)
    assert ready_at is not None
    assert ready.codes_expire_at == ready_at + timedelta(days=POLICY.codes_lifetime_days)
    patient = Policy(basis=Basis.ELS, codes_lifetime_days=400)
    assert place(student, PLACED, patient).made_ready().codes_expire_at == end_of(ready.valid_until)


def test_what_ended_leaves_nothing_to_do_at_the_ministry(student: DemoStudent, ready: DemoOrder) -> None:
    placed = place(student, PLACED, POLICY)
    document = ready.collected(AT)
    ended = [
        placed.cancelled(AT),
        placed.refused("photo_rejected"),
        ready.cancelled(AT),
        ready.lapsed(),
        document.superseded(AT),
        document.revoked(AT),
        document.expired(),
    ]
    assert {next_step(order.status, order.at_ministry) for order in ended} == {Step.NOTHING}
    assert all(order.end_reason is not None for order in ended)


def test_an_order_cancelled_before_it_was_sent_is_unknown_to_the_sandbox(student: DemoStudent) -> None:
    order = place(student, PLACED, POLICY).cancelled(AT)
    assert (order.at_sandbox, order.at_ministry) == (None, AtMinistry.ABSENT)
    assert order.end_reason is EndReason.STUDENT_CANCELLED


def test_codes_nobody_used_are_withdrawn(ready: DemoOrder) -> None:
    order = ready.lapsed()
    assert (order.status, order.at_sandbox) == (OrderStatus.CODES_EXPIRED, AtSandbox.WITHDRAWN)
    assert order.at_ministry is AtMinistry.GONE


def test_keys_are_the_same_at_every_filling(student: DemoStudent) -> None:
    first, again = place(student, PLACED, POLICY), place(student, PLACED + timedelta(hours=5), POLICY)
    assert first.id == again.id
    assert first.id != place(student, PLACED, POLICY, sequence=2).id
