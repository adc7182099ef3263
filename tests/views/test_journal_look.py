"""The journal's pages: axe-core finds nothing, they fit small screens and fingers, and work without JavaScript."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, Page, expect

from portal import clock
from portal.models.accounts import Account, Role
from portal.models.people import Student
from portal.services.register_import import ImportOptions, apply_import, prepare_import
from portal.services.student_records import correct_student, reveal_pesel
from tests.people import PASSWORD, POLICY, make_account, make_office, make_student
from tests.stories.looking import assert_accessible, assert_fits, assert_focus_shows, assert_touchable

Visit = Callable[..., Page]
ADMIN = "/admin/dziennik"
LONG = "Wyjątkowodługienazwiskobezjednejspacji-Zdrugimczłonem"


def administrator() -> Account:
    return make_account(role=Role.ADMIN, display_name="Administrator portalu uczelni")


def sign_in(page: Page, live: str, account: Account, path: str) -> Page:
    page.goto(f"{live}/logowanie")
    page.get_by_label("Nazwa użytkownika").fill(account.user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_role("button", name="Wyloguj", exact=True)).to_be_visible()
    page.goto(f"{live}{path}")
    return page


@pytest.fixture
def visit(app: Flask, database: SQLAlchemy, live: str, page: Page) -> Visit:
    """Sign somebody in and open a path."""
    return lambda account, path: sign_in(page, live, account, path)


def hold_to_everything(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)
    assert_touchable(page)
    assert_focus_shows(page)


def student_with_a_history() -> Student:
    """Somebody about whom a page and more was done."""
    student, office, at = make_student(), make_office().id, clock.now()
    correct_student(student.id, {"surname": LONG}, student.revision, POLICY, actor=office, at=at)
    content = f"numer albumu;grupa;e-mail\n{student.album_number};G-9;{'długi' * 10}@example.edu.pl\n"
    prepared = prepare_import(content.replace("ł", "l").encode(), ImportOptions(), POLICY, at=clock.now())
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=office, at=clock.now())
    for _ in range(50):
        reveal_pesel(student.id, actor=office, at=at)
    return student


def test_the_administrators_journal_in_all_its_states(visit: Visit) -> None:
    page = visit(administrator(), ADMIN)
    expect(page.get_by_text("Dziennik jest pusty.")).to_be_visible()
    hold_to_everything(page)

    student_with_a_history()
    page.reload()
    hold_to_everything(page)
    page.get_by_role("link", name="Starsze wpisy").click()
    expect(page.get_by_role("link", name="Najnowsze wpisy")).to_be_visible()
    hold_to_everything(page)

    page.goto(page.url.partition("?")[0] + "?co=slip_issued")
    expect(page.get_by_text("Nie ma wpisów, które by do tego pasowały.")).to_be_visible()
    hold_to_everything(page)


def test_a_period_that_ends_before_it_begins_is_marked_and_kept(visit: Visit) -> None:
    page = visit(administrator(), ADMIN)
    page.get_by_label("Od dnia").fill("2026-02-02")
    page.get_by_label("Do dnia").fill("2026-02-01")
    page.get_by_label("Co", exact=True).select_option("photo_given")
    page.get_by_role("button", name="Szukaj").click()

    expect(page.get_by_role("alert")).to_have_text("Pierwszy dzień jest późniejszy niż ostatni. Zamień daty.")
    expect(page.get_by_label("Od dnia")).to_have_value("2026-02-02")
    expect(page.get_by_label("Co", exact=True)).to_have_value("photo_given")
    hold_to_everything(page)


def test_what_a_file_did_to_each_student(visit: Visit) -> None:
    student_with_a_history()
    page = visit(administrator(), f"{ADMIN}?co=register_imported")
    page.get_by_role("link", name="Zmiany u poszczególnych studentów").click()
    expect(page.get_by_text("G-9")).to_be_visible()
    hold_to_everything(page)


def test_a_students_journal_with_and_without_entries(visit: Visit) -> None:
    student, nobody = student_with_a_history(), make_student(extended_until=None)
    page = visit(make_office(), f"/dziekanat/studenci/{student.album_number}/dziennik")
    hold_to_everything(page)
    page.goto(page.url.replace(str(student.album_number), str(nobody.album_number)))
    expect(page.get_by_text("Dziekanat nic jeszcze nie zrobił w sprawie tej osoby.")).to_be_visible()
    hold_to_everything(page)


@pytest.mark.usefixtures("app", "database")
def test_the_journal_is_searched_and_turned_without_javascript(live: str, browser: Browser) -> None:
    student = student_with_a_history()
    context = browser.new_context(java_script_enabled=False, locale="pl-PL")
    page = sign_in(context.new_page(), live, administrator(), ADMIN)

    page.get_by_label("Numer albumu").fill(str(student.album_number))
    page.get_by_role("button", name="Szukaj").click()
    expect(page.get_by_label("Numer albumu")).to_have_value(str(student.album_number))
    page.get_by_role("link", name="Starsze wpisy").click()

    expect(page.get_by_role("listitem").filter(has_text="Przedłużono")).to_have_count(1)
    context.close()
