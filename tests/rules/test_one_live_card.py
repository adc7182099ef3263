"""Never two live cards and nothing lost: every interleaving of a student, two workers and a few faults.

The walk uses the portal's own tables of steps and moves. Each law it leans on is broken once, as a control: a walk
that finds nothing even then would prove nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OPEN, OrderStatus
from tests.rules.two_workers import Card, Laws, World, everything_next, reachable, workers_next

KEPT = Laws()


@cache
def _worlds(laws: Laws) -> dict[World, list[World]]:
    # One fault is enough to show what a broken law costs.
    start = World(faults=2 if laws == KEPT else 1)
    return reachable(start, lambda world: everything_next(world, laws))


def _with_two_live_cards(laws: Laws) -> list[World]:
    return [world for world in _worlds(laws) if world.cards.count(Card.LIVE) > 1]


def _with_a_forgotten_card(laws: Laws) -> list[World]:
    """A card is live and the database says that nothing is there: nobody would ever withdraw it."""
    return [
        world
        for world in _worlds(laws)
        for order, card in zip(world.orders, world.cards, strict=True)
        if card is Card.LIVE and order.there in {AtMinistry.ABSENT, AtMinistry.GONE}
    ]


def test_walk_meets_every_state_it_is_about() -> None:
    worlds = _worlds(KEPT)
    statuses = {order.status for world in worlds for order in world.orders}
    assert statuses == {*OPEN, OrderStatus.CANCELLED}
    assert {next_step(order.status, order.there) for world in worlds for order in world.orders} >= {
        Step.SUBMIT,
        Step.LOOK_UP,
        Step.WITHDRAW,
        Step.NOTHING,
    }
    assert {world.faults for world in worlds} == {0, 1, 2}
    assert len(worlds) > 10_000


def test_student_never_has_two_live_cards() -> None:
    assert _with_two_live_cards(KEPT) == []


def test_no_card_is_live_behind_the_databases_back() -> None:
    assert _with_a_forgotten_card(KEPT) == []


def test_order_shown_ready_has_its_card() -> None:
    for world in _worlds(KEPT):
        for order, card in zip(world.orders, world.cards, strict=True):
            assert order.status is not OrderStatus.READY or card is Card.LIVE


def test_from_everywhere_the_workers_alone_bring_every_order_to_its_end() -> None:
    assert _never_ending(KEPT) == set()


@pytest.mark.parametrize(
    "broken",
    [replace(KEPT, waits_for_withdrawal=False), replace(KEPT, withdrawal_is_sticky=False)],
    ids=["sent while another waits to be withdrawn", "a withdrawn key is issued again"],
)
def test_without_either_rule_two_cards_would_live(broken: Laws) -> None:
    assert _with_two_live_cards(broken)


def test_without_writing_uncertain_before_sending_a_card_would_be_forgotten() -> None:
    assert _with_a_forgotten_card(replace(KEPT, uncertain_before_sending=False))


def test_without_keeping_late_facts_an_order_would_be_left_in_progress_for_ever() -> None:
    assert _never_ending(replace(KEPT, late_facts_are_kept=False))


def _never_ending(laws: Laws) -> set[World]:
    """The states from which the workers, left in peace, cannot bring everything to its end."""
    backwards: dict[World, list[World]] = {}
    for world in _worlds(laws):
        for following in workers_next(world, laws):
            backwards.setdefault(following, []).append(world)
    frontier = [world for world in _worlds(laws) if _is_finished(world)]
    ending = set(frontier)
    while frontier:
        fresh = set(backwards.get(frontier.pop(), ())) - ending
        ending |= fresh
        frontier += fresh
    return set(_worlds(laws)) - ending


def _is_finished(world: World) -> bool:
    """Nobody works, what was cancelled is gone, and what was not is ready."""
    return not any(world.workers) and all(_ended_well(world))


def _ended_well(world: World) -> Iterator[bool]:
    for order, card in zip(world.orders, world.cards, strict=True):
        if order.status is OrderStatus.CANCELLED:
            yield card is not Card.LIVE and next_step(order.status, order.there) is Step.NOTHING
        else:
            yield order.status is OrderStatus.READY and card is Card.LIVE
