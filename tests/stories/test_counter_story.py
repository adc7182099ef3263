"""A morning at the counter: card after card, without the mouse."""

from playwright.sync_api import Page, expect

from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

COUNTER = "/dziekanat/przedluzanie"
SCANS = 20
ROWS = "#scans > .scanned"
SETTLED = f"{ROWS}:not(.sending)"


def open_counter(page: Page) -> None:
    sign_in(page, "dziekanat")
    page.wait_for_url("**/dziekanat*")
    # A year ahead nobody is extended yet, so that every card has something to be done about.
    page.goto(f"{COUNTER}?do={next_year(page)}")
    expect(page.locator("#number")).to_be_focused()


def next_year(page: Page) -> str:
    """The semester's end after those the demonstration already extended to."""
    year: int = page.evaluate("new Date().getFullYear()")
    return f"{year + 2}-10-31"


def albums(page: Page, count: int) -> list[str]:
    """Numbers of students who may be extended that far, as the office's own list knows them."""
    page.goto(f"{COUNTER}/lista?do={next_year(page)}&status=active&stopien=uniform")
    cells = page.locator("tbody td:nth-child(3)").all_inner_texts()
    return [cell for cell in cells if cell.isdecimal()][:count]


def scan(page: Page, number: str) -> None:
    """What a scanner does: signs and Enter, faster than anybody types."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def test_twenty_scans_in_a_row_are_all_recorded_and_the_field_is_always_ready(
    visitor: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, "dziekanat")
    visitor.wait_for_url(lambda url: "/logowanie" not in url)
    numbers = albums(visitor, SCANS)
    assert len(set(numbers)) == SCANS
    visitor.goto(f"{COUNTER}?do={next_year(visitor)}")
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
    sign_in(visitor, "dziekanat")
    visitor.wait_for_url(lambda url: "/logowanie" not in url)
    visitor.goto(COUNTER)
    field, row = visitor.locator("#number"), visitor.locator(SETTLED).first
    expect(field).to_be_focused()
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
    visitor.keyboard.press("Enter")
    expect(row.get_by_label("Powód cofnięcia")).to_be_focused(timeout=PATIENCE_MS)
    visitor.keyboard.type("nie ta karta")
    visitor.keyboard.press("Enter")
    expect(row).to_have_attribute("data-outcome", "undone", timeout=PATIENCE_MS)
    expect(visitor.locator("#scan-count")).to_have_text("0")
    expect(field).to_be_focused()


def test_a_scanner_finds_the_field_wherever_the_focus_is(visitor: Page, demonstration: Demonstration) -> None:
    sign_in(visitor, "dziekanat")
    visitor.wait_for_url(lambda url: "/logowanie" not in url)
    visitor.goto(COUNTER)
    expect(visitor.locator("#number")).to_be_focused()
    visitor.keyboard.press("Tab")
    expect(visitor.locator("#number")).not_to_be_focused()

    scan(visitor, "999999")

    expect(visitor.locator(SETTLED).first).to_contain_text("Nikt nie ma tego numeru", timeout=PATIENCE_MS)
    expect(visitor.locator("#number")).to_be_focused()


def test_scans_made_while_the_connection_is_lost_are_sent_when_it_is_back(
    visitor: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, "dziekanat")
    visitor.wait_for_url(lambda url: "/logowanie" not in url)
    visitor.goto(COUNTER)
    expect(visitor.locator("#number")).to_be_focused()
    visitor.route("**/skan", lambda route: route.abort())
    for number in ("100008", "999999"):
        scan(visitor, number)
    expect(visitor.locator(".sending").first).to_contain_text("ponawiam", timeout=PATIENCE_MS)
    expect(visitor.locator("#number")).to_be_focused()

    visitor.unroute("**/skan")

    expect(visitor.locator(SETTLED)).to_have_count(2, timeout=PATIENCE_MS)
    expect(visitor.locator(SETTLED).nth(1)).to_contain_text("100008")
