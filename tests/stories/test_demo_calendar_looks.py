"""The calendar's page and the day on top of every page: readable, reachable, nothing for axe to find."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from portal import clock
from tests.stories.looking import hold_to_everything
from tests.stories.passing_time import CALENDAR, written


def test_the_calendar_is_accessible_before_and_after_it_moved(live: str, page: Page) -> None:
    page.goto(live + CALENDAR)
    hold_to_everything(page)
    tomorrow = clock.today() + timedelta(days=1)
    page.get_by_role("button", name="jutro").click()
    expect(page.get_by_text("Kalendarz demonstracji:")).to_contain_text(written(tomorrow))
    hold_to_everything(page)


def test_the_way_to_the_calendar_begins_at_the_sign_in_page(live: str, page: Page) -> None:
    page.goto(f"{live}/logowanie")
    page.get_by_role("link", name="Przesuń kalendarz demonstracji").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kalendarz demonstracji")
