"""An uploaded picture becomes a photo for a card: upright, cropped to 4:5, within the limits, nothing hidden in it.

What a file claims is read before anything is decoded, so that a small file cannot make a big picture of itself.
"""

import io
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as hidden
from enum import StrEnum
from hashlib import sha256

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.rules.policy import Policy

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
LEAST_WIDTH = 248  # with 310, the smallest 4:5 picture that satisfies the customary 246 × 304
MOST_WIDTH = 800
MEDIA_TYPE = "image/jpeg"
QUALITIES = (92, 86, 80, 72, 64, 55)
SMALLER = 0.8

# Pillow only warns up to twice its limit; for us the limit is the limit.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# A decoded picture takes up to 100 MB; no more than one at a time in a process.
_one_at_a_time = threading.Lock()


class PhotoRefusal(StrEnum):
    """Why a file is no photo for a card."""

    FILE_TOO_LARGE = "file_too_large"
    NOT_AN_IMAGE = "not_an_image"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    UNUSUAL_COLOURS = "unusual_colours"
    DAMAGED = "damaged"
    TOO_SMALL = "too_small"
    CROP_OUTSIDE = "crop_outside"
    TOO_DETAILED = "too_detailed"


class PhotoRefused(Exception):
    """The file cannot be used; `refusal` says why."""

    def __init__(self, refusal: PhotoRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Crop:
    """What of the upright picture is kept, in its own pixels; the height follows from 4:5."""

    left: int
    top: int
    width: int


@dataclass(frozen=True, slots=True)
class CardPhoto:
    """A JPEG that fits a card."""

    content: bytes = hidden(repr=False)
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def make_card_photo(content: bytes, policy: Policy, crop: Crop | None = None) -> CardPhoto:
    """The same picture gives the same bytes. Without `crop`: as much as fits, centred, rather from the top.

    Raises PhotoRefused.
    """
    if len(content) > LARGEST_FILE:
        raise PhotoRefused(PhotoRefusal.FILE_TOO_LARGE)
    least = least_width(policy)
    with _one_at_a_time:
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                _check_claims(image, least)
                upright = _upright(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PhotoRefused(PhotoRefusal.TOO_MANY_PIXELS) from None
        except UnidentifiedImageError:
            raise PhotoRefused(PhotoRefusal.NOT_AN_IMAGE) from None
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
            raise PhotoRefused(PhotoRefusal.DAMAGED) from None  # Pillow's decoders raise any of them
        box = _box(upright.width, upright.height, crop, least)
        return _encoded(upright.crop(box), least, policy.photo_max_bytes)


def least_width(policy: Policy) -> int:
    """The narrowest 4:5 picture, in pixels, that satisfies the settings and leaves no fraction in its height."""
    needed = max(LEAST_WIDTH, policy.photo_min_width, -(-policy.photo_min_height * 4 // 5))
    return -(-needed // 4) * 4


def _check_claims(image: Image.Image, least: int) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PhotoRefused(PhotoRefusal.TOO_MANY_PIXELS)
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise PhotoRefused(PhotoRefusal.ANIMATED)
    if image.mode not in {"RGB", "RGBA", "L", "LA", "P", "1"}:  # CMYK, 16 bits: conversion would guess
        raise PhotoRefused(PhotoRefusal.UNUSUAL_COLOURS)
    if min(image.width, image.height) < least or max(image.width, image.height) < least * 5 // 4:
        raise PhotoRefused(PhotoRefusal.TOO_SMALL)


def _upright(image: Image.Image) -> Image.Image:
    """Decoded, turned as EXIF says, on white where it was transparent, and without anything but its pixels."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in {"RGBA", "LA", "P"}:
        over = upright.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        upright = Image.alpha_composite(ground, over)
    plain = upright.convert("RGB")
    plain.info = {}
    return plain


def _box(width: int, height: int, crop: Crop | None, least: int) -> tuple[int, int, int, int]:
    if crop is None:
        across = min(width, height * 4 // 5)
        crop = Crop((width - across) // 2, (height - across * 5 // 4) // 3, across)
    across = crop.width // 4 * 4
    down = across * 5 // 4
    if across < least:
        raise PhotoRefused(PhotoRefusal.TOO_SMALL)
    if min(crop.left, crop.top) < 0 or crop.left + across > width or crop.top + down > height:
        raise PhotoRefused(PhotoRefusal.CROP_OUTSIDE)
    return crop.left, crop.top, crop.left + across, crop.top + down


def _encoded(picture: Image.Image, least: int, most_bytes: int) -> CardPhoto:
    for across in _widths(picture.width, least):
        size = across, across * 5 // 4
        fitting = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            file = io.BytesIO()
            fitting.save(file, "JPEG", quality=quality, optimize=True)
            if file.tell() <= most_bytes:
                return CardPhoto(file.getvalue(), *size)
    raise PhotoRefused(PhotoRefusal.TOO_DETAILED)


def _widths(widest: int, least: int) -> Iterator[int]:
    """Widths to try, each a multiple of four, down to the least."""
    across = min(widest, max(MOST_WIDTH, least))
    while across > least:
        yield across // 4 * 4
        across = int(across * SMALLER)
    yield least
