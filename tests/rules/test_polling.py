"""How often a page asks, and the mark by which it learns that nothing changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.order_status import OrderStatus
from portal.rules.polling import poll_interval, status_mark
from tests.rules.facts import calm

WARSAW = ZoneInfo("Europe/Warsaw")
PLACED = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
UNDER_WAY = [OrderStatus.WAITING, OrderStatus.IN_PROGRESS]


@pytest.mark.parametrize("status", UNDER_WAY)
@pytest.mark.parametrize(
    ("waited", "interval"),
    [(0, 3), (59, 3), (60, 5), (299, 5), (300, 15), (1799, 15), (1800, 30), (7200, 60), (86_400, 60)],
)
def test_page_asks_eagerly_at_first_and_patiently_later(
    status: OrderStatus, waited: int, interval: int
) -> None:
    assert poll_interval(status, PLACED, PLACED + timedelta(seconds=waited)) == interval


def test_ready_order_is_asked_about_slowly_however_long_it_lies() -> None:
    intervals = {
        poll_interval(OrderStatus.READY, PLACED, PLACED + timedelta(days=days)) for days in range(30)
    }
    assert intervals == {15}


@pytest.mark.parametrize("status", [None, *(set(OrderStatus) - {*UNDER_WAY, OrderStatus.READY})])
def test_polling_ends_where_nothing_is_left_to_wait_for(status: OrderStatus | None) -> None:
    assert poll_interval(status, PLACED, PLACED + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("placed", "asked"),
    [
        # The night of 26 October 2025 has the hour from two to three twice: one minute passed, not sixty-one.
        (
            datetime(2025, 10, 26, 2, 59, 30, tzinfo=WARSAW),
            datetime(2025, 10, 26, 2, 0, 0, tzinfo=WARSAW, fold=1),
        ),
        # The night of 29 March 2026 has it not at all.
        (datetime(2026, 3, 29, 1, 59, 30, tzinfo=WARSAW), datetime(2026, 3, 29, 3, 0, 0, tzinfo=WARSAW)),
    ],
)
def test_changing_the_clocks_neither_hurries_nor_delays_the_page(placed: datetime, asked: datetime) -> None:
    assert poll_interval(OrderStatus.WAITING, placed, asked) == 3


def test_page_asks_eagerly_when_a_clock_was_set_back() -> None:
    assert poll_interval(OrderStatus.WAITING, PLACED, PLACED - timedelta(hours=1)) == 3


@calm
@given(st.lists(st.integers(0, 10**6), min_size=2))
def test_interval_never_shrinks_while_waiting(seconds: list[int]) -> None:
    intervals = [
        poll_interval(OrderStatus.IN_PROGRESS, PLACED, PLACED + timedelta(seconds=waited))
        for waited in sorted(seconds)
    ]
    known = [interval for interval in intervals if interval is not None]
    assert known == sorted(known)
    assert len(known) == len(intervals)


class Shown(NamedTuple):
    """Everything a status fragment depends on."""

    revision: int
    interval: int | None
    on: date
    ministry_down: bool
    codes_live: bool
    reader_mark: str

    @property
    def mark(self) -> str:
        return status_mark(
            self.revision,
            self.interval,
            on=self.on,
            ministry_down=self.ministry_down,
            codes_live=self.codes_live,
            reader_mark=self.reader_mark,
        )


fragments = st.builds(
    Shown,
    st.integers(1, 10**9),
    st.none() | st.integers(0, 600),
    st.dates(),
    st.booleans(),
    st.booleans(),
    st.text(st.characters(codec="ascii"), max_size=12),
)


@calm
@given(fragments, fragments)
def test_different_fragments_never_share_a_mark(one: Shown, other: Shown) -> None:
    assert (one.mark == other.mark) == (one == other)


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 8},
        {"interval": 5},
        {"interval": None},
        {"on": date(2025, 11, 21)},
        {"ministry_down": True},
        {"codes_live": False},
        {"reader_mark": "abd"},
    ],
)
def test_every_part_of_the_fragment_is_in_its_mark(change: dict[str, Any]) -> None:
    shown = Shown(7, 3, date(2025, 11, 20), ministry_down=False, codes_live=True, reader_mark="abc")
    assert shown._replace(**change).mark != shown.mark
