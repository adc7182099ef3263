"""News, switches and letters: axe-core finds nothing, everything fits and can be reached; opening the list reads it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect

from jobs import send_messages
from portal.extensions import db
from portal.mail.pace import Pace
from portal.models.people import Student
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.services import notice_list
from tests.mailing import order_in, student_with_mail, tell_of
from tests.people import PASSWORD, account_of
from tests.stories.looking import hold_to_everything

Visit = Callable[[str], Page]


@pytest.fixture
def reader(app: Flask, database: SQLAlchemy) -> Student:
    """A student with news, some of them by mail."""
    student = student_with_mail()
    order = order_in(student, OrderStatus.READY)
    for kind in (NoticeKind.READY, NoticeKind.CODES_EXPIRE_SOON):
        tell_of(order, kind)
    send_messages.run(Pace())
    return student


@pytest.fixture
def visit(reader: Student, live: str, page: Page) -> Visit:
    """Open a path as the reader."""

    def open_page(path: str) -> Page:
        page.goto(f"{live}/logowanie?dalej={path}")
        page.get_by_label("Nazwa użytkownika").fill(account_of(reader).user_name)
        page.get_by_label("Hasło").fill(PASSWORD)
        page.get_by_role("button", name="Zaloguj się", exact=True).click()
        page.wait_for_url(f"{live}{path}")
        return page

    return open_page


@pytest.mark.parametrize("path", ["/wiadomosci", "/wiadomosci/ustawienia", "/demo/poczta"])
def test_the_pages_are_accessible(visit: Visit, path: str) -> None:
    hold_to_everything(visit(path))


def test_a_letter_can_be_read_and_leads_to_the_student_s_page(visit: Visit) -> None:
    page = visit("/demo/poczta")
    page.locator("ol a").first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name="Przejdź do swojej strony")).to_be_visible()
    background = frame.locator("main").evaluate("one => getComputedStyle(one).borderRadius")
    assert background == "14px", "the letter's own style sheet reaches its frame"


def test_an_open_list_is_read_by_itself_and_its_marks_stay_for_the_reader(
    visit: Visit, reader: Student
) -> None:
    page = visit("/wiadomosci")
    with page.expect_response("**/wiadomosci/przeczytane") as answer:
        expect(page.get_by_text("Nowa").first).to_be_visible()
    assert answer.value.status == 204
    expect(page.get_by_text("Nowa").first).to_be_visible()
    reader_id = reader.id
    db.session.rollback()  # so that the test sees what the page wrote
    assert notice_list.unread(reader_id) == 0
