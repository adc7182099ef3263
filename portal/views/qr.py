"""QR codes as inline SVG: dark on white with their quiet zone, also in a dark page."""

import qrcode
from markupsafe import Markup
from qrcode.image.svg import SvgPathFillImage


def qr_svg(payload: str, label: str) -> Markup:
    """The picture of `payload` for a page; `label` says what it is to those who cannot see it."""
    picture = qrcode.make(payload, image_factory=SvgPathFillImage, box_size=10, border=4)
    svg = picture.to_string(encoding="unicode")
    return Markup(svg.replace("<svg ", '<svg role="img" aria-label="{}" ', 1)).format(label)
