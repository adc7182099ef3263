"""The whole journey in other ways than with mouse and scripts: by keyboard, without JavaScript, by touch on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.demo.accounts import PASSWORD
from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

MOST_TABS = 60
READY = "Dodaj mLegitymację do mObywatela"


@pytest.fixture
def plain_visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """A browser without JavaScript."""
    context = browser.new_context(base_url=demonstration.url, java_script_enabled=False, locale="pl-PL")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """A phone: narrow, touched, its clipboard at hand."""
    context = browser.new_context(
        base_url=demonstration.url,
        locale="pl-PL",
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    expect(wanted).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def press(page: Page, role: str, name: str) -> None:
    """Tab to the control and press Enter."""
    tab_to(page, page.get_by_role("button" if role == "button" else "link", name=name, exact=True).first)
    page.keyboard.press("Enter")


def test_by_keyboard_alone_from_signing_in_to_the_second_order(
    visitor: Page, demonstration: Demonstration
) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.goto("/logowanie")
    tab_to(visitor, visitor.get_by_label("Nazwa użytkownika"))
    visitor.keyboard.type("100001")
    visitor.keyboard.press("Tab")
    visitor.keyboard.type(PASSWORD)
    visitor.keyboard.press("Enter")
    press(visitor, "button", "Zamów mLegitymację")
    expect(visitor.get_by_role("heading", level=1)).to_have_text(READY, timeout=PATIENCE_MS)

    tab_to(visitor, visitor.locator("#copy-code"))
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#copy-code")).to_have_text("Skopiowano kod aktywacyjny")
    shown = visitor.locator("#activation-code").inner_text()
    assert visitor.evaluate("navigator.clipboard.readText()") == shown

    press(visitor, "link", "Anuluj zamówienie")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Anulować zamówienie?")
    press(visitor, "button", "Anuluj zamówienie")
    expect(visitor.get_by_text("Zamówienie zostało anulowane.")).to_be_visible()
    press(visitor, "button", "Zamów mLegitymację")
    expect(visitor.get_by_role("heading", level=1)).to_have_text(READY, timeout=PATIENCE_MS)
    assert visitor.locator("#activation-code").inner_text() != shown


def test_without_javascript_from_signing_in_to_cancelling_the_card(
    plain_visitor: Page, demonstration: Demonstration
) -> None:
    page = plain_visitor
    sign_in(page, "100006")
    page.get_by_role("button", name="Zamów mLegitymację").click()
    expect(page.get_by_text("mLegitymacja została zamówiona.")).to_be_visible()
    check_until(page, READY)
    assert page.get_by_role("button", name="Skopiuj do schowka").count() == 0
    codes = {
        "qr_payload": page.locator("#qr-payload").inner_text(),
        "activation_code": page.locator("#activation-code").inner_text(),
        "phone": "telefon-bez-skryptow",
    }
    assert demonstration.ministry("POST", "/redeem", codes)[0] == 200
    check_until(page, "Masz mLegitymację")

    page.get_by_role("link", name="Anuluj mLegitymację").click()
    page.get_by_label("Mam nowy telefon").check()
    page.get_by_role("button", name="Anuluj mLegitymację").click()
    expect(page.get_by_text("dodaj ją na nowym telefonie")).to_be_visible()
    expect(page.get_by_role("button", name="Zamów mLegitymację")).to_be_visible()


def check_until(page: Page, heading: str) -> None:
    """Press „Sprawdź status zamówienia” as long as it is there and the page does not say `heading` yet."""
    title, button = page.get_by_role("heading", level=1), page.get_by_role("button", name="Sprawdź status")
    for _ in range(60):
        if title.inner_text() == heading:
            return
        button.click()
        page.wait_for_timeout(500)
    expect(title).to_have_text(heading)


def test_on_a_phone_one_copies_first_and_then_opens_the_app(
    phone_visitor: Page, demonstration: Demonstration
) -> None:
    page = phone_visitor
    sign_in(page, "100005")
    expect(page.get_by_role("heading", level=1)).to_have_text(READY)
    page.locator("#copy-qr").tap()
    expect(page.locator("#copy-qr")).to_have_text("Skopiowano kod QR")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch("[0-9a-f]{32}", copied)

    leads_on = page.get_by_role("link", name="Otwórz aplikację mObywatel")
    expect(leads_on).to_have_attribute("href", f"http://127.0.0.1:{demonstration.portal.port + 1}/telefon")
    assert top_of(page.locator("#copy-qr")) < top_of(page.locator("#copy-code")) < top_of(leads_on)
    expect(page.get_by_role("heading", name="Krok po kroku na tym telefonie")).to_be_visible()
    expect(page.get_by_role("heading", name="Krok po kroku z telefonem w ręku")).to_be_hidden()
    code = page.locator("#activation-code").inner_text()
    redeemed = {"qr_payload": copied, "activation_code": code, "phone": "1"}
    assert demonstration.ministry("POST", "/redeem", redeemed)[0] == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("Masz mLegitymację", timeout=PATIENCE_MS)


def top_of(one: Locator) -> float:
    """How far below the top of the screen it begins."""
    box = one.bounding_box()
    assert box is not None
    return box["y"]
