"""The journal's pages: of one student for the office, of everything for the administrator."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from portal import clock
from portal.models.accounts import Role
from portal.models.people import Student
from portal.services.register_import import ImportOptions, apply_import, prepare_import
from portal.services.student_records import correct_student, reveal_pesel
from tests.browser import CheckedClient
from tests.pages import Element
from tests.people import POLICY, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
ADMIN = "/admin/dziennik"


def journal_of(student: Student) -> str:
    return f"/dziekanat/studenci/{student.album_number}/dziennik"


def corrected(**changes: object) -> Student:
    student = make_student(surname="Próbna")
    office = make_office().id
    correct_student(student.id, changes, student.revision, POLICY, actor=office, at=clock.now())
    return student


def text_of(client: CheckedClient) -> str:
    return " ".join(client.checked_page.text.split())


def search(admin: CheckedClient, **typed: str) -> TestResponse:
    fields: dict[str, Any] = {"kto": "", "co": ""} | typed
    return admin.post_form(admin.get(ADMIN), ADMIN, **fields)


@pytest.fixture
def admin(sign_in: SignIn) -> CheckedClient:
    """An administrator, signed in."""
    return sign_in(make_account(role=Role.ADMIN, display_name="Administrator"))


def test_the_office_reads_what_was_done_about_a_student(sign_in: SignIn) -> None:
    student = corrected(surname="Nowa", pesel=None)
    reveal_pesel(make_student().id, actor=make_office().id, at=clock.now())
    office = sign_in(make_office())

    page = office.get(f"/dziekanat/studenci/{student.album_number}")
    assert journal_of(student) in page.text
    office.get(journal_of(student))

    assert "Poprawiono dane" in text_of(office)
    assert "Nazwisko: Próbna → Nowa" in text_of(office)
    assert "PESEL zmieniony" in text_of(office)
    assert "Przedłużono" in text_of(office)
    assert "Pokazano PESEL" not in text_of(office)
    (main,) = office.checked_page.all("main")
    assert not list(main.all("form"))


def test_only_the_office_reads_a_students_and_only_the_administrator_the_whole(
    client: CheckedClient, sign_in: SignIn
) -> None:
    student = make_student()
    sign_in(make_account(role=Role.ADMIN))
    assert client.get(journal_of(student)).status_code == 403
    client.delete_cookie("session")
    sign_in(make_office())
    assert client.get(ADMIN).status_code == 403


def test_the_administrator_finds_a_student_by_album_number_that_stands_in_no_address(
    admin: CheckedClient,
) -> None:
    student = corrected(surname="Nowa")
    reveal_pesel(make_student().id, actor=make_office().id, at=clock.now())
    assert "Pokazano PESEL" in (admin.get(ADMIN).text)

    answer = search(admin, album=str(student.album_number))

    assert answer.status_code == 303
    assert str(student.album_number) not in answer.location
    found = admin.get(answer.location)
    listed = " ".join(one.text for one in admin.checked_page.all("ol"))
    assert "Poprawiono dane" in listed
    assert "Przedłużono" in listed
    assert "Pokazano PESEL" not in listed
    assert f'value="{student.album_number}"' in found.text


def test_the_administrator_finds_acts_by_kind_person_and_day(admin: CheckedClient) -> None:
    corrected(surname="Nowa")
    today = clock.today().isoformat()
    wanted = {"od": today, "do": today, "kto": make_office().id, "co": "student_corrected"}

    found = admin.get(search(admin, **wanted).location)
    assert "Nazwisko: Próbna → Nowa" in found.text
    admin.get(search(admin, co="slip_issued").location)
    assert "Nie ma wpisów, które by do tego pasowały." in text_of(admin)


def test_single_extensions_are_found_by_period_and_person_alone(admin: CheckedClient) -> None:
    student = make_student(surname="Próbna", first_names="Wanda")
    today = clock.today().isoformat()

    admin.get(search(admin, od=today, do=today, kto=make_office().id, co="card_extended").location)

    assert f"Przedłużono Próbna Wanda nr albumu {student.album_number}" in text_of(admin)
    assert "Dzisiaj, " in text_of(admin)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"album": "000"}, "Nie ma studenta o tym numerze albumu."),
        ({"od": "2026-02-02", "do": "2026-02-01"}, "Zamień daty."),
        ({"od": "wczoraj"}, "To nie jest data."),
        ({"kto": "ktoś"}, "Wybierz osobę z listy"),
        ({"co": "nic"}, "Wybierz czynność z listy."),
    ],
)
def test_a_search_that_does_not_fit_says_why_and_keeps_what_was_typed(
    admin: CheckedClient, typed: dict[str, str], problem: str
) -> None:
    answer = search(admin, **typed)

    assert answer.status_code == 422
    assert problem in text_of(admin)
    marked = {str(one.get("name")) for one in fields(admin) if one.get("aria-invalid") == "true"}
    assert marked == typed.keys()
    kept = {str(one.get("name")): one.get("value") for one in fields(admin)}
    for name in typed.keys() & {"od", "do", "album"}:
        assert kept[name] == typed[name]


def fields(client: CheckedClient) -> list[Element]:
    return [one for kind in ("input", "select") for one in client.checked_page.all(kind)]


def test_older_entries_are_a_page_further_and_lead_back_to_the_newest(admin: CheckedClient) -> None:
    student = make_student(extended_until=None)
    for _ in range(51):
        reveal_pesel(student.id, actor=make_office().id, at=clock.now())

    admin.get(ADMIN)
    assert len(list(admin.checked_page.all("time"))) == 50
    admin.get(link(admin, "Starsze wpisy"))

    assert len(list(admin.checked_page.all("time"))) == 1
    assert link(admin, "Najnowsze wpisy") == ADMIN


def link(client: CheckedClient, words: str) -> str:
    (found,) = [one for one in client.checked_page.all("a") if one.text.strip() == words]
    return str(found.get("href"))


def test_a_period_is_one_click_and_keeps_the_rest_of_the_search(admin: CheckedClient) -> None:
    corrected(surname="Nowa")
    admin.get(search(admin, co="student_corrected").location)

    admin.get(link(admin, "7 dni"))

    kept = {str(one.get("name")): one.get("value") for one in fields(admin)}
    assert kept["do"] == clock.today().isoformat()
    assert kept["od"] == (clock.today() - timedelta(days=6)).isoformat()
    assert "Poprawiono dane" in text_of(admin)
    assert link(admin, "Wyczyść i pokaż wszystko") == ADMIN


def test_a_name_leads_to_all_that_was_done_about_that_person(admin: CheckedClient) -> None:
    student = corrected(surname="Nowa")
    reveal_pesel(make_student(surname="Inna").id, actor=make_office().id, at=clock.now())
    admin.get(search(admin, co="student_corrected").location)

    address = link(admin, f"Nowa {student.first_names}")
    admin.get(address)

    assert str(student.album_number) not in address
    assert "Przedłużono" in text_of(admin)
    assert "Pokazano PESEL Inna" not in text_of(admin)


def test_a_file_leads_to_what_it_did_to_each_student(admin: CheckedClient) -> None:
    student = make_student(surname="Próbna", extended_until=None)
    content = f"numer albumu;nazwisko\n{student.album_number};Nowa\n".encode()
    prepared = prepare_import(content, ImportOptions(), POLICY, at=clock.now())
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=make_office().id, at=clock.now())

    admin.get(ADMIN)
    admin.get(link(admin, "Zmiany u poszczególnych studentów"))

    assert "Plik ze studentami z " in text_of(admin)
    assert "zmienione: 1" in text_of(admin)
    assert "Nazwisko: Próbna → Nowa" in text_of(admin)
    assert f"nr albumu {student.album_number}" in text_of(admin)


def test_a_file_nobody_imported_has_no_page(admin: CheckedClient) -> None:
    assert admin.get(f"{ADMIN}/pliki/{uuid4()}").status_code == 404


def test_the_pages_of_a_file_are_the_administrators_alone(sign_in: SignIn) -> None:
    assert sign_in(make_office()).get(f"{ADMIN}/pliki/{uuid4()}").status_code == 403


@pytest.mark.parametrize(
    "place", ["po=gestern&wpis=a", "po=2026-01-01&wpis=a", "po=2026-01-01T00:00:00%2B00:00"]
)
def test_an_address_nobody_gave_begins_at_the_first_page(admin: CheckedClient, place: str) -> None:
    assert admin.get(f"{ADMIN}?{place}&od=nie&szukane=xyz").status_code == 200
    assert admin.get(f"{ADMIN}?{place}").status_code == 200


def test_the_administrators_account_leads_to_the_journal(admin: CheckedClient) -> None:
    assert ADMIN in admin.get("/konto").text
