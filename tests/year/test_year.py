"""From October to October under every variant of the policy: everybody ends as the office's rules say.

Real use cases, real job functions, the real connector and the sandbox; only the calendar moves. The promises about
orders are checked three times a day.
"""

import itertools
from collections.abc import Callable, Mapping
from enum import StrEnum

import pytest
from sqlalchemy import false

from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, EndAfterRemoval, ReceiptFrom, Renewal, StandingOrders
from portal.services import claims
from tests.year.life import Life
from tests.year.schedule import PEOPLE
from tests.year.variants import EVERYWHERE, OUTCOMES, POLICIES

Begin = Callable[..., Life]
CHOICES: Mapping[str, type[StrEnum]] = {
    "basis": Basis,
    "renewal": Renewal,
    "end_after_removal": EndAfterRemoval,
    "receipt_from": ReceiptFrom,
    "standing_orders": StandingOrders,
}


@pytest.mark.parametrize("variant", POLICIES, indirect=True)
def test_a_year_ends_for_everybody_as_the_rules_say(variant: str, begin: Begin) -> None:
    life = begin()
    assert life.live_until(10, 31) == []
    assert life.outcomes() == {**EVERYWHERE, **OUTCOMES[variant]}
    assert life.unfinished() == []
    if life.policy.receipt_from is ReceiptFrom.MINISTRY:
        holders = {who for who, outcome in life.outcomes().items() if " collected " in outcome}
        assert life.live_cards() == holders
    # The day after the last day of validity nobody holds anything.
    assert life.live_until(11, 1) == []
    statuses = {status for (status,) in db.session.execute(db.select(Order.status))}
    assert not statuses & {OrderStatus.COLLECTED, OrderStatus.WAITING, OrderStatus.READY}
    assert life.live_cards() == set()


def test_every_pair_of_choices_is_lived_through() -> None:
    for one, other in itertools.combinations(CHOICES, 2):
        lived = {(getattr(policy, one), getattr(policy, other)) for policy in POLICIES.values()}
        assert lived == set(itertools.product(CHOICES[one], CHOICES[other]))


def test_everybody_s_end_is_written_down_for_every_variant() -> None:
    assert OUTCOMES.keys() == POLICIES.keys()
    for outcomes in OUTCOMES.values():
        assert EVERYWHERE.keys() | outcomes.keys() == PEOPLE.keys()


# Red controls: a year that goes wrong must not pass.


def test_a_year_without_the_jobs_that_end_things_ends_otherwise(begin: Begin) -> None:
    life = begin(without=["expire_codes", "expire_cards", "revoke_cards"])
    broken = life.live_until(4, 2)
    assert any("is shown ready and has no card" in fault for fault in broken)
    found = life.outcomes()
    wrong = {
        "never comes again": "2.10 collected 3.10",
        "is removed": "2.10 collected 3.10",
        "confirms late": "2.10 ready 2.10",
    }
    assert {who: found[who] for who in wrong} == wrong


def test_orders_sent_before_the_withdrawal_break_a_promise(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "behind_a_withdrawal", false)
    life = begin(without=["deliver_withdrawals"])
    assert any("has 2 live cards" in fault for fault in life.live_until(10, 11))
