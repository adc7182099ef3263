"""Sentences made of facts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.texts import phrases

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_reader(app: Flask) -> object:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (None, "kilku minutach"),
        (timedelta(seconds=20), "mniej niż minutę"),
        (timedelta(minutes=7), "7 min"),
        (timedelta(hours=3), "3 godz"),
    ],
)
def test_typical_waiting_is_told_in_round_figures(wait: timedelta | None, words: str) -> None:
    assert words in phrases.typical_wait(wait)


def test_the_last_day_of_codes_is_told_as_today() -> None:
    assert "jeszcze dziś" in phrases.codes_live_until(NOW + timedelta(hours=5), NOW)
    assert "jeszcze 3 dni" in phrases.codes_live_until(NOW + timedelta(days=3, hours=1), NOW)
    a_minute_later = NOW + timedelta(minutes=1)
    assert "jeszcze 30 dni" in phrases.codes_live_until(NOW + timedelta(days=30), a_minute_later)


@pytest.mark.parametrize(
    ("language", "words"),
    [("pl", "Kody działają do końca 20.12.2026 –"), ("en", "The codes work until the end of 20 Dec 2026 –")],
)
def test_codes_that_end_at_midnight_work_until_the_end_of_the_day(language: str, words: str) -> None:
    midnight = datetime(2026, 12, 20, 23, tzinfo=UTC)
    with force_locale(language):
        said = phrases.codes_live_until(midnight, NOW).replace("\N{NO-BREAK SPACE}", " ")
        assert said.startswith(words)
        last_evening = phrases.codes_live_until(midnight, midnight - timedelta(hours=2))
        assert "20" in last_evening
        assert "21" not in last_evening


def test_codes_that_end_within_a_day_say_the_hour() -> None:
    assert "do 21.12.2026, 0:01 –" in phrases.codes_live_until(datetime(2026, 12, 20, 23, 1, tzinfo=UTC), NOW)


def test_validity_counts_days_to_the_end() -> None:
    until = date(2027, 3, 31)
    assert "jeszcze 1 " in phrases.valid_until(until, date(2027, 3, 30))
    assert "do dziś" in phrases.valid_until(until, until)


def test_a_masked_pesel_shows_three_digits_only() -> None:
    assert phrases.masked_pesel("85810112345") == "••••••••345"
    assert phrases.masked_pesel(None) == "brak"


@pytest.mark.parametrize(
    ("sign", "kind"), [("l", "mała"), ("I", "wielka"), ("1", "cyfra"), ("$", "specjalny")]
)
def test_signs_that_look_alike_are_told_apart(sign: str, kind: str) -> None:
    assert phrases.spelled(sign).startswith(sign)
    assert kind in phrases.spelled(sign)


def test_a_reason_becomes_a_sentence() -> None:
    assert phrases.sentence("brak zdjęcia") == "Brak zdjęcia."
