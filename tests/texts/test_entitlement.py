"""The office reads about a student what the student reads, and is not taken for the student."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import pytest
from flask import Flask

from portal import texts
from portal.rules.eligibility import Condition
from portal.rules.reasons import OrderRefusal, Reason, Remedy
from portal.texts import entitlement as entitlement_texts

SECOND_PERSON = re.compile(r"\b(Jesteś|Masz|masz|Twoj|twoj|Ci\b|nie spełniasz|Studiujesz|zamówisz)")
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (entitlement_texts.CONDITIONS, Condition),
        (entitlement_texts.REMEDIES, Remedy),
        (entitlement_texts.REFUSALS, OrderRefusal),
    ],
)
def test_every_code_has_its_words(table: Mapping[StrEnum, object], codes: type[StrEnum]) -> None:
    assert set(table) == set(codes)


@pytest.mark.parametrize("code", Reason)
def test_no_reason_speaks_to_the_student_and_each_names_its_day(code: Reason) -> None:
    words = entitlement_texts.reason(code, DAY)

    assert not SECOND_PERSON.search(words)
    assert ("20.11.2026" in words) == ("20.11.2026" in texts.reason(code, DAY))


@pytest.mark.parametrize("table", [entitlement_texts.CONDITIONS, entitlement_texts.REMEDIES])
def test_no_condition_and_no_remedy_speaks_to_the_student(table: Mapping[StrEnum, object]) -> None:
    assert not [str(words) for words in table.values() if SECOND_PERSON.search(str(words))]


@pytest.mark.parametrize("code", OrderRefusal)
def test_a_refused_order_is_said_in_a_sentence_of_its_own(code: OrderRefusal) -> None:
    words = entitlement_texts.order_refusal(code, DAY)

    assert words[0].isupper()
    assert words.endswith(".")
    assert "%(" not in words
    assert not SECOND_PERSON.search(words)
