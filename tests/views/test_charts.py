"""Where the shapes of charts go."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.views import charts


@pytest.mark.parametrize(
    ("part", "whole", "filled"),
    [(0, 10, 0), (10, 10, 100), (5, 10, 50), (1, 100_000, 1), (99_999, 100_000, 99), (0, 0, 0)],
)
def test_a_bar_shows_the_least_part_and_the_least_that_is_missing(
    part: int, whole: int, filled: float
) -> None:
    assert charts.share_of_bar(part, whole) == filled


def test_hundred_percent_means_all_of_them() -> None:
    assert (charts.percent(999, 1000), charts.percent(1000, 1000), charts.percent(0, 0)) == (99, 100, 0)


@given(st.integers(0, 10**7))
def test_a_scale_ends_at_a_round_figure_that_holds_everything(count: int) -> None:
    top = charts.round_up(count)

    assert max(count, 1) <= top <= max(1.4 * count, 1)
    assert len(str(top).rstrip("0")) <= 2


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_every_column_stands_on_the_ground_inside_the_chart(counts: list[int]) -> None:
    days = [date(2026, 11, 1) + timedelta(days=place) for place in range(len(counts))]

    chart = charts.column_chart(zip(days, counts, strict=True))

    assert [column.count for column in chart.columns] == counts
    for column in chart.columns:
        assert column.y + column.height == pytest.approx(charts.CHART_HEIGHT, abs=0.02)
        assert column.x >= 0
        assert column.x + column.width <= chart.width
    assert chart.total == sum(counts)
    assert chart.busiest.count == max(counts)


def test_of_days_alike_the_latest_is_the_busiest() -> None:
    days = [(date(2026, 11, 1), 3), (date(2026, 11, 2), 3), (date(2026, 11, 3), 1)]

    assert charts.column_chart(days).busiest.day == date(2026, 11, 2)
