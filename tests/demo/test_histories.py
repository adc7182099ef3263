from collections import Counter
from datetime import datetime, timedelta

import pytest

from portal.clock import OFFICE_ZONE, day_of
from portal.demo.fates import generated_students
from portal.demo.histories import past_orders
from portal.demo.orders import AtSandbox, DemoOrder
from portal.rules.next_step import Step, next_step
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Basis, EndAfterRemoval, Policy
from portal.rules.validity import has_entitlement

POLICY = Policy(basis=Basis.ELS)
MOMENTS = [
    datetime(2026, 10, 1, 0, 5, tzinfo=OFFICE_ZONE) + timedelta(days=days) for days in range(0, 366, 61)
]
Histories = dict[str, list[DemoOrder]]


@pytest.fixture(scope="module", params=MOMENTS, ids=str)
def moment_and_histories(request: pytest.FixtureRequest) -> tuple[datetime, Histories]:
    return request.param, _histories(request.param, POLICY)


def _histories(at: datetime, policy: Policy) -> Histories:
    return {one.user_name: past_orders(one, at, policy) for one in generated_students(at, policy)}


def test_lists_show_orders_of_many_kinds(moment_and_histories: tuple[datetime, Histories]) -> None:
    _, histories = moment_and_histories
    count = Counter(order.status for orders in histories.values() for order in orders)
    assert count[OrderStatus.COLLECTED] >= 20
    assert count[OrderStatus.READY] >= 3
    assert {OrderStatus.CANCELLED, OrderStatus.ERROR, OrderStatus.CODES_EXPIRED} <= set(count)
    assert {OrderStatus.REVOKED, OrderStatus.SUPERSEDED} <= set(count)


def test_nobody_has_two_open_orders_or_two_documents(
    moment_and_histories: tuple[datetime, Histories],
) -> None:
    _, histories = moment_and_histories
    for orders in histories.values():
        assert sum(order.status in OPEN for order in orders) <= 1
        assert sum(order.status is OrderStatus.COLLECTED for order in orders) <= 1
        assert len({order.id for order in orders}) == len(orders)


def test_only_codes_that_wait_leave_the_jobs_anything_to_do(
    moment_and_histories: tuple[datetime, Histories],
) -> None:
    at, histories = moment_and_histories
    for order in (order for orders in histories.values() for order in orders):
        step = next_step(order.status, order.at_ministry)
        assert step is (Step.LOOK_UP if order.status is OrderStatus.READY else Step.NOTHING)
        if order.status is OrderStatus.READY:
            assert order.codes_expire_at is not None
            assert order.codes_expire_at > at - timedelta(days=1)


def test_every_life_ran_forward_and_ended_before_now(
    moment_and_histories: tuple[datetime, Histories],
) -> None:
    at, histories = moment_and_histories
    for order in (order for orders in histories.values() for order in orders):
        lived = [event.at for event in order.events]
        assert lived == sorted(lived)
        assert lived[-1] <= at


def test_nobody_who_lost_the_right_still_holds_a_document(
    moment_and_histories: tuple[datetime, Histories],
) -> None:
    at, histories = moment_and_histories
    for order in (order for orders in histories.values() for order in orders):
        if order.status in {OrderStatus.READY, OrderStatus.COLLECTED}:
            assert has_entitlement(order.student.facts(at), POLICY, day_of(at))


def test_the_ledger_gets_at_most_one_live_card_for_each_student(
    moment_and_histories: tuple[datetime, Histories],
) -> None:
    at, histories = moment_and_histories
    for orders in histories.values():
        live = [
            order
            for order in orders
            if order.at_sandbox in {AtSandbox.READY, AtSandbox.COLLECTED} and order.valid_until >= day_of(at)
        ]
        assert len(live) <= 1


def test_where_removal_takes_effect_a_month_later_fewer_documents_are_revoked() -> None:
    at, kind = MOMENTS[4], OrderStatus.REVOKED
    patient = Policy(basis=Basis.ELS, end_after_removal=EndAfterRemoval.MONTH_LATER)
    revoked = [
        sum(order.status is kind for orders in _histories(at, policy).values() for order in orders)
        for policy in (POLICY, patient)
    ]
    assert revoked[1] < revoked[0]
