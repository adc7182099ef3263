"""Which periods a student knows, and when the portal orders by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.rules.policy import StandingOrders
from portal.rules.reasons import EndReason
from portal.rules.renewal import PastOrder, is_known_period, orders_by_itself, standing_order_due
from tests.rules.facts import ELS, SUMMER_END, WINTER_END

NOON = datetime(2025, 11, 20, 11, tzinfo=UTC)


@pytest.mark.parametrize("end", [None, *(set(EndReason) - {EndReason.EXTENSION_UNDONE})])
def test_whoever_ordered_for_a_period_knows_it_however_that_ended(end: EndReason | None) -> None:
    assert is_known_period(WINTER_END, [PastOrder(WINTER_END, end)])


def test_an_order_for_a_later_period_makes_the_earlier_known_and_not_the_other_way_round() -> None:
    assert is_known_period(WINTER_END, [PastOrder(SUMMER_END, None)])
    assert not is_known_period(SUMMER_END, [PastOrder(WINTER_END, None)])
    assert not is_known_period(WINTER_END, [])


def test_an_order_revoked_with_its_extension_does_not_count() -> None:
    undone = PastOrder(WINTER_END, EndReason.EXTENSION_UNDONE)
    assert not is_known_period(WINTER_END, [undone])
    assert is_known_period(WINTER_END, [undone, PastOrder(WINTER_END, EndReason.STUDENT_CANCELLED)])


@pytest.mark.parametrize(
    ("setting", "switched_off", "switched_on"),
    [
        (StandingOrders.OFF, False, False),
        (StandingOrders.STUDENT, False, True),
        (StandingOrders.ALL, True, True),
    ],
)
def test_the_university_decides_whether_the_switch_counts(
    setting: StandingOrders, switched_off: bool, switched_on: bool
) -> None:
    policy = replace(ELS, standing_orders=setting)
    assert orders_by_itself(policy, wanted=False) is switched_off
    assert orders_by_itself(policy, wanted=True) is switched_on


def test_a_standing_order_waits_from_the_extension_on_and_else_not_at_all() -> None:
    policy = replace(ELS, standing_order_delay_minutes=20)
    extended_at = NOON - timedelta(minutes=5)
    assert standing_order_due(extended_at, NOON, policy) == NOON + timedelta(minutes=15)
    assert standing_order_due(None, NOON, policy) == NOON


def test_days_are_compared_as_days() -> None:
    assert not is_known_period(date(2026, 4, 1), [PastOrder(date(2026, 3, 31), None)])
