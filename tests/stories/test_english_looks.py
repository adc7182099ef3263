"""The student's pages in English: axe-core finds nothing, longer words fit, and the switch works as people use it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, Page, expect

from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from tests.people import PASSWORD, account_of, make_student
from tests.stories.looking import hold_to_everything
from tests.stories.states import STATES, ordered

Visit = Callable[..., Page]
MAIN_STATES = (
    "may order during an outage",
    "nothing is met",
    "waiting during an outage",
    "ready",
    "renewal ready, the student confirms",
    "collected",
    "renewal may be ordered",
    "codes expired, the student is asked",
    "error",
)


@pytest.fixture
def abroad(browser: Browser) -> Iterator[Page]:
    """A browser from abroad."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(app: Flask, database: SQLAlchemy, live: str, abroad: Page) -> Visit:
    """Sign in on the English page and open a path, which speaks English as well."""

    def open_page(student: Student, path: str = "/mlegitymacja") -> Page:
        abroad.goto(f"{live}/logowanie")
        abroad.get_by_label("User name").fill(account_of(student).user_name)
        abroad.get_by_label("Password").fill(PASSWORD)
        abroad.get_by_role("button", name="Sign in", exact=True).click()
        abroad.wait_for_url(f"{live}/mlegitymacja")
        expect(abroad.locator("html[lang=en]")).to_be_attached()
        if path != "/mlegitymacja":
            abroad.goto(f"{live}{path}")
        return abroad

    return open_page


@pytest.mark.parametrize("state", MAIN_STATES)
def test_the_main_states_are_accessible_in_english(visit: Visit, state: str) -> None:
    hold_to_everything(visit(STATES[state]()))


@pytest.mark.parametrize("path", ["/wiadomosci/ustawienia", "/mlegitymacja/zdjecie", "/konto"])
def test_the_pages_beside_it_are_accessible_in_english(visit: Visit, path: str) -> None:
    hold_to_everything(visit(make_student(), path))


def test_signing_in_is_accessible_in_english(live: str, abroad: Page) -> None:
    abroad.goto(f"{live}/logowanie")
    expect(abroad.locator("html[lang=en]")).to_be_attached()
    hold_to_everything(abroad)


def test_there_and_back_again_with_a_changed_page_in_another_tab(visit: Visit, live: str) -> None:
    student = make_student()
    ordered(student, OrderStatus.WAITING)
    page = visit(student)
    expect(page.get_by_text("Status: Waiting")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{live}/mlegitymacja")
    other.get_by_role("button", name="Polski").click()
    expect(other.get_by_text("Status: Oczekuje")).to_be_visible()
    # The first tab notices by itself, and becomes Polish as a whole.
    expect(page.get_by_text("Status: Oczekuje")).to_be_visible(timeout=20_000)
    expect(page.locator("html[lang=pl]")).to_be_attached()


def test_an_act_in_a_tab_of_the_old_language_shows_the_whole_page_in_the_new_one(
    visit: Visit, live: str
) -> None:
    page = visit(make_student())
    other = page.context.new_page()
    other.goto(f"{live}/mlegitymacja")
    other.get_by_role("button", name="Polski").click()
    expect(other.locator("html[lang=pl]")).to_be_attached()
    page.get_by_role("button", name="Order an mLegitymacja").click()
    expect(page.get_by_text("Status: Oczekuje")).to_be_visible()
    expect(page.locator("html[lang=pl]")).to_be_attached()


def test_the_switch_needs_no_javascript(app: Flask, live: str, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live}/logowanie")
    page.get_by_role("button", name="Polski").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zaloguj się")
    context.close()
