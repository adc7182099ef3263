"""The panel's pages: who sees them, a package out, a report in, codes one by one, withdrawals ticked off."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.journal import JournalEntry
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.services import ordering, panel_files
from portal.services.accounts import let_operate_panel
from portal.settings import Settings
from tests.browser import CheckedClient, form_fields
from tests.panel import answer_to, codes_for, people_in, report, report_row
from tests.people import make_office
from tests.views.panel import PANEL, make_operator, ordered, with_panel
from tests.views.uploads import let_jobs_work, send_file

SignIn = Callable[..., CheckedClient]
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_panel(settings)


def order(order_id: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order_id)


def pulled(client: CheckedClient) -> str:
    """The address of a package made by the page's button."""
    answer = client.post_form(client.get(PANEL), f"{PANEL}/paczki")
    assert answer.status_code == 303
    return str(answer.location)


def test_whoever_lacks_the_right_reads_who_gives_it(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    for below in ("", "/raport", "/kody", "/odwolania"):
        answer = client.get(PANEL + below)
        assert answer.status_code == 403
        assert "Prawo nadaje administrator portalu" in answer.text
        assert "dziekanat" in answer.text
    assert client.post(f"{PANEL}/paczki").status_code in {400, 403}
    assert f'href="{PANEL}"' not in client.get("/dziekanat").text


def test_the_right_is_looked_up_for_every_request(sign_in: SignIn) -> None:
    client = sign_in(make_operator())
    assert client.get(PANEL).status_code == 200
    let_operate_panel("operator", allowed=False, at=clock.real_now())
    assert client.get(PANEL).status_code == 403


def test_an_operator_finds_the_panel_among_the_offices_sections(sign_in: SignIn) -> None:
    client = sign_in(make_operator())
    page = client.get("/dziekanat")
    assert f'href="{PANEL}"' in page.text
    assert "Zamówienia przenosi dziekanat" in page.text


def test_nothing_waits_and_nothing_is_offered(sign_in: SignIn) -> None:
    page = sign_in(make_operator()).get(PANEL)
    assert "Nikt nie czeka." in page.text
    assert f'action="{PANEL}/paczki"' not in page.text


def test_a_package_is_pulled_downloaded_and_downloaded_again(sign_in: SignIn) -> None:
    one = ordered(surname="Zielińska")
    client = sign_in(make_operator())
    address = pulled(client)
    assert order(one).status is OrderStatus.IN_PROGRESS
    page = client.get(address)
    assert "Zielińska" in page.text
    assert page.text.index("Pobierz pliki") < page.text.index("Utworzona")
    assert "P1-001" in page.text
    file = client.post_form(page, f"{address}/plik")
    assert file.mimetype == "application/zip"
    assert file.headers["Content-Disposition"] == "attachment; filename=paczka-1.zip"
    assert [person["Nazwisko"] for person in people_in(file.data)] == ["Zielińska"]
    again = client.get(address)
    assert "Pobierz ponownie" in again.text
    assert "Olga Operatorska" in again.text
    assert client.post_form(again, f"{address}/plik").data == file.data
    kept = db.session.scalars(select(JournalEntry).where(JournalEntry.act == panel_files.PACKAGE_DOWNLOADED))
    assert len(kept.all()) == 2


def test_a_second_click_makes_no_second_package(sign_in: SignIn) -> None:
    ordered()
    client = sign_in(make_operator())
    page = client.get(PANEL)
    first, second = (client.post_form(page, f"{PANEL}/paczki") for _ in range(2))
    assert first.location.startswith(f"{PANEL}/paczki/")
    assert second.location == PANEL
    assert "Nie ma teraz zamówień, które można przekazać." in client.get(PANEL).text


def test_a_package_is_taken_back_after_its_counts_were_shown(sign_in: SignIn) -> None:
    one = ordered()
    client = sign_in(make_operator())
    address = pulled(client)
    page = client.get(f"{address}/wycofaj")
    assert "1 zamówienie wróci do kolejki" in page.text
    ordering.cancel(one, order(one).student_id, actor="student", at=clock.now())
    stale = client.post_form(page, f"{address}/wycofaj")
    assert stale.status_code == 422
    assert "zmieniła się liczba zamówień" in stale.text
    answer = client.post_form(stale, f"{address}/wycofaj")
    assert answer.status_code == 303
    assert order(one).at_ministry is AtMinistry.GONE
    assert "wycofana" in client.get(PANEL).text
    assert client.get(f"{address}/wycofaj").status_code == 409


def test_a_report_is_shown_first_and_then_gives_students_their_codes(sign_in: SignIn) -> None:
    one, other = ordered(), ordered()
    client = sign_in(make_operator())
    address = pulled(client)
    package = client.post_form(client.get(address), f"{address}/plik").data
    first, second = people_in(package)
    content = report([report_row(first), report_row(second, Kod_aktywacyjny="")])

    answer = send_file(client, client.get(f"{PANEL}/raport"), f"{PANEL}/raport", "file", content)
    assert answer.status_code == 303
    assert "Sprawdzam plik" in client.get(answer.location).text
    let_jobs_work()
    shown = client.get(answer.location)
    assert "Brak kodu aktywacyjnego." in shown.text
    assert order(one).status is OrderStatus.IN_PROGRESS
    codes = client.get(answer.location + "?los=codes")
    assert not [code for code in codes_for("P1-001") if code in codes.text]

    client.post_form(shown, f"{answer.location}/zastosuj")
    let_jobs_work()
    done = client.get(answer.location)
    assert "Raport wczytany" in done.text
    assert (order(one).qr_payload, order(one).activation_code) == codes_for("P1-001")
    assert order(other).status is OrderStatus.IN_PROGRESS
    rejected = client.get(f"{answer.location}/odrzucone.csv")
    assert rejected.data.decode("utf-8-sig").splitlines() == [
        "wiersz;nr zamówienia;powód",
        "3;P1-002;Brak kodu aktywacyjnego.",
    ]
    assert "paczk" in client.get(address).text


def test_a_checked_report_is_found_again_by_its_owner_and_can_be_thrown_away(sign_in: SignIn) -> None:
    operator, start = make_operator(), f"{PANEL}/raport"
    client = sign_in(operator)
    address = str(send_file(client, client.get(start), start, "file", report([])).location)
    let_jobs_work()

    page = client.get(start)
    assert "sprawdzony, niezapisany" in page.text
    assert f'href="{address}"' in page.text
    assert "sprawdzony" not in sign_in(make_operator("druga")).get(start).text
    client = sign_in(operator)
    assert client.post_form(client.get(start), f"{address}/porzuc").location == PANEL
    assert "sprawdzony" not in client.get(start).text


def test_a_refusal_is_shown_with_its_reason_before_it_is_confirmed(sign_in: SignIn) -> None:
    ordered(surname="Odmowna")
    client = sign_in(make_operator())
    pulled(client)
    content = report([{"Nr zamówienia": "P1-001", "Powód odrzucenia": "zdjęcie <nieostre>"}])
    answer = send_file(client, client.get(f"{PANEL}/raport"), f"{PANEL}/raport", "file", content)
    let_jobs_work()
    shown = client.get(answer.location)
    assert "Odmowna" in shown.text
    assert "Powód z raportu" in shown.text
    assert "zdjęcie &lt;nieostre&gt;" in shown.text


def test_a_report_that_is_no_table_says_why(sign_in: SignIn) -> None:
    client = sign_in(make_operator())
    for content, words in (
        (b"%PDF-1.7\n\x00\x01", "To nie jest arkusz."),
        (b"a;b\n1;2", "W raporcie nie ma kolumny, która mówi, o kogo chodzi"),
        (b"PESEL;Kod QR\n1;2", "W raporcie brakuje kolumny z kodem QR albo z kodem aktywacyjnym."),
        (b"PESEL;pesel;Kod QR\n1;2;3", "Kolumna „pesel” mówi o tym samym co inna."),
    ):
        answer = send_file(client, client.get(f"{PANEL}/raport"), f"{PANEL}/raport", "file", content)
        let_jobs_work()
        page = client.get(answer.location)
        assert page.status_code == 422
        assert words in page.text


def test_no_report_chosen_is_said_so(sign_in: SignIn) -> None:
    client = sign_in(make_operator())
    page = client.get(f"{PANEL}/raport")
    answer = client.post_form(page, f"{PANEL}/raport")
    assert answer.status_code == 422
    assert "Wybierz plik z raportem." in answer.text


def codes_screen(client: CheckedClient) -> str:
    return str(client.get(f"{PANEL}/kody").location)


@pytest.mark.parametrize("htmx", [False, True])
def test_codes_are_entered_one_by_one_and_a_second_time_changes_nothing(sign_in: SignIn, htmx: bool) -> None:
    one = ordered(first_names="Łucja", surname="Żak")
    client = sign_in(make_operator())
    pulled(client)
    address = codes_screen(client)
    qr, code = codes_for("P1-001")
    typed = {"number": "p1-1", "qr_payload": f" {qr} ", "activation_code": f"{code} "}
    for _ in range(2):
        answer = client.post_form(client.get(address), f"{PANEL}/kody", htmx=htmx, **typed)
        assert answer.status_code == (200 if htmx else 303)
    assert (order(one).qr_payload, order(one).activation_code, order(one).version) == (qr, code, 3)
    page = client.get(address)
    assert page.text.count("Kody zapisane") == 1
    assert "Łucja Żak" in page.text
    assert qr not in page.text
    assert code not in page.text
    if htmx:
        assert "te kody są już wpisane" in answer.text


def test_a_mistake_keeps_what_was_typed_and_leads_to_its_field(sign_in: SignIn) -> None:
    ordered()
    client = sign_in(make_operator())
    pulled(client)
    page = client.get(codes_screen(client))
    answer = client.post_form(page, f"{PANEL}/kody", number="P1-001", qr_payload="abc")
    assert answer.status_code == 422
    assert "Brak kodu aktywacyjnego." in answer.text
    fields = {one.get("name"): one for one in client.checked_page.all("input")}
    assert (fields["number"].get("value"), fields["qr_payload"].get("value")) == ("P1-001", "abc")
    assert "autofocus" in fields["activation_code"].attributes
    assert "autofocus" not in fields["number"].attributes


@pytest.mark.parametrize(
    ("qr", "code", "words", "ready"),
    [
        ("x" * 501, "aB1", "Kod jest za długi", "qr_payload"),
        ("abc", "x" * 65, "Kod jest za długi", "activation_code"),
        ("P1-001", "aB1", "W miejscu kodu stoi numer zamówienia", "qr_payload"),
        ("abc", "123456", "W miejscu kodu stoi numer zamówienia", "activation_code"),
        ("abc", "abc", "Kod QR i kod aktywacyjny są takie same.", "activation_code"),
    ],
)
def test_what_cannot_be_codes_is_refused_whole_and_leads_to_its_field(
    sign_in: SignIn, qr: str, code: str, words: str, ready: str
) -> None:
    one = ordered(album_number="123456")
    client = sign_in(make_operator())
    pulled(client)
    page = client.get(codes_screen(client))
    fields = {field.get("name"): field for field in client.checked_page.all("input")}
    cut = [name for name in ("qr_payload", "activation_code", "expires_on") if fields[name].get("maxlength")]
    assert cut == []
    typed = {"number": "P1-001", "qr_payload": qr, "activation_code": code}
    answer = client.post_form(page, f"{PANEL}/kody", number="P1-001", qr_payload=qr, activation_code=code)
    assert answer.status_code == 422
    assert words in answer.text
    fields = {field.get("name"): field for field in client.checked_page.all("input")}
    assert "autofocus" in fields[ready].attributes
    assert {name: fields[name].get("value") for name in typed} == typed
    assert order(one).status is OrderStatus.IN_PROGRESS


@pytest.mark.parametrize("htmx", [False, True])
def test_wrong_codes_are_replaced_after_a_question(sign_in: SignIn, htmx: bool) -> None:
    one = ordered(first_names="Łucja", surname="Żak")
    client = sign_in(make_operator())
    pulled(client)
    address, entered = codes_screen(client), f"{PANEL}/kody"
    client.post_form(
        client.get(address), entered, number="P1-001", qr_payload="wrong", activation_code="wRong1"
    )
    revision = db.session.get_one(Student, order(one).student_id).revision
    asked = client.post_form(
        client.get(address), entered, number="P1-001", qr_payload="right", activation_code="rIght1"
    )
    assert "Zastąpić kody?" in asked.text
    assert order(one).qr_payload == "wrong"
    (button,) = [each for each in client.checked_page.all("button") if each.get("name") == "zastap"]
    question = button.get("value") or ""
    yes = form_fields(asked, entered) | {"zastap": question}
    other = client.post(entered, data=yes | {"qr_payload": "else"})
    assert "Zastąpić kody?" in other.text
    assert order(one).qr_payload == "wrong"
    done = client.post(entered, data=yes, headers={"HX-Request": "true"} if htmx else {})
    assert done.status_code == (200 if htmx else 303)
    now = order(one)
    assert (now.status, now.qr_payload, now.activation_code) == (OrderStatus.READY, "right", "rIght1")
    assert db.session.get_one(Student, now.student_id).revision == revision + 1
    kept = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "codes_replaced")).all()
    assert [(entry.subject_id, entry.details) for entry in kept] == [(one, {"reference": "P1-001"})]


def test_the_number_says_whose_order_it_is(sign_in: SignIn) -> None:
    ordered(first_names="Łucja", surname="Żak", album_number="123456")
    client = sign_in(make_operator())
    pulled(client)
    for number in ("P1-001", "1-1", "123456"):
        assert "Łucja Żak" in client.htmx(f"{PANEL}/kody/osoba?number={number}").text
    assert "takiego zamówienia" in client.htmx(f"{PANEL}/kody/osoba?number=P9-001").text


def test_withdrawals_are_listed_and_ticked_off(sign_in: SignIn) -> None:
    one = ordered(surname="Rezygnacka")
    client = sign_in(make_operator())
    pulled(client)
    student = order(one).student_id
    ordering.cancel(one, student, actor="student", at=clock.now())
    page = client.get(f"{PANEL}/odwolania")
    assert "Rezygnacka" in page.text
    assert "P1-001" in page.text
    answer = client.post_form(page, f"{PANEL}/odwolania", zamowienie=one)
    assert answer.status_code == 303
    assert order(one).at_ministry is AtMinistry.GONE
    assert "Nic nie trzeba wycofywać." in client.get(f"{PANEL}/odwolania").text


def test_a_round_trip_ends_with_codes_on_the_students_page(sign_in: SignIn) -> None:
    one = ordered(surname="Okrężna")
    client = sign_in(make_operator())
    address = pulled(client)
    package = client.post_form(client.get(address), f"{address}/plik").data
    upload = send_file(
        client, client.get(f"{PANEL}/raport"), f"{PANEL}/raport", "file", answer_to(package)
    ).location
    let_jobs_work()
    client.post_form(client.get(upload), f"{upload}/zastosuj")
    let_jobs_work()
    student = db.session.get_one(Student, order(one).student_id)
    page = sign_in(student).get("/mlegitymacja")
    qr, code = codes_for("P1-001")
    assert qr in page.text
    assert order(one).activation_code == code
    assert "Potwierdź" in page.text
