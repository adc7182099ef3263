"""The switch „Zamawiaj automatycznie po przedłużeniu”, and what the page says while an order is about to be placed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.extensions import db
from portal.models.people import Student
from portal.rules.policy import Basis, StandingOrders
from portal.services.order_offers import find_offers
from portal.services.standing_orders import choose_standing_order, place_standing_orders
from tests.browser import CheckedClient
from tests.people import POLICY, make_student

SignIn = Callable[..., CheckedClient]
PAGE = "/mlegitymacja"
SWITCH = "/mlegitymacja/zamawianie-automatyczne"


def under(app: Flask, **policy: object) -> None:
    """Another policy for the application from now on."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"policy": replace(settings.policy, **policy)})


def switched_on(student: Student) -> bool:
    db.session.rollback()
    return db.session.get_one(Student, student.id, populate_existing=True).standing_order


def about_to_be_ordered_for() -> Student:
    student = make_student()
    choose_standing_order(student.id, POLICY, wanted=True)
    find_offers(POLICY, at=clock.now())
    return student


def test_the_switch_goes_on_and_off_in_place(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)

    answer = client.post_form(client.get(PAGE), SWITCH, htmx=True)
    assert "Zamawianie automatyczne włączone." in answer.text
    assert "Wyłącz" in answer.text
    assert switched_on(student)

    answer = client.post_form(answer, SWITCH, htmx=True)
    assert "Zamawianie automatyczne wyłączone." in answer.text
    assert not switched_on(student)


def test_without_javascript_and_clicked_twice_it_stays_where_it_was_put(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    page = client.get(PAGE)

    for _ in range(2):
        answer = client.post_form(page, SWITCH)
        assert (answer.status_code, answer.location) == (303, PAGE)
        assert switched_on(student)


def test_where_everybodys_is_ordered_there_is_a_sentence_and_no_switch(app: Flask, sign_in: SignIn) -> None:
    under(app, standing_orders=StandingOrders.ALL)
    page = sign_in(make_student()).get(PAGE).text
    assert "Zamawiamy za Ciebie" in page
    assert SWITCH not in page


def test_where_there_is_none_nothing_is_said_and_a_stale_form_is_refused(app: Flask, sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    stale = client.get(PAGE)
    under(app, standing_orders=StandingOrders.OFF)

    answer = client.post_form(stale, SWITCH, htmx=True)

    assert answer.status_code == 409
    assert "decyduje uczelnia" in answer.text
    assert "Zamawiaj automatycznie" not in answer.text
    assert not switched_on(student)


def test_the_new_law_speaks_of_the_semester(app: Flask, sign_in: SignIn) -> None:
    under(app, basis=Basis.SEMESTER)
    assert "Zamawiaj automatycznie po potwierdzeniu semestru" in sign_in(make_student()).get(PAGE).text


def test_the_page_says_when_it_will_order_and_keeps_the_button_and_asks_for_news(sign_in: SignIn) -> None:
    client = sign_in(about_to_be_ordered_for())

    page = client.get(PAGE)

    assert "Zamówimy ją za Ciebie" in page.text
    assert 'id="place-order"' in page.text
    assert "every 15s" in page.text


def test_the_polled_page_shows_the_order_once_it_is_placed(sign_in: SignIn) -> None:
    client = sign_in(about_to_be_ordered_for())
    client.get(PAGE)
    root = client.checked_page
    url = next(e for e in (root, *root.all()) if e.get("id") == "order-status").get("data-hx-get") or ""
    assert client.htmx(url).status_code == 204

    place_standing_orders(POLICY, actor="reopen_orders", at=clock.now() + timedelta(minutes=20))

    answer = client.htmx(url)
    assert answer.status_code == 200
    assert "Oczekuje" in answer.text


@pytest.mark.usefixtures("database")
def test_a_dropped_standing_order_ends_the_words_and_the_questions(sign_in: SignIn) -> None:
    student = about_to_be_ordered_for()
    choose_standing_order(student.id, POLICY, wanted=False)
    place_standing_orders(POLICY, actor="reopen_orders", at=clock.now() + timedelta(minutes=20))
    page = sign_in(student).get(PAGE).text
    assert "Zamówimy ją za Ciebie" not in page
    assert "data-hx-trigger" not in page
