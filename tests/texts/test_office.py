"""The office's words for codes."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum

import pytest
from flask import Flask

from jobs.schedule import SCHEDULE
from portal.rules.reasons import CancelReason, EndReason
from portal.services.office_lists import OfficeList
from portal.services.student_records import Mistake
from portal.texts import office as office_texts


@pytest.fixture(autouse=True)
def _reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (office_texts.ENDINGS, EndReason),
        (office_texts.LISTS, OfficeList),
        (office_texts.ABOUT_LISTS, OfficeList),
        (office_texts.SINCE, OfficeList),
        (office_texts.MISTAKES, Mistake),
    ],
)
def test_every_code_has_its_words(table: Mapping[StrEnum, object], codes: type[StrEnum]) -> None:
    assert set(table) == set(codes)
    assert all(str(words).strip() == str(words) != "" for words in table.values())


def test_every_job_of_the_schedule_is_called_by_what_it_does() -> None:
    assert {job.name for job in SCHEDULE} <= set(office_texts.JOBS)


@pytest.mark.parametrize("code", [*EndReason, *CancelReason, "unknown_at_ministry", "doubt_cleared"])
def test_every_reason_of_an_event_is_said_in_words(code: str) -> None:
    assert office_texts.event_reason(code) not in {"", code}


def test_a_reason_nobody_knows_is_left_out() -> None:
    assert office_texts.event_reason(None) == office_texts.event_reason("some_code") == ""


def test_whoever_acted_is_named_and_students_and_the_portal_are_called_so() -> None:
    names = {"a": "Anna Nowak", "s": None}

    assert [office_texts.actor(who, names) for who in ("a", "s", "forward_orders")] == [
        "Anna Nowak",
        "student",
        "portal",
    ]


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-1), "0 s"),
        (timedelta(seconds=89), "89 s"),
        (timedelta(seconds=90), "2 min"),
        (timedelta(hours=5), "5 godz."),
        (timedelta(days=2), "2 dni"),
    ],
)
def test_a_span_is_said_in_the_unit_that_fits(span: timedelta, words: str) -> None:
    assert office_texts.how_long(span) == words
