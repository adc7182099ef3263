"""The journal's pages: of one student for the office, of everything for the administrator."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from portal import clock
from portal.models.accounts import Role
from portal.models.people import Student
from portal.services.student_records import correct_student, reveal_pesel
from tests.browser import CheckedClient
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
    return admin.post_form(admin.get(ADMIN), ADMIN, **({"kto": "", "co": ""} | typed))


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
    assert "PESEL: zmieniono" in text_of(office)
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
    (table,) = [one.text for one in admin.checked_page.all("table")]
    assert "Poprawiono dane" in table
    assert "Przedłużono" in table
    assert "Pokazano PESEL" not in table
    assert f'value="{student.album_number}"' in found.text


def test_the_administrator_finds_acts_by_kind_person_and_day(admin: CheckedClient) -> None:
    corrected(surname="Nowa")
    today = clock.today().isoformat()
    wanted = {"od": today, "do": today, "kto": make_office().id, "co": "student_corrected"}

    found = admin.get(search(admin, **wanted).location)
    assert "Nazwisko: Próbna → Nowa" in found.text
    admin.get(search(admin, co="slip_issued").location)
    assert "Nie ma tu żadnych wpisów." in text_of(admin)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"album": "000"}, "Nie ma studenta o tym numerze albumu."),
        ({"od": "2026-02-02", "do": "2026-02-01"}, "Zamień daty."),
        ({"od": "wczoraj"}, "Sprawdź daty"),
        ({"kto": "ktoś"}, "wybierz osobę z listy"),
        ({"co": "nic"}, "Wybierz czynność z listy."),
        ({"co": "card_extended"}, "razem z numerem albumu"),
    ],
)
def test_a_search_that_does_not_fit_says_why_and_keeps_what_was_typed(
    admin: CheckedClient, typed: dict[str, str], problem: str
) -> None:
    answer = search(admin, **typed)

    assert answer.status_code == 422
    assert problem in text_of(admin)
    if "album" in typed:
        assert 'value="000"' in answer.text


def test_older_entries_are_a_page_further(admin: CheckedClient) -> None:
    student = make_student()
    for _ in range(51):
        reveal_pesel(student.id, actor=make_office().id, at=clock.now())

    admin.get(ADMIN)
    (older,) = [link for link in admin.checked_page.all("a") if link.text == "Starsze"]
    assert len(list(admin.checked_page.all("tr"))) == 1 + 50
    admin.get(str(older.get("href")))

    assert len(list(admin.checked_page.all("tr"))) == 1 + 1


@pytest.mark.parametrize(
    "place", ["po=gestern&wpis=a", "po=2026-01-01&wpis=a", "po=2026-01-01T00:00:00%2B00:00"]
)
def test_an_address_nobody_gave_begins_at_the_first_page(admin: CheckedClient, place: str) -> None:
    assert admin.get(f"{ADMIN}?{place}&od=nie&szukane=xyz").status_code == 200
    assert admin.get(f"{ADMIN}?{place}").status_code == 200


def test_the_administrators_account_leads_to_the_journal(admin: CheckedClient) -> None:
    assert ADMIN in admin.get("/konto").text
