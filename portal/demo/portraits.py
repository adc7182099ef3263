"""Portraits for the demonstration: flat, friendly drawings that nobody could take for a photograph of a person."""

import io
from functools import lru_cache

from portal.demo.hair import draw_hair_behind, draw_hair_in_front
from portal.demo.looks import FACE_DOWN, FACE_Y, MIDDLE, Look, choose_look
from portal.demo.pen import Pen, mixed

WIDTH, HEIGHT = 248, 310
MEDIA_TYPE = "image/jpeg"

BODY_Y = 226  # where the shoulders begin
INK = "#2d2a2e"


@lru_cache(maxsize=32)
def portrait(number: int, *, feminine: bool) -> bytes:
    """The JPEG of portrait `number`, the same at every call."""
    look = choose_look(number, feminine=feminine)
    pen = Pen(WIDTH, HEIGHT, look.ground, zoom=1.18)
    for draw in (draw_hair_behind, _body, _head, draw_hair_in_front, _cheeks, _eyes, _mouth, _extras):
        draw(pen, look)
    file = io.BytesIO()
    pen.finished().save(file, "JPEG", quality=88)
    return file.getvalue()


def _body(pen: Pen, look: Look) -> None:
    pen.block(MIDDLE, BODY_Y + 84, 98, 84, 62, look.clothes)
    pen.block(MIDDLE, BODY_Y - 22, 22, 36, 16, look.skin)
    pen.part(MIDDLE, FACE_Y + FACE_DOWN - 8, 22, 22, (0, 180), look.shadow)
    pen.oval(MIDDLE, BODY_Y + 4, 26, 16, look.skin)
    light, dark = mixed(look.clothes, "#ffffff", 0.75), mixed(look.clothes, "#000000", 0.25)
    match look.collar:
        case "round":
            pen.arc(MIDDLE, BODY_Y + 4, 29, 19, (0, 180), dark, 4)
        case "vee":
            pen.shape(
                [(MIDDLE - 26, BODY_Y + 1), (MIDDLE + 26, BODY_Y + 1), (MIDDLE, BODY_Y + 44)], look.skin
            )
            pen.line([(MIDDLE - 27, BODY_Y), (MIDDLE, BODY_Y + 45), (MIDDLE + 27, BODY_Y)], dark, 4)
        case "shirt":
            for side in (-1, 1):
                pen.shape(
                    [
                        (MIDDLE, BODY_Y + 22),
                        (MIDDLE + side * 22, BODY_Y - 6),
                        (MIDDLE + side * 36, BODY_Y + 6),
                        (MIDDLE + side * 18, BODY_Y + 38),
                    ],
                    light,
                )
        case "hood":
            pen.arc(MIDDLE, BODY_Y, 40, 26, (8, 172), dark, 10)
            for side in (-1, 1):
                pen.line([(MIDDLE + side * 12, BODY_Y + 26), (MIDDLE + side * 13, BODY_Y + 54)], light, 3)
        case "stripes":
            for row in (BODY_Y + 32, BODY_Y + 50):
                pen.line([(MIDDLE - 92, row + 4), (MIDDLE, row), (MIDDLE + 92, row + 4)], light, 5)


def _head(pen: Pen, look: Look) -> None:
    if look.style != "scarf":
        for side in (-1, 1):
            pen.oval(MIDDLE + side * (look.across + 1), FACE_Y + 6, 10, 14, look.shadow)
            pen.oval(MIDDLE + side * (look.across + 1), FACE_Y + 5, 9, 13, look.skin)
    pen.oval(MIDDLE, FACE_Y, look.across, FACE_DOWN, look.skin)


def _cheeks(pen: Pen, look: Look) -> None:
    if look.beard:
        pen.part(MIDDLE, FACE_Y, look.across, FACE_DOWN, (10, 170), look.hair)
        pen.oval(MIDDLE, FACE_Y + 6, look.across - 7, 44, look.skin)
    for side in (-1, 1):
        pen.oval(MIDDLE + side * 31, FACE_Y + 20, 10, 6, mixed(look.skin, "#e0604f", 0.2))


def _eyes(pen: Pen, look: Look) -> None:
    brow = mixed(look.hair if look.style != "scarf" else INK, INK, 0.35)
    for side in (-1, 1):
        x = MIDDLE + side * 21
        pen.oval(x, FACE_Y, 8.5, 6.5, "#ffffff")
        pen.oval(x, FACE_Y, 5, 5.5, INK)
        pen.oval(x + 1.6, FACE_Y - 2, 1.5, 1.5, "#ffffff")
        pen.arc(x, FACE_Y - 9, 11, 7, (205, 335), brow, 3.2)
        if look.lashes:
            pen.arc(x, FACE_Y, 9, 7.5, (190, 350), INK, 2.2)
            pen.line([(x + side * 8, FACE_Y - 3), (x + side * 12, FACE_Y - 6)], INK, 2)
    pen.arc(MIDDLE, FACE_Y + 14, 6, 7, (20, 160), look.shadow, 3)
    if look.freckles:
        for x, y in ((-34, 14), (-27, 18), (-38, 20), (-22, 13), (22, 13), (27, 18), (34, 14), (38, 20)):
            pen.oval(MIDDLE + x, FACE_Y + y, 1.3, 1.3, mixed(look.skin, "#a0522d", 0.5))


def _mouth(pen: Pen, look: Look) -> None:
    if look.smile > 11:
        pen.part(MIDDLE, FACE_Y + 33, 17, look.smile, (0, 180), "#9c3f3f")
        pen.part(MIDDLE, FACE_Y + 33, 14, look.smile * 0.42, (0, 180), "#ffffff")
    else:
        pen.arc(MIDDLE, FACE_Y + 30, 16, look.smile, (15, 165), "#9c3f3f", 3.4)


def _extras(pen: Pen, look: Look) -> None:
    if look.style == "plait":
        for step in range(7):
            pen.oval(MIDDLE + look.across + 3 - step, 156 + step * 20, 13 - step, 14, look.hair)
    if look.glasses:
        for side in (-1, 1):
            pen.arc(MIDDLE + side * 21, FACE_Y + 1, 16, 14, (0, 360), INK, 2.6)
        pen.arc(MIDDLE, FACE_Y, 6, 5, (200, 340), INK, 2.6)
