import io

import pytest
from PIL import Image

from portal.demo.portraits import HEIGHT, WIDTH, portrait
from portal.rules.photo import why_unfit
from portal.rules.policy import Basis, Policy
from portal.rules.student import PhotoFacts

NUMBERS = range(60)


@pytest.mark.parametrize("feminine", [True, False])
def test_every_portrait_is_a_small_jpeg_that_may_stand_on_a_card(feminine: bool) -> None:
    for number in NUMBERS:
        content = portrait(number, feminine=feminine)
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (WIDTH, HEIGHT))
        assert len(content) < 30_000
        facts = PhotoFacts(WIDTH, HEIGHT, len(content))
        assert why_unfit(facts, Policy(basis=Basis.ELS)) is None


def test_the_same_number_draws_the_same_portrait_and_another_number_another_one() -> None:
    assert portrait(7, feminine=True) == portrait(7, feminine=True)
    drawn = {portrait(number, feminine=feminine) for number in NUMBERS for feminine in (True, False)}
    assert len(drawn) == 2 * len(NUMBERS)


def test_a_face_stands_in_the_middle_of_a_plain_ground() -> None:
    with Image.open(io.BytesIO(portrait(3, feminine=False))) as picture:
        corners = [picture.getpixel(place) for place in ((2, 2), (WIDTH - 3, 2))]
        face = picture.getpixel((WIDTH // 2, 180))
    assert all(_distance(corners[0], corner) < 12 for corner in corners)
    assert _distance(corners[0], face) > 40


def _distance(one: object, other: object) -> int:
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
