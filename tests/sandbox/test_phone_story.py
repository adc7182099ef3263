"""The phone and the operator's page in a real browser: what scripts add, what eyes and screen readers meet."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
import qrcode
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.ministry_server import SandboxServer
from tests.sandbox.ordering import order, withdraw
from tests.sandbox.test_panel import HEADER, PERSON, package

PATIENCE_MS = 30_000
ANSWERS = re.compile("status of (404|422) ")  # Chromium reports a refused form as a failed load
Open = Callable[..., Page]
Theme = Literal["light", "dark"]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens pages of any size and theme; at the end none of them may have complained."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(
        width: int = 390, theme: Theme = "light", *, scripts: bool = True, still: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,
            java_script_enabled=scripts,
            reduced_motion="reduce" if still else "no-preference",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in complaints if not ANSWERS.search(one)] == []


def picture_of(text: str, side: int = 400) -> FilePayload:
    """A file to choose: the QR code of that text, `side` pixels wide."""
    drawn = io.BytesIO()
    qrcode.make(text).get_image().convert("L").resize((side, side)).save(drawn, "PNG")
    return {"name": "kod.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def test_the_imitated_panel_fits_a_phones_screen_with_orders_on_it(
    sandbox: SandboxServer, open_page: Open
) -> None:
    package_file: FilePayload = {
        "name": "paczka-3.zip",
        "mimeType": "application/zip",
        "buffer": package([HEADER, PERSON]),
    }
    page = open_page()
    page.goto(f"{sandbox.url}/panel")
    page.get_by_label("Plik ZIP pobrany z portalu").set_input_files(package_file)
    page.get_by_role("button", name="Wgraj paczkę").click()
    expect(page.get_by_role("button", name="Wycofaj")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_card_is_added_from_a_dropped_picture_and_its_end_shows_by_itself(
    sandbox: SandboxServer, open_page: Open
) -> None:
    report, page = order(sandbox, "500001"), open_page()
    page.goto(f"{sandbox.url}/telefon/500001")
    page.get_by_role("link", name="Dodaj dokument").click()
    page.get_by_role("link", name="Legitymacja studencka").click()
    page.get_by_role("link", name="Dalej").click()
    page.get_by_role("link", name="Akceptuję").click()
    page.get_by_role("link", name="Dalej").click()
    picture = picture_of(report["codes"]["qr_payload"], side=4500)
    page.get_by_label("Obraz kodu QR").set_input_files(picture)  # sent as soon as it is chosen
    page.get_by_label("Kod aktywacyjny").fill("nie ten")
    page.get_by_role("button", name="Dodaj", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("mLegitymacja nie istnieje")
    page.get_by_label("Kod aktywacyjny").fill(report["codes"]["activation_code"])
    page.get_by_role("button", name="Dodaj", exact=True).click()
    expect(page.get_by_text(report["card_number"])).to_be_visible()
    page.get_by_text("Uczelnia", exact=True).click()
    withdraw(sandbox, report["key"])
    expect(page.get_by_text("Unieważniona")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Uniwersytet Przykładowy")).to_be_visible()  # what was open has stayed so
    expect(page.get_by_role("status")).to_have_text("Karta nie jest już ważna.")


def test_a_huge_photograph_is_made_smaller_before_it_is_sent(sandbox: SandboxServer, open_page: Open) -> None:
    report, page = order(sandbox, "500002"), open_page()
    page.goto(f"{sandbox.url}/telefon/500002/dodaj/kod-qr")
    page.get_by_label("Obraz kodu QR").set_input_files(picture_of(report["codes"]["qr_payload"], side=4500))
    expect(page.get_by_label("Kod aktywacyjny")).to_be_visible(timeout=PATIENCE_MS)


def test_a_card_goes_onto_the_phone_by_keyboard_alone(sandbox: SandboxServer, open_page: Open) -> None:
    report, page = order(sandbox, "500003"), open_page(scripts=False)
    page.goto(f"{sandbox.url}/telefon/500003")
    for name in ("Dodaj dokument", "Legitymacja studencka", "Dalej", "Akceptuję", "Dalej"):
        _tab_to(page, name)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    _tab_to(page, "Tekst kodu QR")
    page.keyboard.type(report["codes"]["qr_payload"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/kod-aktywacyjny")
    _tab_to(page, "Kod aktywacyjny")
    page.keyboard.type(report["codes"]["activation_code"])
    page.keyboard.press("Enter")
    expect(page.get_by_text(report["card_number"])).to_be_visible()


def test_the_operators_page_follows_what_happens_and_keeps_the_focus(
    sandbox: SandboxServer, open_page: Open
) -> None:
    page = open_page(1280)
    page.goto(sandbox.url)
    button = page.get_by_role("button", name="Powoli")
    button.focus()
    sandbox.control(mode="down")
    order(sandbox, "500004")
    expect(page.get_by_role("button", name="Nie odpowiada")).to_have_attribute(
        "aria-pressed", "true", timeout=PATIENCE_MS
    )
    expect(page.get_by_role("status")).to_have_text("Tryb: Nie odpowiada")
    expect(page.get_by_text("HTTP 503").first).to_be_visible()
    expect(button).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_screen_is_accessible_and_fits(
    sandbox: SandboxServer, open_page: Open, width: int, theme: Theme
) -> None:
    phone = f"5001{width}{theme}"
    report = order(sandbox, "500100")
    page = open_page(width, theme, still=True)
    home = f"{sandbox.url}/telefon/{phone}"
    steps = ("opis", "regulamin", "aparat", "kod-qr")
    for address in (home, f"{home}/dokumenty", *(f"{home}/dodaj/{step}" for step in steps)):
        page.goto(address)
        _assert_accessible(page)
    page.get_by_label("Tekst kodu QR").fill(report["codes"]["qr_payload"])
    page.get_by_role("button", name="Dalej").click()
    _assert_accessible(page)
    page.get_by_label("Kod aktywacyjny").fill("nie ten")
    page.get_by_role("button", name="Dodaj", exact=True).click()
    _assert_accessible(page)
    page.get_by_label("Kod aktywacyjny").fill(report["codes"]["activation_code"])
    page.get_by_role("button", name="Dodaj", exact=True).click()
    page.wait_for_url("**/karta/*")
    _assert_accessible(page)
    card = page.url
    for address in (f"{card}/wiecej", home, sandbox.url, f"{home}/nic/takiego"):
        page.goto(address)
        _assert_accessible(page)
    withdraw(sandbox, report["key"])
    for address in (card, home):
        page.goto(address)
        _assert_accessible(page)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has that name is focused."""
    wanted = page.get_by_role("link", name=name).or_(page.get_by_label(name, exact=True)).first
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def _assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
