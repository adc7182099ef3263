"""A morning at the counter: card after card, without the mouse."""

from playwright.sync_api import Browser, Page, expect

from portal import clock
from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

COUNTER = "/dziekanat/przedluzanie"
SCANS = 20
ROWS = "#scans > .scanned"
AT_WORK = ".htmx-request, .htmx-added, .htmx-settling"
SETTLED = f"{ROWS}:not(.sending, .htmx-added)"  # htmx follows a new row's links once it has settled


def far_away() -> str:
    """A semester's end until which the demonstration has extended nobody."""
    return f"{clock.today().year + 3}-10-31"


def open_counter(page: Page, query: str = "") -> None:
    sign_in(page, "dziekanat")
    page.wait_for_url(lambda url: "/logowanie" not in url)
    page.goto(COUNTER + query)
    expect(page.locator("#number")).to_be_focused()


def albums(page: Page, count: int) -> list[str]:
    """Numbers of students, as the office's own list has them."""
    page.goto(f"{COUNTER}/lista?do={far_away()}&status=active")
    cells = page.locator("tbody td:nth-child(2)").all_inner_texts()
    return [cell for cell in cells if cell.isdecimal()][:count]


def scan(page: Page, number: str) -> None:
    """What a scanner does: signs and Enter, faster than anybody types."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def test_twenty_scans_in_a_row_are_all_recorded_and_the_field_is_always_ready(
    visitor: Page, demonstration: Demonstration
) -> None:
    open_counter(visitor)
    numbers = albums(visitor, SCANS)
    assert len(set(numbers)) == SCANS
    visitor.goto(f"{COUNTER}?do={far_away()}")
    expect(visitor.locator("#number")).to_be_focused()

    for number in numbers:
        scan(visitor, number)
        expect(visitor.locator("#number")).to_be_focused()

    expect(visitor.locator(SETTLED)).to_have_count(SCANS, timeout=PATIENCE_MS)
    outcomes = visitor.locator(SETTLED).evaluate_all("rows => rows.map((row) => row.dataset.outcome)")
    assert set(outcomes) <= {"extended", "refused"}
    extended = outcomes.count("extended")
    assert extended >= SCANS // 2
    expect(visitor.locator("#scan-count")).to_have_text(str(extended))
    shown = visitor.locator(SETTLED).all_inner_texts()
    assert all(number in text for number, text in zip(reversed(numbers), shown, strict=True))

    visitor.reload()
    expect(visitor.locator("#scan-count")).to_have_text(str(extended))


def test_a_double_scan_is_harmless_and_a_mistake_is_undone_by_keyboard_alone(
    visitor: Page, demonstration: Demonstration
) -> None:
    open_counter(visitor)
    field, row = visitor.locator("#number"), visitor.locator(SETTLED).first
    scan(visitor, "100002")
    expect(row).to_have_attribute("data-outcome", "extended", timeout=PATIENCE_MS)

    scan(visitor, "100002")
    expect(row).to_have_attribute("data-outcome", "already", timeout=PATIENCE_MS)
    expect(row).to_contain_text("Już przedłużona dziś o")
    expect(visitor.locator(ROWS)).to_have_count(1)
    expect(visitor.locator("#scan-count")).to_have_text("1")

    for _step in range(20):
        visitor.keyboard.press("Tab")
        if visitor.evaluate("document.activeElement.matches('.beside a')"):
            break
    expect(visitor.locator(AT_WORK)).to_have_count(0)
    visitor.keyboard.press("Enter")
    expect(row.get_by_label("Powód cofnięcia")).to_be_focused(timeout=PATIENCE_MS)
    expect(visitor.locator(AT_WORK)).to_have_count(0)
    visitor.keyboard.type("nie ta karta")
    visitor.keyboard.press("Enter")
    expect(row).to_have_attribute("data-outcome", "undone", timeout=PATIENCE_MS)
    expect(visitor.locator("#scan-count")).to_have_text("0")
    expect(field).to_be_focused()


def test_a_scanner_finds_the_field_wherever_the_focus_is(visitor: Page, demonstration: Demonstration) -> None:
    open_counter(visitor)
    visitor.keyboard.press("Tab")
    expect(visitor.locator("#number")).not_to_be_focused()

    scan(visitor, "999999")

    expect(visitor.locator(SETTLED).first).to_contain_text("Nikt nie ma tego numeru", timeout=PATIENCE_MS)
    expect(visitor.locator("#number")).to_be_focused()


def test_scans_made_while_the_connection_is_lost_are_sent_when_it_is_back(
    browser: Browser, demonstration: Demonstration
) -> None:
    # A window of its own: that requests fail stands on the console, and is meant to.
    with browser.new_context(base_url=demonstration.url, locale="pl-PL") as context:
        page = context.new_page()
        open_counter(page)
        context.set_offline(True)
        for number in ("100008", "999999"):
            scan(page, number)
        expect(page.locator(".sending").first).to_contain_text("ponawiam", timeout=PATIENCE_MS)
        expect(page.locator("#number")).to_be_focused()

        context.set_offline(False)

        expect(page.locator(SETTLED)).to_have_count(2, timeout=PATIENCE_MS)
        expect(page.locator(SETTLED).nth(1)).to_contain_text("100008")
