"""What happens to an open page: swaps, the back button, a second tab, an ended session, a lost connection."""

import re

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services.sessions import sign_out_everywhere
from tests.people import PASSWORD, account_of, make_student
from tests.stories.states import ACTIVATION_CODE, QR_TEXT, change, ordered

SOON_MS = 20_000
COUNT_CHANGES = """() => {
    window.told = [];
    for (const id of ['announcement', 'messages']) {
        const place = document.getElementById(id);
        new MutationObserver(() => place.textContent.trim() && told.push(place.textContent.trim()))
            .observe(place, {childList: true, characterData: true, subtree: true});
    }
}"""
ASK_NOW = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def student(app: Flask, database: SQLAlchemy) -> Student:
    return make_student()


def signed_in(page: Page, live: str, student: Student) -> Page:
    page.goto(f"{live}/logowanie")
    page.get_by_label("Nazwa użytkownika").fill(account_of(student).user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.wait_for_url(f"{live}/mlegitymacja")
    return page


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_focus_scroll_and_opened_parts_survive_a_swap(student: Student, live: str, page: Page) -> None:
    ordered(student, OrderStatus.CANCELLED)
    key = ordered(student, OrderStatus.WAITING)
    page.set_viewport_size({"width": 390, "height": 500})
    signed_in(page, live, student)
    page.get_by_text("Wcześniejsze zamówienia").click()
    page.locator("#cancel-order").focus()
    before = page.evaluate("scrollY")
    assert before > 0

    change(key, status=OrderStatus.IN_PROGRESS)
    page.evaluate(ASK_NOW)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Ministerstwo przygotowuje kody", timeout=SOON_MS
    )
    expect(page.locator("#cancel-order")).to_be_focused()
    expect(page.locator("#history")).to_have_attribute("open", "")
    assert abs(page.evaluate("scrollY") - before) < 100


def test_the_pressed_button_keeps_the_focus_and_the_heading_takes_it_over(
    student: Student, live: str, page: Page
) -> None:
    signed_in(page, live, student)
    page.locator("#place-order").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    # Faster than any hand: within htmx's 20 ms of settling a form still goes the way without JavaScript.
    expect(page.locator("#order-status")).not_to_have_class(re.compile("htmx-"))
    page.locator("#check-status").press("Enter")
    expect(page.get_by_text("Nic się jeszcze nie zmieniło.")).to_be_visible()
    expect(page.locator("#check-status")).to_be_focused()


def test_a_change_is_told_once_and_an_act_is_answered_once(student: Student, live: str, page: Page) -> None:
    signed_in(page, live, student)
    page.evaluate(COUNT_CHANGES)
    page.locator("#place-order").click()
    expect(page.get_by_text("mLegitymacja została zamówiona.")).to_be_visible()
    key = student_order(student)
    change(key, status=OrderStatus.READY)
    expect(page.locator("#activation-code")).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("mLegitymacja została zamówiona.")).to_have_count(0)
    change(key, status=OrderStatus.COLLECTED, collected_at=clock.now())
    page.evaluate(ASK_NOW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Masz mLegitymację", timeout=SOON_MS)

    expect(page.locator("#announcement")).to_have_text("Status: Odebrana")
    page.wait_for_timeout(300)  # for one too many
    assert page.evaluate("told") == [
        "mLegitymacja została zamówiona.",
        "Status: Do odbioru",
        "Status: Odebrana",
    ]


def student_order(student: Student) -> str:
    """The id of the student's only order."""
    db.session.rollback()
    return db.session.scalars(select(Order.id).where(Order.student_id == student.id)).one()


def test_back_shows_whole_pages_and_no_old_codes(student: Student, live: str, page: Page) -> None:
    key = ordered(student, OrderStatus.READY)
    signed_in(page, live, student)
    page.locator("#cancel-order").click()
    page.get_by_role("button", name="Anuluj zamówienie").click()
    expect(page.get_by_text("Zamówienie zostało anulowane.")).to_be_visible()
    for _ in range(3):
        page.go_back()
        expect(page.locator("header.site-header")).to_be_visible()
        assert QR_TEXT not in page.content()
    assert key not in page.content()


def test_back_after_an_order_placed_in_the_page_shows_a_whole_page(
    student: Student, live: str, page: Page
) -> None:
    signed_in(page, live, student)
    page.locator("#place-order").click()
    expect(page.get_by_text("mLegitymacja została zamówiona.")).to_be_visible()
    page.goto(f"{live}/konto")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zamówienie przyjęte")
    expect(page.locator("header.site-header")).to_be_visible()


def test_two_tabs_agree(student: Student, live: str, page: Page) -> None:
    signed_in(page, live, student)
    other = page.context.new_page()
    other.goto(f"{live}/mlegitymacja")
    page.locator("#place-order").click()
    expect(page.locator("#cancel-order")).to_be_visible()

    other.locator("#place-order").click()

    expect(other.get_by_text("masz już zamówienie w toku")).to_be_visible()
    expect(other.get_by_role("heading", level=1)).to_have_text("Zamówienie przyjęte")
    other.locator("#cancel-order").click()
    other.get_by_role("button", name="Anuluj zamówienie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Możesz zamówić mLegitymację", timeout=SOON_MS)


def test_an_ended_session_takes_the_codes_away_and_leads_back(
    student: Student, live: str, page: Page
) -> None:
    ordered(student, OrderStatus.READY)
    signed_in(page, live, student)
    sign_out_everywhere(account_of(student).id, clock.real_now())
    page.evaluate(ASK_NOW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sesja wygasła", timeout=SOON_MS)
    assert QR_TEXT not in page.content()
    page.get_by_role("link", name="Zaloguj się, aby zobaczyć status").click()
    page.get_by_label("Nazwa użytkownika").fill(account_of(student).user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.locator("#activation-code")).to_have_text(ACTIVATION_CODE)


def test_a_lost_connection_is_said_quietly_and_overcome(student: Student, live: str, page: Page) -> None:
    key = ordered(student, OrderStatus.WAITING)
    signed_in(page, live, student)
    lost = page.locator("#connection-lost")
    page.context.set_offline(True)
    expect(lost).to_contain_text("Brak połączenia, ponawiam.", timeout=SOON_MS)
    assert heading(page) == "Zamówienie przyjęte"

    change(key, status=OrderStatus.READY)
    page.context.set_offline(False)

    expect(page.locator("#activation-code")).to_be_visible(timeout=SOON_MS)
    expect(lost).to_be_empty()


def test_where_copying_is_forbidden_the_code_is_marked_for_copying_by_hand(
    student: Student, live: str, page: Page
) -> None:
    ordered(student, OrderStatus.READY)
    signed_in(page, live, student)
    page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); null")
    page.locator("#copy-code").click()
    page.wait_for_timeout(500)
    assert page.evaluate("getSelection().toString()").strip() == ACTIVATION_CODE
