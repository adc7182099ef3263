"""Figures as pictures: where the shapes of a chart go, in units of its own; templates draw them as SVG.

Shapes alone are drawn, words and numbers stand around them as text: they keep their size on every screen, follow the
theme, and are read out. Nothing here is positioned by an inline style, which the content security policy forbids.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

BAR_WIDTH = 100.0
CHART_HEIGHT = 100.0
COLUMN_WIDTH = 10.0
COLUMN_GAP = 2.0
ROUND = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a chart. `x`, `y`, `width` and `height`: its shape in the chart's units, from the upper left."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Counts day by day. `top`: the round figure at the chart's upper edge."""

    columns: Sequence[Column]
    width: float
    top: int

    @property
    def total(self) -> int:
        """All counts together."""
        return sum(column.count for column in self.columns)

    @property
    def busiest(self) -> Column:
        """The day with the most, the latest of several."""
        return max(self.columns, key=lambda column: (column.count, column.day))


def share_of_bar(part: int, whole: int) -> float:
    """How far a bar of BAR_WIDTH is filled; neither the least part nor the least that is missing is invisible."""
    if whole <= 0 or part <= 0:
        return 0.0
    if part >= whole:
        return BAR_WIDTH
    return round(min(max(BAR_WIDTH * part / whole, 1.0), BAR_WIDTH - 1.0), 1)


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in percent, rounded down: 100 means all of them."""
    return 100 * part // whole if whole > 0 else 0


def column_chart(counts: Iterable[tuple[date, int]]) -> ColumnChart:
    """A chart of these days, each a column on a scale that ends at a round figure."""
    days = list(counts)
    top = round_up(max((count for _day, count in days), default=0))
    columns = [
        Column(
            day=day,
            count=count,
            x=place * COLUMN_WIDTH + COLUMN_GAP / 2,
            y=round(CHART_HEIGHT * (1 - count / top), 2),
            width=COLUMN_WIDTH - COLUMN_GAP,
            height=round(CHART_HEIGHT * count / top, 2),
        )
        for place, (day, count) in enumerate(days)
    ]
    return ColumnChart(columns, width=len(days) * COLUMN_WIDTH, top=top)


def round_up(count: int) -> int:
    """The next figure that reads easily and is not below `count`: below ten each, above that few; at least 1."""
    if count < 10:
        return max(count, 1)
    tenth: int = 10 ** (len(str(count)) - 2)
    return next(step * tenth for step in ROUND if step * tenth >= count)
