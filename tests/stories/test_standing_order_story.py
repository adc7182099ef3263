"""„Zamawiaj automatycznie po przedłużeniu”: one switch, and the codes are there after the office extended."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.stories.conftest import Demonstration, sign_in
from tests.stories.passing_time import (
    calendar_day,
    codes_on,
    extend_at_the_counter,
    move_calendar,
    reload_until,
)

STUDENT = "100002"  # not extended yet


def test_a_standing_order_places_itself_after_the_extension(
    visitor: Page, another: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, STUDENT)
    visitor.locator("#standing-order").click()
    expect(visitor.get_by_text("Włączone.", exact=True)).to_be_visible()

    extend_at_the_counter(another, STUDENT)
    visitor.goto("/mlegitymacja")
    expect(visitor.get_by_role("button", name="Zamów mLegitymację")).to_be_visible()
    expect(visitor.locator("#activation-code")).to_have_count(0)

    # A quarter of an hour stays for undoing a mistake; a night is more than that.
    another.goto("/demo/kalendarz")
    move_calendar(another, calendar_day(another) + timedelta(days=1))

    # A page on which nothing is under way asks for nothing: the student looks again.
    ordered = visitor.locator("#order-status").get_by_text("Data zamówienia:")
    reload_until(visitor, ordered)
    codes_on(visitor)
    calls = demonstration.ministry("GET", "/ledger")[1]["cards"]
    assert [one["live"] for one in calls if one["album_number"] == STUDENT] == [True]
