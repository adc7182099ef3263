"""axe-core finds nothing in any state, everything fits small screens and fingers, and focus always shows."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect

from portal import clock
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services.sessions import sign_out_everywhere
from tests.people import PASSWORD, account_of, make_student
from tests.stories.looking import MOVING, assert_accessible, assert_still, hold_to_everything
from tests.stories.states import STATES, ordered

Visit = Callable[..., Page]


@pytest.fixture
def visit(app: Flask, database: SQLAlchemy, live: str, page: Page) -> Visit:
    """Sign a student in and open a path."""

    def open_page(student: Student, path: str = "/mlegitymacja") -> Page:
        page.goto(f"{live}/logowanie")
        page.get_by_label("Nazwa użytkownika").fill(account_of(student).user_name)
        page.get_by_label("Hasło").fill(PASSWORD)
        page.get_by_role("button", name="Zaloguj się", exact=True).click()
        page.wait_for_url(f"{live}/mlegitymacja")
        if path != "/mlegitymacja":
            page.goto(f"{live}{path}")
        return page

    return open_page


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible(visit: Visit, state: str) -> None:
    hold_to_everything(visit(STATES[state]()))


@pytest.mark.parametrize("path", ["/mlegitymacja/blad-w-danych", "/konto", "/mlegitymacja/nie-ma-takiej"])
def test_the_pages_beside_it_are_accessible(visit: Visit, path: str) -> None:
    hold_to_everything(visit(make_student(), path))


@pytest.mark.parametrize("status", [OrderStatus.READY, OrderStatus.COLLECTED])
def test_the_question_before_cancelling_is_accessible(visit: Visit, status: OrderStatus) -> None:
    student = make_student()
    key = ordered(student, status, collected_at=clock.now())
    hold_to_everything(visit(student, f"/mlegitymacja/zamowienia/{key}/anuluj"))


def test_the_question_before_a_receipt_is_confirmed_is_accessible(visit: Visit) -> None:
    page = visit(STATES["ready, the student confirms"]())
    page.get_by_role("link", name="Potwierdź odbiór").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Czy mLegitymacja jest w Twoim telefonie?")
    hold_to_everything(page)


def test_signing_in_is_accessible_also_after_a_mistake(live: str, page: Page) -> None:
    page.goto(f"{live}/logowanie")
    hold_to_everything(page)
    page.get_by_label("Nazwa użytkownika").fill("nikt")
    page.get_by_label("Hasło").fill("nie to hasło")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    hold_to_everything(page)


def test_a_refused_report_is_accessible(visit: Visit) -> None:
    page = visit(make_student(), "/mlegitymacja/blad-w-danych")
    page.get_by_label("Numer PESEL").check()
    page.get_by_label("Jak powinno być?").fill(" ")
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_role("alert")).to_be_visible()
    hold_to_everything(page)


def test_a_message_after_an_act_is_accessible(visit: Visit) -> None:
    page = visit(make_student())
    page.get_by_role("button", name="Zamów mLegitymację").click()
    expect(page.get_by_text("mLegitymacja została zamówiona.")).to_be_visible()
    assert_accessible(page)


def test_the_page_of_an_expired_session_is_accessible(visit: Visit) -> None:
    student = make_student()
    ordered(student, OrderStatus.WAITING)
    page = visit(student)
    sign_out_everywhere(account_of(student).id, clock.real_now())
    expect(page.get_by_role("heading", level=1)).to_have_text("Sesja wygasła", timeout=20_000)
    hold_to_everything(page)


def test_what_moves_while_waiting_moves_only_for_those_who_like_it(visit: Visit) -> None:
    student = make_student()
    ordered(student, OrderStatus.IN_PROGRESS)
    page = visit(student)
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) == 1
    assert_still(page)


def test_paper_shows_the_codes_and_no_buttons(visit: Visit) -> None:
    student = make_student()
    ordered(student, OrderStatus.READY)
    page = visit(student)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#activation-code")).to_be_visible()
    for control in page.locator("button, .actions a, nav").all():
        expect(control).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert_readable_on_paper(page)


def assert_readable_on_paper(page: Page) -> None:
    """Also who uses the dark theme prints dark letters."""
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color.match(/\\d+/g).map(Number)")
    assert max(ink) < 100
