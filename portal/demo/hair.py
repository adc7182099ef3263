"""Hair of drawn portraits: what hangs behind the head, and what is drawn over it."""

from portal.demo.looks import FACE_DOWN, FACE_Y, MIDDLE, Look
from portal.demo.pen import Pen, mixed


def draw_hair_behind(pen: Pen, look: Look) -> None:
    match look.style:
        case "long" | "fringe":
            pen.block(MIDDLE, 168, look.across + 17, 100, 56, look.hair)
        case "bob":
            pen.block(MIDDLE, 146, look.across + 19, 74, 52, look.hair)
        case "bun":
            pen.oval(MIDDLE, 58, 27, 25, look.hair)
            pen.oval(MIDDLE, 122, look.across + 9, 58, look.hair)
        case "plait":
            pen.oval(MIDDLE, 124, look.across + 10, 60, look.hair)
        case "curls":
            _curls(pen, look, rows=(92, 122, 152, 178) if look.lashes else (92, 112))
        case "scarf":
            pen.block(MIDDLE, 158, look.across + 18, 96, 62, mixed(look.hair, "#000000", 0.12))


def _curls(pen: Pen, look: Look, rows: tuple[int, ...]) -> None:
    for row in rows:
        for side in (-1, 1):
            pen.oval(MIDDLE + side * (look.across + 2), row, 20, 21, look.hair)
    for step in range(-2, 3):
        pen.oval(MIDDLE + step * 21, 80 + abs(step) * 6, 22, 21, look.hair)


def draw_hair_in_front(pen: Pen, look: Look) -> None:
    across, top = look.across, FACE_Y - FACE_DOWN
    match look.style:
        case "cropped":
            _cap(pen, look, thick=1, hairline=FACE_Y - 34, colour=mixed(look.hair, look.skin, 0.3))
        case "short":
            pen.block(MIDDLE, top + 18, across + 4, 24, 20, look.hair)
            _cap(pen, look, thick=5, hairline=FACE_Y - 33)
        case "parted" | "bob":
            pen.block(MIDDLE, top + 20, across + 5, 26, 26, look.hair)
            _cap(pen, look, thick=7, hairline=FACE_Y - 38, aside=-12)
        case "swept":
            _cap(pen, look, thick=5, hairline=FACE_Y - 34)
            pen.oval(MIDDLE + 12, top - 3, 38, 17, look.hair)
            pen.oval(MIDDLE - 22, top + 6, 26, 15, look.hair)
        case "curls":
            for step in range(-2, 3):
                pen.oval(MIDDLE + step * 19, top + 10 + abs(step) * 6, 15, 14, look.hair)
        case "fringe":
            pen.part(MIDDLE, FACE_Y - 2, across + 6, FACE_DOWN + 8, (204, 336), look.hair)
        case "long" | "bun" | "plait":
            _parting(pen, look)
        case "scarf":
            pen.part(MIDDLE, FACE_Y - 4, across + 8, FACE_DOWN + 8, (200, 340), look.hair)
            pen.part(MIDDLE, FACE_Y + 40, across + 12, FACE_DOWN, (30, 150), look.hair)


def _cap(
    pen: Pen, look: Look, *, thick: float, hairline: float, aside: float = 0, colour: str | None = None
) -> None:
    """Hair close to the head, `thick` points of it, the forehead beginning at `hairline`, moved `aside`."""
    pen.part(
        MIDDLE, FACE_Y - 4, look.across + thick * 0.8, FACE_DOWN + thick, (176, 364), colour or look.hair
    )
    pen.oval(MIDDLE + aside, hairline + 48, look.across - 5, 48, look.skin)
    pen.oval(MIDDLE, FACE_Y + 20, look.across - 2, 38, look.skin)


def _parting(pen: Pen, look: Look) -> None:
    """Hair falling to both sides from the middle."""
    top = FACE_Y - FACE_DOWN
    for side in (-1, 1):
        edge = MIDDLE + side * (look.across + 7)
        pen.shape([(MIDDLE, top - 6), (edge, top + 34), (edge, FACE_Y + 4), (MIDDLE, top + 14)], look.hair)
    pen.part(MIDDLE, FACE_Y - 4, look.across + 6, FACE_DOWN + 6, (212, 328), look.hair)
