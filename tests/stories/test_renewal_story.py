"""Across a semester: a card is renewed on the phone while the old one is valid, and ends on its day."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in
from tests.stories.passing_time import (
    CALENDAR,
    add_card,
    before_the_end,
    codes_on,
    day_in,
    extend_at_the_counter,
    move_calendar,
    open_card,
    renew_card,
    written,
)

STUDENT = "100001"


def test_a_card_is_renewed_on_the_phone_and_expires_on_its_day(
    visitor: Page, another: Page, demonstration: Demonstration
) -> None:
    status = visitor.locator("#order-status")
    sign_in(visitor, STUDENT)
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    add_card(another, demonstration, STUDENT, codes_on(visitor))
    expect(status).to_contain_text("Odebrana", timeout=PATIENCE_MS)
    first = day_in(visitor.locator("dt:has-text('Data ważności') + dd").inner_text())

    move_calendar(another, before_the_end(first))
    extend_at_the_counter(another, STUDENT)
    visitor.goto("/mlegitymacja")
    expect(visitor.get_by_text("Kalendarz demonstracji:")).to_be_visible()
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    renew_card(another, demonstration, STUDENT, codes_on(visitor))

    expect(visitor.locator("#activation-code")).to_have_count(0, timeout=PATIENCE_MS)
    expect(status).to_contain_text("Odebrana")
    second = day_in(visitor.locator("dt:has-text('Data ważności') + dd").inner_text())
    assert second > first
    visitor.get_by_text("Wcześniejsze zamówienia").click()
    expect(status).to_contain_text("Zastąpiona")
    open_card(another, demonstration, STUDENT)
    expect(another.get_by_text(written(second))).to_be_visible()

    # The old one's day passes unnoticed, the new one's does not.
    move_calendar(another, first + timedelta(days=1))
    visitor.goto("/mlegitymacja")
    expect(status).to_contain_text("Odebrana")
    move_calendar(another, second + timedelta(days=1))
    visitor.goto("/mlegitymacja")
    expect(status).to_contain_text("Wygasła")
    another.goto(f"{demonstration.ministry_url}/telefon/{STUDENT}")
    expect(another.get_by_text("Wygasła").first).to_be_visible(timeout=PATIENCE_MS)
    expect(another.get_by_text("Kalendarz demonstracji")).to_be_visible()


def test_codes_nobody_used_end_by_the_calendar_and_one_click_orders_again(
    visitor: Page, another: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, "100011")
    # The year of the story before has passed: first the office confirms the present semester.
    extend_at_the_counter(another, "100011")
    visitor.goto("/mlegitymacja")
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    codes_on(visitor)

    another.goto(CALENDAR)
    another.get_by_role("button", name="dzień po wygaśnięciu ostatnich kodów").click()

    # The page notices by itself: first the clock hides the codes, then a job moves the state.
    expect(visitor.locator("#activation-code")).to_have_count(0, timeout=PATIENCE_MS)
    expect(visitor.locator("#order-status")).to_contain_text("Kod wygasł", timeout=PATIENCE_MS)
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    codes_on(visitor)
    cards = demonstration.ministry("GET", "/ledger")[1]["cards"]
    assert len([one for one in cards if one["album_number"] == "100011" and one["live"]]) == 1
