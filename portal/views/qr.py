"""QR codes as the shapes of an inline SVG; the template draws them dark on white, also in a dark page."""

from dataclasses import dataclass
from itertools import groupby

import qrcode

QUIET_ZONE = 4  # modules, by the QR standard (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class QrPicture:
    """`size`: modules per side including the quiet zone; `path`: the dark modules as SVG path data."""

    size: int
    path: str


def draw_qr(payload: str) -> QrPicture:
    """The QR picture of `payload`; neighbouring dark modules of a row are one rectangle, so the page stays light."""
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(payload)
    rows = code.get_matrix()
    parts = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrPicture(len(rows), "".join(parts))
