"""What a photo must measure: the limits themselves are still good."""

from dataclasses import replace

import pytest

from portal.rules.photo import why_unfit
from portal.rules.reasons import Reason
from portal.rules.student import PhotoFacts
from tests.rules.facts import ELS


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (None, Reason.NO_PHOTO),
        (PhotoFacts(246, 304, 300_000), None),
        (PhotoFacts(2460, 3040, 1), None),
        (PhotoFacts(245, 304, 10_000), Reason.PHOTO_TOO_SMALL),
        (PhotoFacts(246, 303, 10_000), Reason.PHOTO_TOO_SMALL),
        (PhotoFacts(246, 304, 300_001), Reason.PHOTO_TOO_HEAVY),
        (PhotoFacts(100, 100, 900_000), Reason.PHOTO_TOO_SMALL),
    ],
)
def test_photo_is_measured_against_the_limits(photo: PhotoFacts | None, reason: Reason | None) -> None:
    assert why_unfit(photo, ELS) is reason


def test_limits_are_the_universitys_own() -> None:
    stricter = replace(ELS, photo_min_width=300, photo_min_height=400, photo_max_bytes=50_000)
    assert why_unfit(PhotoFacts(299, 400, 50_000), stricter) is Reason.PHOTO_TOO_SMALL
    assert why_unfit(PhotoFacts(300, 400, 50_001), stricter) is Reason.PHOTO_TOO_HEAVY
    assert why_unfit(PhotoFacts(300, 400, 50_000), stricter) is None
