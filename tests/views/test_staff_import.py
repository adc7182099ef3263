"""The register from a file, through the office's pages: upload, look, confirm."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock, texts
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.uploads import UploadedFile, UploadedFilePage, UploadState
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus
from portal.services import upload_claims, uploads
from portal.services.ordering import place_order
from tests.browser import CheckedClient
from tests.people import POLICY, make_account, make_office, make_student, pesel_of
from tests.views.uploads import let_jobs_work, send_file

SignIn = Callable[..., CheckedClient]
START = "/dziekanat/import"
HEADER = "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Status"
BORN = date(1871, 3, 5)


def row(number: int, *, pesel: str = "", studies: str = "Wydział Sztuk;Malarstwo;I stopień;2;aktywny") -> str:
    return f"{800000 + number};{pesel or pesel_of(BORN, number)};Ewa;Żółć;{studies}"


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def upload(client: CheckedClient, content: bytes, **typed: str) -> str:
    """Send a file; answers the address of what it would do."""
    answer = send_file(client, client.get(START), START, "file", content, **typed)
    assert answer.status_code == 303
    return str(answer.location)


def checked(client: CheckedClient, content: bytes, **typed: str) -> tuple[str, TestResponse]:
    address = upload(client, content, **typed)
    let_jobs_work()
    return address, client.get(address)


def figures(client: CheckedClient) -> dict[str, str]:
    root = client.checked_page
    lists = [e for e in root.all("dl") if e.get("class") == "figures"]
    return {next(iter(one.all("dt"))).text: next(iter(one.all("dd"))).text for one in lists[0].all("div")}


def students() -> int:
    return db.session.scalar(select(func.count()).select_from(Student)) or 0


def test_a_file_is_shown_first_and_written_when_confirmed(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1), row(2)))

    assert figures(client) == {"Nowe": "2", "Zmienione": "0", "Bez zmian": "0", "Odrzucone": "0"}
    assert students() == 0

    assert client.post_form(page, f"{address}/zastosuj").location == address
    assert students() == 0
    let_jobs_work()
    done = client.get(address).text

    assert "Import zapisany" in done
    assert "Wydrukuj hasła nowych studentów (2)" in done
    assert students() == 2
    batch = db.session.scalars(select(Batch)).one()
    assert (batch.kind, batch.actor_id) == (BatchKind.IMPORT, make_office().id)
    assert '<td class="number">2</td>' in client.get(START).text


def holder(number: int) -> Student:
    """A student of the register with a document."""
    student = make_student(album_number=str(800000 + number), surname="Skreślona", first_names="Ewa")
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    with transaction() as session:
        session.get_one(Order, order.id).status = OrderStatus.COLLECTED
    return student


def ending_file(*statuses: str) -> bytes:
    rows = (
        f"{800000 + number};Wydział Przykładów;Przykładoznawstwo;I stopień;2;{status}"
        for number, status in enumerate(statuses, start=1)
    )
    header = "Nr albumu;Wydział;Kierunek;Stopień;Rok;Status;Status od"
    return "\n".join([header, *rows]).encode()


def test_who_loses_a_document_is_named_counted_and_told_again_when_it_is_done(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    holder(1)
    holder(2)
    later = clock.today() + timedelta(days=9)
    address, page = checked(client, ending_file(f"skreślony;{clock.today()}", f"skreślony;{later}"))

    assert figures(client)["Unieważnione"] == figures(client)["Do unieważnienia później"] == "1"
    assert "Po zapisaniu portal unieważni: 1 mLegitymację." in page.text
    assert f"Od {texts.day(later)} portal unieważni: 1 mLegitymację." in page.text
    confirm = next(one for one in client.checked_page.all("button") if one.get("form") == "apply")
    assert (confirm.text.strip(), "danger" in str(confirm.get("class"))) == ("Zapisz i unieważnij (1)", True)
    assert "Skreślona Ewa" in client.get(f"{address}?los=revoked").text
    assert texts.day(later) in client.get(f"{address}?los=revoked_later").text

    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    assert "Unieważniono: 1 mLegitymację." in client.get(address).text


def test_new_faculties_and_new_people_are_named_before_anything_is_saved(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    make_student(programme="Malarstwo")
    address, page = checked(client, file(row(1), row(2)))

    assert "Nowy wydział: Wydział Sztuk (2)" in page.text
    assert "Nowy kierunek" not in page.text
    shown = client.get(f"{address}?los=new").text
    assert "<td>Żółć Ewa</td>" in shown
    assert "<td>Malarstwo</td>" in shown
    assert pesel_of(BORN, 1) not in shown


def test_a_row_is_told_which_other_one_says_the_same(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    _, page = checked(client, file(row(1), row(2), row(1)))

    assert "to samo stoi w pliku w wierszu 4" in page.text
    assert "to samo stoi w pliku w wierszu 2" in page.text


def test_a_file_of_refused_rows_is_not_said_to_be_in_the_register(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    _, page = checked(client, file(row(1, pesel="1")))

    assert "wszystkie wiersze są odrzucone" in page.text
    assert "już w rejestrze" not in page.text


def test_a_checked_file_is_found_again_by_its_owner_and_can_be_thrown_away(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, _page = checked(client, file(row(1)))

    page = client.get(START)

    assert "sprawdzony, niezapisany" in page.text
    assert f'href="{address}"' in page.text
    assert "sprawdzony" not in sign_in(make_account(role=Role.STAFF)).get(START).text
    client = sign_in(make_office())
    assert client.post_form(client.get(START), f"{address}/porzuc").status_code == 303
    assert "sprawdzony" not in client.get(START).text


def test_an_applied_file_leads_to_what_it_did(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))
    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    page = client.get(START)

    assert "Zobacz, co zrobił" in page.text
    assert f"{address}/porzuc" not in page.text


def test_while_the_jobs_have_not_looked_the_page_waits_and_asks_again(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address = upload(client, file(row(1)))

    assert "Sprawdzam plik" in client.get(address).text
    assert "Sprawdzam plik" in client.htmx(f"{address}/postep").text
    assert client.get(f"{address}/postep").location == address

    let_jobs_work()

    assert client.htmx(f"{address}/postep").headers["HX-Redirect"] == address


def note(done: int, total: int) -> None:
    """As the jobs tell how far they are with the only file."""
    with transaction() as session:
        kept = session.scalars(select(UploadedFile)).one()
        kept.done, kept.total = done, total


def bar(client: CheckedClient) -> tuple[str | None, str | None]:
    (one,) = client.checked_page.all("progress")
    return one.get("value"), one.get("max")


def test_the_bar_says_how_far_the_work_is_once_that_is_known(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address = upload(client, file(row(1)))
    client.get(address)
    assert bar(client) == (None, None)

    note(130, 200)
    page = client.get(address)

    assert bar(client) == ("65", "100")
    assert "65%" in page.text
    assert f'href="{address}"' in page.text  # without JavaScript, one looks by hand
    note(200, 200)
    client.get(address)
    assert bar(client) == ("99", "100")  # not all is done before the result is there


def test_every_quarter_is_read_out_once(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address = upload(client, file(row(1)))
    client.get(address)
    (waiting,) = [e for e in client.checked_page.all("section") if e.get("data-hx-get")]
    heard = []
    for done in (0, 10, 26, 30, 49, 80, 90):
        note(done, 100)
        assert client.htmx(str(waiting.get("data-hx-get"))).status_code == 200
        waiting = client.checked_page
        heard += [e.text for e in client.checked_page.all("span") if e.get("id") == "progress-told"]

    assert heard == ["Zrobione: 25%", "Zrobione: 75%"]
    page = client.get(address)
    assert 'id="progress-told" role="status"' in page.text


def test_a_page_that_waits_too_long_says_that_the_jobs_may_not_run(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address = upload(client, file(row(1)))
    with time_machine.travel(clock.real_now() + timedelta(minutes=1)):
        assert "zadania w tle nie działają" in client.get(address).text


def test_every_changed_field_is_shown_before_and_after(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))
    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    second = row(1, studies="Wydział Sztuk;Malarstwo;I stopień;3;urlop")
    _, page = checked(client, file(second))

    assert figures(client)["Zmienione"] == "1"
    assert "rok studiów: <del>2</del>" in " ".join(page.text.split())
    assert "<del>aktywne</del>" in page.text
    assert "<ins>urlop</ins>" in page.text


def test_a_changed_pesel_is_told_without_the_number(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))
    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()
    other = pesel_of(BORN, 99)

    _, page = checked(client, file(row(1, pesel=other)))

    assert "numeru tu nie pokazujemy" in page.text
    assert other not in page.text


def test_refused_rows_come_with_number_and_reason_and_as_a_report(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1), row(2, pesel="12345678901"), row(3)))

    assert figures(client)["Odrzucone"] == "1"
    assert "to nie jest poprawny PESEL" in page.text
    report = client.get(f"{address}/odrzucone.csv")
    assert report.mimetype == "text/csv"
    assert report.text.splitlines()[1] == "3;800002;PESEL;to nie jest poprawny PESEL"
    assert "odrzucone-wiersze.csv" in report.headers["Content-Disposition"]

    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()
    assert students() == 2
    assert "to nie jest poprawny PESEL" in client.get(f"{address}/odrzucone.csv").text


def test_a_strict_file_with_a_refused_row_offers_no_writing(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1), row(2, pesel="1")), strict="1")

    assert "odrzuca cały plik" in page.text
    assert "Zapisz zmiany" not in page.text
    assert client.post_form(page, f"{address}/ustawienia", strict=None).status_code == 303
    let_jobs_work()
    assert "Zapisz zmiany" in client.get(address).text


def test_a_full_list_removes_whoever_is_missing_only_when_their_number_is_typed(sign_in: SignIn) -> None:
    missing = make_student(surname="Brakująca")
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)), full_list="1")

    assert figures(client)["Brak w pliku"] == "1"
    assert "Brakująca" in page.text
    for typed in ("", "2"):
        answer = client.post_form(page, f"{address}/zastosuj", confirmed_missing=typed)
        assert answer.status_code == 422
        assert "wpisz ich liczbę: 1" in answer.text
    client.post_form(page, f"{address}/zastosuj", confirmed_missing="1")
    let_jobs_work()

    db.session.expire_all()
    assert [one.status for one in missing.enrolments] == [EnrolmentStatus.REMOVED]


def test_a_register_that_changed_since_the_look_is_not_written_to(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))
    make_student(album_number="800001", pesel=pesel_of(BORN, 1), birth_date=BORN, surname="Żółć")

    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()
    again = client.get(address)

    assert "Rejestr zmienił się od czasu sprawdzenia" in again.text
    assert figures(client)["Zmienione"] == "1"
    assert db.session.scalars(select(Batch)).all() == []
    client.post_form(again, f"{address}/zastosuj")
    let_jobs_work()
    assert "Import zapisany" in client.get(address).text


def test_an_unknown_column_gets_its_meaning_on_the_page(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1), header=HEADER.replace("Rok", "Semestr nauki w latach")))

    assert "Semestr nauki w latach" in page.text
    answer = client.post(
        f"{address}/ustawienia",
        data={
            "csrf_token": token(client),
            "header": ["Semestr nauki w latach"],
            "meaning": ["year"],
        },
    )
    assert answer.status_code == 303
    let_jobs_work()
    client.get(address)
    assert figures(client)["Nowe"] == "1"


def token(client: CheckedClient) -> str:
    return next(
        e.get("value") or "" for e in client.checked_page.all("input") if e.get("name") == "csrf_token"
    )


def test_a_header_nobody_knows_is_explained_and_can_be_mapped(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    content = file("800001;Ewa;Żółć;1871-03-05", header="Matrikel;Imiona;Nazwisko;Data urodzenia")
    address, page = checked(client, content)

    assert "Tego pliku nie da się użyć" in page.text
    assert "„Matrikel”" in page.text
    data = {"csrf_token": token(client), "header": ["Matrikel"], "meaning": ["album_number"]}
    client.post(f"{address}/ustawienia", data=data)
    let_jobs_work()
    client.get(address)
    assert figures(client)["Odrzucone"] == "1"  # somebody new needs studies


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Plik jest pusty."),
        (b"\x00\x01\x02 not a table", "To nie jest arkusz."),
        (b"PK\x03\x04 broken", "Pliku nie da się otworzyć jako arkusza."),
        (b"a;b;c\n1;2;3\n", "nie ma wiersza z nazwami kolumn"),
    ],
)
def test_a_file_that_is_no_register_is_refused_in_words(sign_in: SignIn, content: bytes, words: str) -> None:
    client = sign_in(make_office())

    _, page = checked(client, content)

    assert words in page.text


def test_no_file_chosen_asks_for_one(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    page = client.get(START)

    answer = client.post_form(page, START, file="")

    assert answer.status_code == 422
    assert "Wybierz plik." in answer.text


def test_a_file_too_large_for_any_import_is_refused_before_it_is_kept(sign_in: SignIn) -> None:
    client = sign_in(make_office())

    answer = send_file(client, client.get(START), START, "file", b"x" * 34_000_000)

    assert answer.status_code == 413
    assert db.session.scalars(select(UploadedFile.id)).all() == []


def test_other_routes_still_take_small_bodies_only(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    page = client.get("/konto")

    assert send_file(client, page, "/wyloguj-wszedzie", "file", b"x" * 1_500_000).status_code == 413


def test_what_was_uploaded_is_sealed(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    upload(client, file(*(row(number) for number in range(1, 60))))
    let_jobs_work()

    kept = db.session.scalars(select(UploadedFile)).one()
    sealed = [kept.content_sealed, kept.asked_sealed, kept.found_sealed]
    sealed += db.session.scalars(select(UploadedFilePage.lines_sealed)).all()
    for one in sealed:
        assert one is not None
        assert b"800001" not in one
        assert b"new" not in one


def test_long_results_are_turned_page_by_page(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, _ = checked(client, file(*(row(number) for number in range(1, 121))))

    assert "Strona 1 z 3" in client.get(address).text
    last = client.get(f"{address}?los=new&strona=3")
    assert "800120" in last.text
    assert "Następna" not in last.text
    assert "Strona 3 z 3" in client.get(f"{address}?los=nothing&strona=99").text


def test_nobody_else_sees_somebodys_file(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, _ = checked(client, file(row(1)))
    sign_in(make_account(role=Role.STAFF))

    for path in (address, f"{address}/odrzucone.csv"):
        assert client.get(path).location == START
    assert client.htmx(f"{address}/postep").headers["HX-Redirect"] == address
    data = {"csrf_token": _token_of(client)}
    for act in ("zastosuj", "ustawienia", "porzuc"):
        assert client.post(f"{address}/{act}", data=data).location == START
    assert "został usunięty" not in client.get(START).text
    let_jobs_work()
    assert students() == 0
    assert len(db.session.scalars(select(UploadedFile)).all()) == 1


def _token_of(client: CheckedClient) -> str:
    client.get(START)
    return token(client)


def test_a_discarded_file_is_gone(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))

    assert client.post_form(page, f"{address}/porzuc").location == START
    assert db.session.scalars(select(UploadedFile)).all() == []
    assert db.session.scalars(select(UploadedFilePage)).all() == []


def test_the_content_is_gone_once_applied_and_everything_after_an_hour(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))
    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    kept = db.session.scalars(select(UploadedFile)).one()
    assert (kept.state, kept.content_sealed) == (UploadState.APPLIED, None)
    with time_machine.travel(clock.real_now() + uploads.KEPT_FOR):
        let_jobs_work()
    assert db.session.scalars(select(UploadedFile)).all() == []


def test_confirming_twice_writes_once(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address, page = checked(client, file(row(1)))

    for _ in range(2):
        assert client.post_form(page, f"{address}/zastosuj").location == address
    let_jobs_work()
    assert client.post_form(page, f"{address}/zastosuj").location == address
    let_jobs_work()

    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_a_worker_that_lost_its_claim_changes_nothing(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    upload(client, file(row(1)))
    claim = upload_claims.claim_next(clock.real_now())
    assert claim is not None
    assert upload_claims.claim_next(clock.real_now()) is None
    with transaction() as session:
        session.scalars(select(UploadedFile)).one().leased_until = None

    with pytest.raises(uploads.UploadMoved):
        upload_claims.settle(claim, UploadState.CHECKED, {}, {})


def test_the_template_file_has_every_column_and_is_taken_itself(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    template = client.get(f"{START}/wzor.csv")

    assert "numer albumu;pesel;imiona" in template.text
    _, page = checked(client, template.data + b"800001" + b";" * 19)
    assert "Tego pliku nie da się użyć" not in page.text


@pytest.mark.parametrize("who", [Role.STUDENT, Role.ADMIN])
def test_only_the_office_imports(sign_in: SignIn, who: Role) -> None:
    client = sign_in(make_account(role=who))

    assert client.get(START).status_code == 403
    assert client.get(f"{START}/wzor.csv").status_code == 403
