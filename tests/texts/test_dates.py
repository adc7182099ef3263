"""Days and hours in the reader's language."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from portal import texts
from portal.texts.dates import NO_BREAK


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2025, 9, 3), "3 Sep 2025"),
        (date(2025, 10, 31), "31 Oct 2025"),
        (date(2024, 2, 29), "29 Feb 2024"),
    ],
)
def test_in_english_a_month_is_a_word_so_that_no_country_reads_another_day(
    app: Flask, value: date, written: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        assert texts.day(value).replace(NO_BREAK, " ") == written
        assert " " not in texts.day(value), "a day stays on one line"


def test_in_english_moments_are_told_by_the_same_clocks(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        told = texts.moment(datetime(2025, 12, 31, 23, 5, tzinfo=UTC))
    assert told.replace(NO_BREAK, " ") == "1 Jan 2026, 0:05"


def test_without_a_reader_days_are_written_as_in_polish() -> None:
    assert texts.day(date(2025, 9, 3)) == "3.09.2025"
