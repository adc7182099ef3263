"""The page that moves a demonstration's calendar, and the day every page shows afterwards."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services.landmarks import semester_end
from portal.settings import Settings
from portal.texts import day
from tests.browser import CheckedClient, form_fields
from tests.people import make_office, make_student
from tests.stories.states import ordered

CALENDAR = "/demo/kalendarz"
REAL = "https://localhost"


def days_offered(client: CheckedClient) -> dict[str, str]:
    """The handy days of the page last fetched: their words by date."""
    buttons = [one for one in client.checked_page.all("button") if one.get("name") == "day"]
    return {str(one.get("value")): one.text for one in buttons}


def send(client: CheckedClient, chosen: date | str) -> TestResponse:
    """Choose a day by either of the page's two forms: they send the same."""
    token = form_fields(client.get(CALENDAR), CALENDAR)["csrf_token"]
    return client.post(CALENDAR, data={"csrf_token": token, "day": str(chosen)})


def move_to(client: CheckedClient, chosen: date) -> None:
    answer = send(client, chosen)
    assert (answer.status_code, answer.location) == (303, CALENDAR)


def test_the_calendar_moves_to_the_chosen_day_and_every_page_says_so(
    client: CheckedClient, sign_in: Callable[..., CheckedClient], database: SQLAlchemy
) -> None:
    student = make_student()
    for page in ("/logowanie", CALENDAR):
        assert "Kalendarz demonstracji:" not in client.get(page).text
    then = clock.today() + timedelta(days=40)
    move_to(client, then)
    assert clock.today() == then
    sign_in(student)
    for page in ("/mlegitymacja", "/konto", CALENDAR, "/nie-ma-takiej-strony"):
        shown = client.get(page).text
        assert f"Kalendarz demonstracji: <strong>{day(then)}</strong>" in shown
        assert f'href="{CALENDAR}"' in shown
    sign_in(make_office())
    assert f"<strong>{day(then)}</strong>" in client.get("/dziekanat").text


def test_moving_keeps_everybody_signed_in(
    client: CheckedClient, sign_in: Callable[..., CheckedClient], database: SQLAlchemy
) -> None:
    sign_in(make_student())
    move_to(client, clock.today() + timedelta(days=400))
    assert client.get("/mlegitymacja").status_code == 200


def test_a_second_click_moves_nothing(client: CheckedClient, database: SQLAlchemy) -> None:
    then = clock.today() + timedelta(days=1)
    move_to(client, then)
    move_to(client, then)
    assert clock.today() == then


def test_the_handy_days_lead_to_where_something_happens(client: CheckedClient, database: SQLAlchemy) -> None:
    expire = clock.now() + timedelta(days=20)
    ordered(make_student(), OrderStatus.READY, codes_expire_at=expire)
    ordered(make_student(), OrderStatus.READY, codes_expire_at=expire - timedelta(days=3))
    client.get(CALENDAR)
    offered = days_offered(client)
    last = clock.day_of(expire)
    assert "jutro" in offered[str(clock.today() + timedelta(days=1))]
    assert "przed wygaśnięciem" in offered[str(last - timedelta(days=3))]
    assert "po wygaśnięciu" in offered[str(last + timedelta(days=1))]
    assert "po końcu semestru" in offered[str(semester_end(clock.today()) + timedelta(days=1))]


@pytest.mark.parametrize("typed", ["", "31.03.2027", "1999-01-01", "2999-01-01", "2027-02-30"])
def test_a_day_that_cannot_be_is_refused_in_words(
    client: CheckedClient, database: SQLAlchemy, typed: str
) -> None:
    answer = send(client, typed)
    assert answer.status_code == 422
    assert "Wybierz dzień po" in answer.text
    assert clock.ahead() == timedelta()


def test_codes_are_hidden_at_once_when_the_calendar_passes_them(
    client: CheckedClient, sign_in: Callable[..., CheckedClient], database: SQLAlchemy
) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY)
    sign_in(student)
    assert "activation-code" in client.get("/mlegitymacja").text
    move_to(client, clock.today() + timedelta(days=31))
    assert "activation-code" not in client.get("/mlegitymacja").text
    assert db.session.get_one(Order, key).status is OrderStatus.READY


def test_without_the_form_s_token_nothing_moves(client: CheckedClient, database: SQLAlchemy) -> None:
    answer = client.post(CALENDAR, data={"day": str(clock.today() + timedelta(days=1))})
    assert answer.status_code == 400
    assert clock.ahead() == timedelta()


@pytest.fixture
def university(settings: Settings) -> Iterator[Flask]:
    """A real university's portal."""
    real = settings.model_copy(update={"demo": False, "public_url": REAL})
    app = create_app(real, check=False)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_real_university_has_no_such_page(university: Flask) -> None:
    assert not any(rule.rule.startswith("/demo") for rule in university.url_map.iter_rules())
    client = CheckedClient(university)
    assert client.get(CALENDAR, base_url=REAL).status_code == 404
    assert "Kalendarz" not in client.get("/logowanie", base_url=REAL).text
