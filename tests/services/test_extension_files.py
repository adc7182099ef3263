"""Lists of album numbers as files."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.journal import Batch
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.bulk_extensions import apply_extension
from portal.services.extension_fates import preview_extension
from portal.services.extension_files import (
    RejectedRow,
    RowRejection,
    kept_line,
    read_file,
    report,
    row_of_line,
)
from portal.services.tables import FileRefused
from tests.people import POLICY, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")

UNTIL = date(2031, 3, 31)


def test_a_bare_list_of_numbers_asks_for_one_date() -> None:
    one, other = make_student(album_number="000101"), make_student(album_number="000102")

    file = read_file(b"000101\n000102\n", UNTIL, "basis")

    assert file.request.until == {one.id: UNTIL, other.id: UNTIL}
    assert (file.request.legal_basis, file.rejected) == ("basis", ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_columns_are_known_by_their_headers(encoding: str, delimiter: str) -> None:
    student = make_student(album_number="000101")
    lines = [["Nazwisko", "Ważna do", "Nr albumu"], ["Żółć", "31.10.2031", "101"]]

    file = read_file("\r\n".join(delimiter.join(line) for line in lines).encode(encoding), UNTIL)

    assert file.request.until == {student.id: date(2031, 10, 31)}


@pytest.mark.parametrize("written", ["2031-10-31", "2031-10-31T00:00:00", "31.10.2031 r."])
def test_a_row_may_have_a_date_of_its_own(written: str) -> None:
    one, other = make_student(album_number="000101"), make_student(album_number="000102")

    file = read_file(f"000101;{written}\n000102;\n".encode(), UNTIL)

    assert file.request.until == {one.id: date(2031, 10, 31), other.id: UNTIL}


def test_rows_that_cannot_be_used_are_named_with_their_place() -> None:
    make_student(album_number="000101")
    lines = [
        "album;data",
        "000101;",
        "555;",
        ";2031-10-31",
        "000101;",
        "101;",
        "000101;31.02.2031",
        "102;luty",
    ]

    file = read_file("\n".join(lines).encode(), UNTIL)

    assert [(one.row, one.number, one.reason) for one in file.rejected] == [
        (3, "555", RowRejection.NUMBER_UNKNOWN),
        (4, "", RowRejection.NUMBER_MISSING),
        (5, "000101", RowRejection.TWICE_IN_FILE),
        (6, "101", RowRejection.TWICE_IN_FILE),
        (7, "000101", RowRejection.NOT_A_DATE),
        (8, "102", RowRejection.NOT_A_DATE),
    ]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(FileRefused):
        read_file(b"", UNTIL)


def test_the_report_joins_unusable_rows_and_refused_students_and_runs_no_formula() -> None:
    make_student(album_number="000101", extended_until=None, status=EnrolmentStatus.REMOVED)
    make_student(album_number="000102", extended_until=None)
    file = read_file(b"album\n000102\n000101\n=1+1\n", proposed_until(clock.today(), POLICY))
    preview = preview_extension(file.request, POLICY, at=clock.now())

    left_out = file.left_out(preview)

    assert [(one.row, one.reason) for one in left_out] == [
        (3, ExtensionRefusal.NOT_ENTITLED),
        (4, RowRejection.NUMBER_UNKNOWN),
    ]
    lines = report([*left_out, RejectedRow(5, "=1+1", RowRejection.NOT_A_DATE)], str).decode("utf-8-sig")
    assert lines.splitlines() == [
        "wiersz;numer albumu;powód",
        "3;000101;not_entitled",
        "4;'=1+1;number_unknown",
        "5;'=1+1;not_a_date",
    ]


def test_a_file_is_applied_as_one_batch_that_knows_the_file_and_repeating_it_changes_nothing() -> None:
    make_student(album_number="000101", extended_until=None)
    for _ in range(2):
        request = read_file(b"101\n999\n", proposed_until(clock.today(), POLICY)).request
        fingerprint = preview_extension(request, POLICY, at=clock.now()).fingerprint
        apply_extension(request, fingerprint, POLICY, actor=make_office().id, at=clock.now())

    assert db.session.scalars(select(Batch.file_sha256)).one() == request.file_sha256
    assert len(db.session.scalars(select(CardExtension)).all()) == 1


def test_a_file_changed_since_the_dry_run_has_another_fingerprint() -> None:
    one = make_student(album_number="000101", extended_until=None)
    near = proposed_until(clock.today(), POLICY)
    before = preview_extension(read_file(b"101\n", near).request, POLICY, at=clock.now())
    after = preview_extension(
        read_file(f"101;{near + timedelta(days=1)}\n".encode(), near).request, POLICY, at=clock.now()
    )
    assert before.refusals.keys() == after.refusals.keys() == {one.id}
    assert before.fingerprint != after.fingerprint


def test_a_number_may_be_a_cards_as_at_the_counter() -> None:
    student = make_student()
    number = db.session.scalars(select(ElsCard.card_number).where(ElsCard.student_id == student.id)).one()

    file = read_file(f"numer\n{number}\n".encode(), date(2027, 3, 31))

    assert list(file.request.until) == [student.id]
    assert file.rejected == ()


def test_a_row_left_out_stands_as_the_file_wrote_it_and_is_kept_so() -> None:
    file = read_file(b"album\n=1+1\n<b>7</b>\n---\n", UNTIL)

    assert [one.number for one in file.rejected] == ["=1+1", "<b>7</b>", "---"]
    assert file.rejected_for() == {"number_unknown": 2, "number_missing": 1}
    refused = RejectedRow(9, "000101", ExtensionRefusal.NOT_ENTITLED)
    for one in (*file.rejected, refused):
        assert row_of_line(kept_line(one)) == one
