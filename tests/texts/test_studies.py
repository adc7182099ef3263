"""Every level and every status of studies has its words."""

from enum import StrEnum

import pytest
from flask import Flask

from portal.rules.student import EnrolmentStatus, Level
from portal.texts import studies as studies_texts


def assert_proper(words: str, code: StrEnum) -> None:
    assert words.strip() == words
    assert words
    assert code.value not in words


@pytest.mark.parametrize("level", Level)
def test_every_level_has_its_words(level: Level, app: Flask) -> None:
    with app.test_request_context():
        assert_proper(studies_texts.level(level), level)


@pytest.mark.parametrize("status", EnrolmentStatus)
def test_every_status_of_studies_has_its_words(status: EnrolmentStatus, app: Flask) -> None:
    with app.test_request_context():
        assert_proper(studies_texts.enrolment_status(status), status)
