"""A session that ends at the counter: what was not saved shows, and the way back is a panel of its own."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect

from portal import clock
from portal.services.sessions import sign_out_everywhere
from tests.people import PASSWORD, make_office, make_student
from tests.stories.looking import assert_accessible, assert_fits

PANEL = "#sign-in-again"
UNSAVED = ".scanned.sending"


@pytest.fixture
def left_alone(app: Flask, database: SQLAlchemy, live: str, page: Page) -> Page:
    """The counter, whose session ended before the last scan."""
    make_student()
    office = make_office()
    page.goto(f"{live}/logowanie?dalej=/dziekanat/przedluzanie")
    page.get_by_label("Nazwa użytkownika").fill(office.user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.locator("#number")).to_be_focused()
    page.wait_for_load_state()  # before the scripts came Enter would send the form as it stands
    sign_out_everywhere(office.id, clock.real_now())
    page.keyboard.type("100001")
    page.keyboard.press("Enter")
    expect(page.locator(UNSAVED)).to_contain_text("Nie zapisano.")
    return page


def test_the_panel_stands_in_one_column_above_the_page(left_alone: Page) -> None:
    panel = left_alone.locator(PANEL)
    tops = [panel.locator(part).bounding_box() for part in ("h2", "h2 + p", "input[name=user_name]")]
    edges = [box["y"] for box in tops if box]
    assert edges == sorted(edges)
    assert len(set(edges)) == 3
    around, title = panel.bounding_box(), left_alone.locator("h1").bounding_box()
    assert around is not None
    assert title is not None
    assert title["y"] - (around["y"] + around["height"]) >= 16


def test_what_was_not_saved_stands_out_and_is_accessible(left_alone: Page) -> None:
    colours = left_alone.locator(UNSAVED).evaluate(
        "row => [getComputedStyle(row).borderLeftColor, getComputedStyle(row.querySelector('p.small')).color]"
    )
    assert colours[0] == colours[1]
    assert colours[1] != left_alone.evaluate("getComputedStyle(document.querySelector('#scan-hint')).color")
    assert_accessible(left_alone)
    assert_fits(left_alone)


def test_who_is_back_sends_again_with_one_key(left_alone: Page) -> None:
    panel = left_alone.locator(PANEL)
    panel.get_by_label("Nazwa użytkownika").fill(make_office().user_name)
    panel.get_by_label("Hasło").fill(PASSWORD)
    panel.get_by_role("button", name="Zaloguj się").click()
    expect(left_alone.get_by_role("button", name="Wyślij ponownie")).to_be_focused()
