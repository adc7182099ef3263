"""The states of an order and the moves between them."""

import itertools

import pytest

from portal.rules.order_status import CANCELLABLE, MOVES, OPEN, MoveForbidden, OrderStatus, check_move

S = OrderStatus
FINAL = {S.ERROR, S.CANCELLED, S.REVOKED, S.SUPERSEDED, S.EXPIRED}

# Once more, written down from the office's table by hand: the rules must not agree with themselves only.
ALLOWED = {
    (S.WAITING, S.IN_PROGRESS),
    (S.WAITING, S.READY),
    (S.WAITING, S.CANCELLED),
    (S.WAITING, S.REVOKED),
    (S.WAITING, S.ERROR),
    (S.IN_PROGRESS, S.READY),
    (S.IN_PROGRESS, S.ERROR),
    (S.IN_PROGRESS, S.CANCELLED),
    (S.IN_PROGRESS, S.REVOKED),
    (S.IN_PROGRESS, S.WAITING),
    (S.READY, S.COLLECTED),
    (S.READY, S.CODES_EXPIRED),
    (S.READY, S.CANCELLED),
    (S.READY, S.REVOKED),
    (S.COLLECTED, S.CANCELLED),
    (S.COLLECTED, S.REVOKED),
    (S.COLLECTED, S.SUPERSEDED),
    (S.COLLECTED, S.EXPIRED),
    (S.CODES_EXPIRED, S.COLLECTED),
}


@pytest.mark.parametrize(("present", "wanted"), list(itertools.product(S, S)))
def test_only_the_moves_of_the_table_are_allowed(present: OrderStatus, wanted: OrderStatus) -> None:
    if (present, wanted) in ALLOWED:
        check_move(present, wanted)
        return
    with pytest.raises(MoveForbidden) as refused:
        check_move(present, wanted)
    assert (refused.value.present, refused.value.wanted) == (present, wanted)


def test_final_states_have_no_way_out_and_every_other_state_has_one() -> None:
    assert {status for status, onward in MOVES.items() if not onward} == FINAL


def test_every_state_is_reached_from_waiting() -> None:
    assert _reachable(S.WAITING) == set(S)


def test_from_every_state_a_final_one_is_reached() -> None:
    for status in S:
        assert _reachable(status) & FINAL


def test_no_document_and_nothing_expired_becomes_an_open_order_again() -> None:
    for status in set(S) - OPEN:
        assert not _reachable(status) & OPEN


def test_open_orders_and_the_document_may_be_cancelled_and_revoked_and_nothing_else() -> None:
    for ending in (S.CANCELLED, S.REVOKED):
        assert {status for status in S if ending in MOVES[status]} == CANCELLABLE


def _reachable(start: OrderStatus) -> set[OrderStatus]:
    found, frontier = {start}, [start]
    while frontier:
        fresh = MOVES[frontier.pop()] - found
        found |= fresh
        frontier += fresh
    return found
