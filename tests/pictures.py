"""Pictures for tests, made on the spot: plain ones, and those nobody should have to open."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image


def picture(
    width: int = 600,
    height: int = 800,
    *,
    mode: str = "RGB",
    colour: Any = 0,
    kind: str = "JPEG",
    orientation: int | None = None,
    noisy: bool = False,
) -> bytes:
    """A picture of one colour, or noise; `orientation`: what EXIF says about how the camera was held."""
    size = width, height
    image = Image.effect_noise(size, 90).convert(mode) if noisy else Image.new(mode, size, colour)
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
        exif[0x010F] = "Aparat"
    file = io.BytesIO()
    image.save(file, kind, **({"exif": exif} if orientation is not None else {}))
    return file.getvalue()


def two_halves(top: str, bottom: str, *, orientation: int | None = None) -> bytes:
    """A portrait-format picture of two colours, one above the other."""
    image = Image.new("RGB", (400, 500), bottom)
    image.paste(top, (0, 0, 400, 250))
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def animation() -> bytes:
    frames = [Image.new("RGB", (400, 500), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def pixel_bomb(side: int = 13_000) -> bytes:
    """A PNG of a few kilobytes that claims side × side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()
