"""From the click to the codes to the phone: the main job, in a browser, over real processes."""

from playwright.sync_api import Page, expect

from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in


def test_from_the_click_to_the_card_without_touching_the_page(
    visitor: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, "100001")
    visitor.get_by_role("button", name="Zamów mLegitymację").dblclick()
    expect(visitor.get_by_text("mLegitymacja została zamówiona.")).to_be_visible()

    expect(visitor.get_by_role("heading", name="Dodaj mLegitymację do mObywatela")).to_be_visible(
        timeout=PATIENCE_MS
    )
    codes = {
        "qr_payload": visitor.locator("#qr-payload").inner_text(),
        "activation_code": visitor.locator("#activation-code").inner_text(),
        "phone": "telefon-100001",
    }
    status, card = demonstration.ministry("POST", "/redeem", codes)
    assert status == 200, card

    expect(visitor.get_by_role("heading", name="Dane mLegitymacji")).to_be_visible(timeout=PATIENCE_MS)
    expect(visitor.locator("#order-status")).to_contain_text("Odebrana")
    expect(visitor.locator("#qr-payload")).to_have_count(0)
    cards = demonstration.ministry("GET", "/ledger")[1]["cards"]
    assert [one["live"] for one in cards if one["album_number"] == "100001"] == [True]


def test_a_renewal_supersedes_the_old_document(visitor: Page, demonstration: Demonstration) -> None:
    sign_in(visitor, "100006")
    expect(visitor.get_by_role("heading", name="Dane mLegitymacji")).to_be_visible()
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    expect(visitor.locator("#activation-code")).to_be_visible(timeout=PATIENCE_MS)
    codes = {
        "qr_payload": visitor.locator("#qr-payload").inner_text(),
        "activation_code": visitor.locator("#activation-code").inner_text(),
        "phone": "telefon-100006",
    }
    assert demonstration.ministry("POST", "/redeem", codes)[0] == 200

    expect(visitor.locator("#activation-code")).to_have_count(0, timeout=PATIENCE_MS)
    visitor.get_by_text("Wcześniejsze zamówienia").click()
    expect(visitor.locator("#order-status")).to_contain_text("Zastąpiona")


def test_an_outage_delays_the_order_and_nothing_else(visitor: Page, demonstration: Demonstration) -> None:
    demonstration.ministry("PUT", "/control", {"mode": "down"})
    sign_in(visitor, "100011")
    visitor.get_by_role("button", name="Zamów mLegitymację").click()
    expect(visitor.locator("#order-status")).to_contain_text("nie odpowiada", timeout=PATIENCE_MS)

    demonstration.ministry("PUT", "/control", {"mode": "ok"})

    expect(visitor.locator("#activation-code")).to_be_visible(timeout=PATIENCE_MS)


def test_ten_parallel_clicks_leave_one_order_and_one_card(
    visitor: Page, demonstration: Demonstration
) -> None:
    sign_in(visitor, "100012")
    visitor.evaluate(
        """() => Promise.all([...Array(10)].map(() => {
            const form = document.querySelector('form[action$="/zamowienia"]');
            const body = new URLSearchParams(new FormData(form));
            return fetch(form.action, {method: 'POST', body, redirect: 'manual'});
        }))"""
    )
    visitor.reload()
    expect(visitor.locator("#activation-code")).to_be_visible(timeout=PATIENCE_MS)
    cards = demonstration.ministry("GET", "/ledger")[1]["cards"]
    assert len([one for one in cards if one["album_number"] == "100012" and one["live"]]) == 1
