"""What becomes of an uploaded picture, and what is refused before it is opened."""

import io
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from PIL import Image

from portal.services.photo_files import (
    LARGEST_FILE,
    LEAST_WIDTH,
    CardPhoto,
    Crop,
    PhotoRefusal,
    PhotoRefused,
    least_width,
    make_card_photo,
)
from tests.people import POLICY
from tests.pictures import animation, picture, pixel_bomb, two_halves


def opened(photo: CardPhoto) -> Image.Image:
    return Image.open(io.BytesIO(photo.content))


def colour_at(photo: CardPhoto, x: float, y: float) -> tuple[int, ...]:
    image = opened(photo)
    found = image.getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(found, tuple)
    return found


def is_red(colour: tuple[int, ...]) -> bool:
    return colour[0] > 200 and colour[2] < 60


@pytest.mark.parametrize("size", [(248, 310), (1200, 900), (900, 1600), (4000, 5000), (251, 333)])
def test_a_photo_is_four_by_five_and_within_the_limits(size: tuple[int, int]) -> None:
    photo = make_card_photo(picture(*size), POLICY)
    assert photo.width * 5 == photo.height * 4
    assert (photo.width, photo.height) == opened(photo).size
    assert photo.width >= LEAST_WIDTH
    assert len(photo.content) <= POLICY.photo_max_bytes


def test_the_same_picture_gives_the_same_photo() -> None:
    assert make_card_photo(picture(), POLICY).sha256 == make_card_photo(picture(), POLICY).sha256


def test_a_picture_is_turned_as_the_camera_was_held_and_keeps_no_data_about_it() -> None:
    turned = make_card_photo(two_halves("red", "blue", orientation=3), POLICY)
    assert is_red(colour_at(turned, 0.5, 0.9))
    assert opened(turned).getexif() == {}
    assert b"Aparat" not in make_card_photo(picture(orientation=6), POLICY).content


def test_a_crop_keeps_what_it_frames() -> None:
    below = make_card_photo(two_halves("red", "blue"), replace(POLICY, photo_min_width=1), Crop(60, 175, 260))
    assert not is_red(colour_at(below, 0.5, 0.6))
    above = make_card_photo(two_halves("red", "blue"), POLICY, Crop(0, 0, 248))
    assert is_red(colour_at(above, 0.5, 0.5))


@pytest.mark.parametrize("crop", [Crop(-1, 0, 300), Crop(0, 450, 300), Crop(301, 0, 300)])
def test_a_crop_outside_the_picture_is_refused(crop: Crop) -> None:
    with pytest.raises(PhotoRefused) as refused:
        make_card_photo(picture(), POLICY, crop)
    assert refused.value.refusal is PhotoRefusal.CROP_OUTSIDE


def test_a_noisy_picture_is_brought_under_the_limit_by_quality_then_by_size() -> None:
    noise = picture(1600, 2000, noisy=True)
    small = make_card_photo(noise, replace(POLICY, photo_max_bytes=40_000))
    assert len(small.content) <= 40_000
    with pytest.raises(PhotoRefused) as refused:
        make_card_photo(noise, replace(POLICY, photo_max_bytes=2_000))
    assert refused.value.refusal is PhotoRefusal.TOO_DETAILED


def test_what_is_transparent_becomes_white() -> None:
    photo = make_card_photo(picture(mode="RGBA", colour=(0, 0, 0, 0), kind="PNG"), POLICY)
    assert min(colour_at(photo, 0.5, 0.5)) > 250


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA"])
def test_pictures_of_few_colours_are_taken(mode: str) -> None:
    assert opened(make_card_photo(picture(mode=mode, kind="PNG"), POLICY)).mode == "RGB"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", PhotoRefusal.NOT_AN_IMAGE),
        (b"GIF89a" + bytes(50), PhotoRefusal.NOT_AN_IMAGE),
        (picture(300, 400, kind="GIF"), PhotoRefusal.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoRefusal.NOT_AN_IMAGE),
        (picture()[:1500], PhotoRefusal.DAMAGED),
        (picture(mode="CMYK"), PhotoRefusal.UNUSUAL_COLOURS),
        (picture(mode="I;16", kind="PNG"), PhotoRefusal.UNUSUAL_COLOURS),
        (animation(), PhotoRefusal.ANIMATED),
        (picture(247, 500), PhotoRefusal.TOO_SMALL),
        (picture(300, 300), PhotoRefusal.TOO_SMALL),
        (pixel_bomb(), PhotoRefusal.TOO_MANY_PIXELS),
        (pixel_bomb(5_100), PhotoRefusal.TOO_MANY_PIXELS),
        (bytes(LARGEST_FILE + 1), PhotoRefusal.FILE_TOO_LARGE),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(content: bytes, refusal: PhotoRefusal) -> None:
    with pytest.raises(PhotoRefused) as refused:
        make_card_photo(content, POLICY)
    assert refused.value.refusal is refusal


def test_the_least_width_satisfies_settings_that_ask_for_more() -> None:
    assert least_width(POLICY) == 248
    assert least_width(replace(POLICY, photo_min_width=301)) == 304
    assert least_width(replace(POLICY, photo_min_height=1000)) == 800


MEASURED = """
import resource, sys
from tests.people import POLICY
from portal.services.photo_files import PhotoRefused, make_card_photo
bomb = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    make_card_photo(bomb, POLICY)
except PhotoRefused as refused:
    print(refused.refusal.value, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_is_refused_at_once_and_without_memory() -> None:
    began = time.perf_counter()
    with pytest.raises(PhotoRefused):
        make_card_photo(pixel_bomb(), POLICY)
    assert time.perf_counter() - began < 3
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=pixel_bomb(), capture_output=True, check=True, timeout=60
    )
    refusal, kilobytes = done.stdout.decode().split()
    assert refusal == "too_many_pixels"
    assert int(kilobytes) < 64 * 1024
