"""A pen for drawn portraits: shapes named by their middle and their reach, in points of the finished picture."""

from PIL import Image, ImageColor, ImageDraw

FINER = 2

Point = tuple[float, float]


def mixed(colour: str, other: str, part: float) -> str:
    """`colour` with `part` (0 to 1) of `other` mixed in."""
    pairs = zip(ImageColor.getrgb(colour)[:3], ImageColor.getrgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(one * (1 - part) + two * part):02x}" for one, two in pairs)


class Pen:
    """Draws on a sheet larger than the finished picture; reducing it smooths every edge.

    `zoom`: how much larger than drawn the shapes stand in the picture, around its middle.
    """

    def __init__(self, width: int, height: int, ground: str, zoom: float = 1) -> None:
        self._scale = FINER * zoom
        self._left = width * (zoom - 1) / 2 * FINER
        self._above = height * (zoom - 1) / 2 * FINER
        self._sheet = Image.new("RGB", (width * FINER, height * FINER), ground)
        self._draw = ImageDraw.Draw(self._sheet)

    def finished(self) -> Image.Image:
        """The picture in its final size."""
        return self._sheet.reduce(FINER)

    def oval(self, x: float, y: float, across: float, down: float, colour: str) -> None:
        self._draw.ellipse(self._box(x, y, across, down), fill=colour)

    def part(
        self, x: float, y: float, across: float, down: float, turn: tuple[int, int], colour: str
    ) -> None:
        """The part of an oval cut off by a straight line, between two angles (degrees, clockwise from the right)."""
        self._draw.chord(self._box(x, y, across, down), *turn, fill=colour)

    def arc(
        self, x: float, y: float, across: float, down: float, turn: tuple[int, int], colour: str, thick: float
    ) -> None:
        """A line along an oval, between two angles."""
        self._draw.arc(self._box(x, y, across, down), *turn, fill=colour, width=round(thick * self._scale))

    def block(self, x: float, y: float, across: float, down: float, round_by: float, colour: str) -> None:
        """A rectangle with rounded corners."""
        box = self._box(x, y, across, down)
        self._draw.rounded_rectangle(box, radius=round_by * self._scale, fill=colour)

    def shape(self, points: list[Point], colour: str) -> None:
        self._draw.polygon([self._at(*point) for point in points], fill=colour)

    def line(self, points: list[Point], colour: str, thick: float) -> None:
        self._draw.line(
            [self._at(*point) for point in points],
            fill=colour,
            width=round(thick * self._scale),
            joint="curve",
        )

    def _box(self, x: float, y: float, across: float, down: float) -> tuple[float, float, float, float]:
        return *self._at(x - across, y - down), *self._at(x + across, y + down)

    def _at(self, x: float, y: float) -> Point:
        return x * self._scale - self._left, y * self._scale - self._above
