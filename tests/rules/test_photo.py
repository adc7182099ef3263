"""What a photo must measure, limits included, and what a student hears while there is none to use."""

from dataclasses import replace

import pytest

from portal.rules.photo import why_no_photo, why_unfit
from portal.rules.reasons import Reason
from portal.rules.student import PhotoFacts, SubmissionStatus
from tests.rules.facts import ELS, student


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


@pytest.mark.parametrize(
    ("submission", "reason"),
    [
        (None, Reason.NO_PHOTO),
        (SubmissionStatus.WAITING, Reason.PHOTO_WAITING),
        (SubmissionStatus.SENT_BACK, Reason.PHOTO_SENT_BACK),
        (SubmissionStatus.WITHDRAWN, Reason.NO_PHOTO),
    ],
)
def test_student_without_a_photo_hears_where_the_submitted_one_is(
    submission: SubmissionStatus | None, reason: Reason
) -> None:
    assert why_no_photo(student(photo=None, latest_submission=submission), ELS) is reason


@pytest.mark.parametrize("submission", SubmissionStatus)
def test_accepted_photo_stays_good_whatever_becomes_of_a_later_one(submission: SubmissionStatus) -> None:
    assert why_no_photo(student(latest_submission=submission), ELS) is None


def test_photo_that_does_not_fit_any_more_waits_with_its_successor() -> None:
    small = student(photo=PhotoFacts(100, 100, 1), latest_submission=SubmissionStatus.WAITING)
    assert why_no_photo(small, ELS) is Reason.PHOTO_WAITING
