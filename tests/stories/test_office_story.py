"""The office finds and helps a student in a browser; its pages hold to what every page is held to."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.data_reports import DataReportKind
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services import data_reports
from tests.people import make_student
from tests.stories.looking import assert_accessible, assert_touchable, hold_to_everything
from tests.stories.states import ordered


def troubled_student() -> Student:
    """Somebody with everything on their page: a document, an undone date, a report, an unmet condition."""
    student = make_student(surname="Żółć", oath_approved_on=None)
    data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())
    return student


def test_students_are_found_while_typing_without_leaving_the_page(office: Page, live: str) -> None:
    make_student(surname="Żółkowska")
    make_student(surname="Żółć")

    office.locator("#search").press_sequentially("zol", delay=20)

    expect(office.locator("#found strong")).to_have_text(["Żółć", "Żółkowska"])
    expect(office.locator("#found-said")).to_contain_text("Znalezione osoby: 2.")
    assert office.url == f"{live}/dziekanat"
    expect(office.locator("#search")).to_be_focused()
    office.locator("#search").press_sequentially("c", delay=20)
    expect(office.locator("#found strong")).to_have_text(["Żółć"])
    office.keyboard.press("Enter")
    expect(office.get_by_role("heading", level=1)).to_contain_text("Żółć")


def test_going_back_shows_what_was_found_again(office: Page, live: str) -> None:
    make_student(surname="Żółkowska")
    make_student(surname="Żółć")
    office.goto(f"{live}/dziekanat/studenci")
    expect(office.locator("#search")).to_be_focused()

    office.keyboard.type("zol")
    expect(office.locator("#found strong")).to_have_count(2)
    expect(office).to_have_url(re.compile(r"szukane=[\w-]+$"))
    office.get_by_role("link", name="Żółkowska").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("Żółkowska")
    office.go_back()

    expect(office.locator("#found strong")).to_have_count(2)
    expect(office.locator("#search")).to_have_value("zol")


def test_a_pesel_is_shown_in_place(office: Page, live: str) -> None:
    student = make_student()
    office.goto(f"{live}/dziekanat/studenci/{student.album_number}")

    office.get_by_role("button", name="Pokaż PESEL").click()

    expect(office.locator("#pesel dd")).to_have_text(str(student.pesel))
    office.reload()
    expect(office.locator("#pesel")).not_to_contain_text(str(student.pesel))


@pytest.mark.parametrize("path", ["", "/studenci", "/listy/odrzucone", "/zgloszenia"])
def test_the_office_s_pages_are_accessible(office: Page, live: str, path: str) -> None:
    troubled_student()
    ordered(make_student(), OrderStatus.WAITING)
    office.goto(f"{live}/dziekanat{path}")

    hold_to_everything(office)


def test_the_list_while_typing_is_accessible(office: Page) -> None:
    make_student(surname="Żółkowska")
    office.locator("#search").fill("zol")
    expect(office.locator("#found strong")).to_have_count(1)

    assert_accessible(office)
    assert_touchable(office)


def test_a_student_s_page_and_the_acts_on_it_are_accessible(office: Page, live: str) -> None:
    student = troubled_student()
    other = make_student()
    order_id = ordered(other, OrderStatus.COLLECTED, collected_at=clock.now())
    extension = db.session.scalars(select(CardExtension.id).where(CardExtension.student_id == other.id)).one()

    for path in (
        f"studenci/{student.album_number}",
        f"studenci/{other.album_number}",
        f"studenci/{student.album_number}/dane",
        f"zamowienia/{order_id}/uniewaznij",
        f"przedluzenia/{extension}/cofnij",
        f"przedluzenia/{extension}/zmien-date",
    ):
        office.goto(f"{live}/dziekanat/{path}")
        hold_to_everything(office)


def test_both_values_stand_side_by_side_for_everybody(office: Page, live: str) -> None:
    student = make_student(surname="Próbna")
    address = f"{live}/dziekanat/studenci/{student.album_number}/dane"
    office.goto(address)
    second = office.context.new_page()
    second.goto(address)
    second.get_by_label("Nazwisko", exact=True).fill("Pierwsza")
    second.get_by_role("button", name="Zapisz").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Pierwsza")

    office.get_by_label("Nazwisko", exact=True).fill("Druga")
    office.get_by_role("button", name="Zapisz").click()

    expect(office.locator("#theirs-surname strong")).to_have_text("Pierwsza")
    expect(office.get_by_label("Nazwisko – Twoja wartość")).to_have_value("Druga")
    hold_to_everything(office)
