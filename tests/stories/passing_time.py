"""Moving the demonstration's calendar, extending at the counter and holding the phone, as people do."""

import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

CALENDAR = "/demo/kalendarz"
LOOK_AGAIN_MS = 1_000


def move_calendar(page: Page, to: date) -> None:
    """Through the page's form; a day that has come already needs no moving."""
    page.goto(CALENDAR)
    if to <= calendar_day(page):
        return
    page.get_by_label("Inny dzień").fill(to.isoformat())
    page.get_by_role("button", name="Przejdź do tego dnia").click()
    expect(page.get_by_text("Kalendarz pokazuje")).to_contain_text(written(to))


def calendar_day(page: Page) -> date:
    """Today by the calendar page that is open."""
    return day_in(page.locator("dl.data div").first.inner_text())


def day_in(text: str) -> date:
    """The first date in a text as people write it."""
    found = re.search(r"(\d{1,2})\.(\d{2})\.(\d{4})", text)
    assert found, text
    day, month, year = (int(part) for part in found.groups())
    return date(year, month, day)


def written(day: date) -> str:
    return f"{day.day}.{day.month:02}.{day.year}"


def before_the_end(valid_until: date) -> date:
    """A day on which the office extends beyond `valid_until` while what ends then is still valid."""
    return valid_until - timedelta(days=14)


def extend_at_the_counter(page: Page, number: str) -> None:
    sign_in(page, "dziekanat")
    page.wait_for_url(lambda url: "/logowanie" not in url)
    page.goto("/dziekanat/przedluzanie")
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    row = page.locator('#scans > .scanned:not(.sending)[data-outcome="extended"]')
    expect(row).to_contain_text(number, timeout=PATIENCE_MS)


def reload_until(page: Page, wanted: Locator) -> None:
    """Look again and again, as an impatient person does."""
    for _ in range(PATIENCE_MS // LOOK_AGAIN_MS):
        if wanted.count():
            return
        page.wait_for_timeout(LOOK_AGAIN_MS)
        page.reload()
    raise AssertionError(f"{wanted} never came")


def codes_on(page: Page) -> tuple[str, str]:
    """The QR text and the activation code, once they are there."""
    expect(page.locator("#activation-code")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("#qr-payload").inner_text(), page.locator("#activation-code").inner_text()


def add_card(phone: Page, demonstration: Demonstration, name: str, codes: tuple[str, str]) -> None:
    """The phone's way from „Dodaj dokument” to the card."""
    phone.goto(f"{demonstration.ministry_url}/telefon/{name}")
    for link in ("Dodaj dokument", "Legitymacja studencka", "Dalej", "Akceptuję", "Dalej"):
        phone.get_by_role("link", name=link).click()
    _type_codes(phone, codes, "Dodaj")


def renew_card(phone: Page, demonstration: Demonstration, name: str, codes: tuple[str, str]) -> None:
    """The phone's way from the card over „Przedłuż ważność” to the new card."""
    open_card(phone, demonstration, name)
    for link in ("Więcej", "Przedłuż ważność", "Akceptuję"):
        phone.get_by_role("link", name=link).click()
    _type_codes(phone, codes, "Przedłuż")


def open_card(phone: Page, demonstration: Demonstration, name: str) -> None:
    phone.goto(f"{demonstration.ministry_url}/telefon/{name}")
    phone.locator("a.tile").first.click()


def _type_codes(phone: Page, codes: tuple[str, str], last_button: str) -> None:
    phone.get_by_label("Tekst kodu QR").fill(codes[0])
    phone.get_by_role("button", name="Dalej").click()
    phone.get_by_label("Kod aktywacyjny").fill(codes[1])
    phone.get_by_role("button", name=last_button, exact=True).click()
    expect(phone.get_by_text("Ważna do").first).to_be_visible()
