"""QR pictures."""

import re

import qrcode

from portal.views.qr import QUIET_ZONE, draw_qr


def test_the_drawn_modules_are_exactly_those_of_the_code() -> None:
    payload = "0123456789abcdef0123456789abcdef"
    picture = draw_qr(payload)
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(payload)
    expected = {(x, y) for y, row in enumerate(code.get_matrix()) for x, dark in enumerate(row) if dark}

    drawn = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", picture.path):
        assert width == back
        drawn |= {(int(x) + step, int(y)) for step in range(int(width))}

    assert drawn == expected


def test_a_quiet_zone_surrounds_the_code() -> None:
    picture = draw_qr("x")
    edges = [int(number) for number in re.findall(r"M(\d+) ", picture.path)]

    assert min(edges) >= QUIET_ZONE
    assert picture.size == 21 + 2 * QUIET_ZONE
