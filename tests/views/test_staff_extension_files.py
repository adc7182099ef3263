"""Extending from a file: the dry run, the report, and the act."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.cards import CardExtension
from portal.models.journal import Batch
from portal.models.people import Student
from portal.models.uploads import UploadedFile, UploadedFilePage
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.texts import journal as journal_texts
from portal.views import staff_extension_files
from tests.browser import CheckedClient, form_fields
from tests.people import POLICY, extend, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
FILE = "/dziekanat/przedluzanie/plik"


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The dean's office, signed in."""
    return sign_in(make_office())


def unextended(album_number: str, **kept: Any) -> Student:
    return make_student(album_number=album_number, extended_until=None, **kept)


def uploaded(client: CheckedClient, content: bytes | None, **typed: str) -> TestResponse:
    """What comes of a file: its dry run, or the form again."""
    fields: dict[str, object] = {**form_fields(client.get(FILE), FILE), **typed}
    fields["plik"] = (io.BytesIO(content or b""), "lista.csv" if content is not None else "")
    answer = client.post(FILE, data=fields, content_type="multipart/form-data")
    return client.get(answer.location) if answer.status_code == 303 else answer


def applied(client: CheckedClient, dry_run: TestResponse) -> TestResponse:
    """The answer to the button of the dry run."""
    return client.post_form(dry_run, f"{dry_run.request.path}/przedluz")


def mine(dry_run: TestResponse) -> UploadedFile:
    """What is kept of the file behind a dry run."""
    db.session.rollback()
    return db.session.get_one(UploadedFile, dry_run.request.path.rpartition("/")[2])


def figures(client: CheckedClient) -> list[str]:
    return [figure.text.strip() for figure in client.checked_page.all("dd")]


def count(table: type[CardExtension] | type[Batch]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_dry_run_counts_and_names_rows_and_writes_nothing(office: CheckedClient) -> None:
    unextended("000101")
    unextended("000102", status=EnrolmentStatus.REMOVED)
    make_student(album_number="000103")
    before = count(CardExtension)

    page = uploaded(office, b"album;data\n101;\n000102;\n103;\n555;\n101;luty\n")

    assert page.status_code == 200
    assert figures(office) == ["1", "1", "1", "2"]
    rows = [[cell.text.strip() for cell in row.all("td")] for row in office.checked_page.all("tr")]
    assert [row[:2] for row in rows if row] == [["3", "000102"], ["5", "555"], ["6", "101"]]
    assert count(CardExtension) == before


def test_the_act_extends_in_one_batch_that_knows_its_file(office: CheckedClient) -> None:
    unextended("000101")
    unextended("000102")

    page = uploaded(office, b"101\n102\n")
    done = applied(office, page)

    assert done.status_code == 303
    assert "Partia przedłużona" in office.get(str(done.location)).text
    assert (count(CardExtension), count(Batch)) == (2, 1)
    assert db.session.scalars(select(Batch.file_sha256)).one() is not None
    assert mine(page).content_sealed is None


def test_a_date_of_its_own_reaches_the_row_it_stands_in(office: CheckedClient) -> None:
    student = unextended("000101")

    applied(office, uploaded(office, b"000101;31.10.2031\n"))

    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.student_id, kept.until.isoformat()) == (student.id, "2031-10-31")


def test_a_second_click_and_the_same_file_again_change_nothing(office: CheckedClient) -> None:
    unextended("000101")
    first, second = uploaded(office, b"000101\n"), uploaded(office, b"000101\n")
    done = applied(office, first)

    for path in (str(applied(office, first).location), first.request.path):
        assert office.get(path, follow_redirects=True).request.path == done.location
    again = office.get(applied(office, second).location)
    assert "nic nie zapisano" in again.text
    assert "Nie ma kogo przedłużyć" in again.text
    assert (count(CardExtension), count(Batch)) == (1, 1)


def test_the_report_holds_the_rows_that_change_nothing(office: CheckedClient) -> None:
    unextended("000101")
    page = uploaded(office, b"album\n000101\n555\n")

    report = office.get(f"{page.request.path}/pominiete.csv")

    assert report.mimetype == "text/csv"
    assert "attachment" in report.headers["Content-Disposition"]
    assert report.data.decode("utf-8-sig").splitlines() == [
        "wiersz;numer albumu;powód",
        "3;555;nikt nie ma tego numeru albumu ani karty",
    ]


@pytest.mark.parametrize(
    ("content", "typed", "words"),
    [
        (None, {}, "Wybierz plik"),
        (b"", {}, "Plik jest pusty"),
        (b"\x00\x01\x02", {}, "To nie jest arkusz"),
        (b"000101\n", {"do": "2020-03-31"}, "Ta data już minęła"),
        (b"1" * 101, {}, "za duży"),
    ],
)
def test_what_cannot_be_used_brings_the_form_back_with_what_to_do(
    office: CheckedClient,
    content: bytes | None,
    typed: dict[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staff_extension_files, "LARGEST_FILE", 100)

    answer = uploaded(office, content, **typed)

    assert answer.status_code == 422
    assert words in answer.text


def test_a_file_that_is_larger_than_the_server_takes_is_refused_clearly(office: CheckedClient) -> None:
    office.get(FILE)

    answer = office.post(FILE, data=b"1" * 9_000_000, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
    assert "Za duży plik" in answer.text


def test_a_long_list_survives_its_dry_run(office: CheckedClient) -> None:
    student = unextended("000101")
    strangers = "\n".join(f"{900000 + number * 7919 % 99991}" for number in range(30_000))

    page = uploaded(office, f"000101\n{strangers}\n".encode())
    done = applied(office, page)

    assert done.status_code == 303
    assert db.session.scalars(select(CardExtension.student_id)).all() == [student.id]


def test_what_is_kept_of_a_file_is_sealed_and_its_owner_s_alone(
    office: CheckedClient, sign_in: SignIn
) -> None:
    unextended("000101", surname="Sekretna")
    page = uploaded(office, b"album;nazwisko\n000101;Sekretna\n")
    assert b"Sekretna" not in (mine(page).content_sealed or b"")

    other = sign_in(make_account(role=Role.STAFF))
    assert other.get(page.request.path).location == FILE
    token = form_fields(other.get(FILE), FILE)["csrf_token"]
    assert other.post(f"{page.request.path}/przedluz", data={"csrf_token": token}).location == FILE
    assert count(CardExtension) == 0


def test_the_dry_run_can_be_reloaded_and_shows_how_things_stand_by_then(office: CheckedClient) -> None:
    student = unextended("000101")
    page = uploaded(office, b"000101\n")
    assert figures(office)[:2] == ["1", "0"]

    extend(student, proposed_until(clock.today(), POLICY))
    office.get(page.request.path)

    assert figures(office)[:2] == ["0", "1"]


def test_the_date_and_its_basis_stay_with_the_file(office: CheckedClient) -> None:
    unextended("000101")
    odd = clock.today().replace(day=28).replace(year=clock.today().year + 1)

    applied(office, uploaded(office, b"000101\n", do=str(odd), podstawa="Ustawa"))

    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.until, kept.legal_basis) == (odd, "Ustawa")


def test_a_dry_run_does_not_last_for_ever(office: CheckedClient) -> None:
    unextended("000101")
    page = uploaded(office, b"000101\n")
    with transaction() as session:
        session.execute(update(UploadedFile).values(expires_at=clock.real_now()))

    gone = applied(office, page)

    assert gone.location == FILE
    assert "najwyżej godzinę" in office.get(FILE).text
    assert count(CardExtension) == 0


def test_a_refused_file_answers_where_the_form_can_be_opened_again(office: CheckedClient) -> None:
    answer = uploaded(office, b"")

    assert (answer.status_code, office.get(answer.request.path).status_code) == (422, 200)


def test_a_batch_counts_the_rejected_rows_and_hands_them_out_while_the_file_is_kept(
    office: CheckedClient,
) -> None:
    unextended("000101")
    unextended("000102", status=EnrolmentStatus.REMOVED)
    page = uploaded(office, b"album\n000101\n102\n=1+1\n000101\n")
    before = office.get(f"{page.request.path}/pominiete.csv").data

    batch = office.get(str(applied(office, page).location))

    assert figures(office)[:3] == ["1", "0", "3"]
    assert [item.text.strip()[-1] for item in office.checked_page.all("li") if ": 1" in item.text][-3:] == [
        "1"
    ] * 3
    report = f"{page.request.path}/pominiete.csv"
    assert report in batch.text
    assert office.get(report).data == before
    assert before.decode("utf-8-sig").splitlines()[1:] == [
        "3;102;nie ma teraz studiów, które dają prawo do legitymacji",
        "4;'=1+1;nikt nie ma tego numeru albumu ani karty",
        "5;000101;ten numer jest w pliku już wyżej",
    ]
    office.get("/dziekanat/przedluzanie/partie")
    assert [cell.text.strip() for cell in office.checked_page.all("td")][3:5] == ["1", "3"]
    counts = db.session.scalars(select(Batch.counts)).one()
    assert journal_texts.counted(counts) == "przedłużone: 1, pominięte: 3"


def test_after_its_hour_only_the_count_of_the_rejected_rows_stays(office: CheckedClient) -> None:
    unextended("000101")
    page = uploaded(office, b"000101\n555\n")
    done = applied(office, page)
    with transaction() as session:
        session.execute(update(UploadedFile).values(expires_at=clock.real_now()))

    batch = office.get(str(done.location))

    assert figures(office)[:3] == ["1", "0", "1"]
    assert "pominiete.csv" not in batch.text
    assert office.get(f"{page.request.path}/pominiete.csv").location == FILE


def test_the_rejected_rows_of_somebody_s_file_are_sealed_and_nobody_else_s(
    office: CheckedClient, sign_in: SignIn
) -> None:
    unextended("000101")
    page = uploaded(office, b"000101\n55555\n")
    done = applied(office, page)
    db.session.rollback()
    sealed = db.session.scalars(select(UploadedFilePage.lines_sealed)).one()

    other = sign_in(make_account(role=Role.STAFF))

    assert b"55555" not in sealed
    assert "pominiete.csv" not in other.get(str(done.location)).text
    assert other.get(f"{page.request.path}/pominiete.csv").location == FILE


def test_a_page_shows_a_row_as_the_file_wrote_it(office: CheckedClient) -> None:
    page = uploaded(office, b"album\n=1+1\n<b>x</b>\n")

    assert "<td>=1+1</td>" in page.text
    assert "<td>&lt;b&gt;x&lt;/b&gt;</td>" in page.text
