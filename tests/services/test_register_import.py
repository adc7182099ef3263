"""The register from a file: every row's fate first, then everything or nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account
from portal.models.cards import ElsCard
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.models.sealed import keyring
from portal.rules.student import EnrolmentStatus, Level
from portal.services import passwords
from portal.services.imports.columns import Field
from portal.services.imports.plan import Fate, RowFate
from portal.services.imports.template import import_template
from portal.services.imports.values import Rejection
from portal.services.ordering import place_order
from portal.services.register import facts_of
from portal.services.register_import import (
    FatesChanged,
    ImportOptions,
    MissingNotConfirmed,
    MissingUnclear,
    PreparedImport,
    RowsRejected,
    apply_import,
    prepare_import,
)
from tests.people import POLICY, make_account, make_enrolment, make_office, make_student, pesel_of

pytestmark = pytest.mark.usefixtures("database")

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
HEADER = "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Status"
BORN = date(1871, 3, 5)
PLAIN = ImportOptions()
FULL = ImportOptions(full_list=True)


def row(
    number: int = 1,
    *,
    album: str | None = None,
    pesel: str | None = None,
    names: str = "Ewa;Żółć",
    studies: str = "Wydział Sztuk;Malarstwo;I stopień;2;aktywny",
) -> str:
    album = f"{800000 + number}" if album is None else album
    return f"{album};{pesel_of(BORN, number) if pesel is None else pesel};{names};{studies}"


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def prepare(content: bytes, options: ImportOptions = PLAIN) -> PreparedImport:
    return prepare_import(content, options, POLICY, at=AT)


def carry_out(content: bytes, options: ImportOptions = PLAIN, confirmed_missing: int = 0) -> PreparedImport:
    prepared = prepare(content, options)
    apply_import(
        prepared,
        POLICY,
        fingerprint=prepared.fingerprint,
        actor=make_office().id,
        at=AT,
        confirmed_missing=confirmed_missing,
    )
    return prepared


def only(album: str) -> Student:
    db.session.rollback()
    return db.session.scalars(select(Student).where(Student.album_number == album)).one()


def rejections(prepared: PreparedImport) -> dict[int, tuple[Rejection | None, Field | None]]:
    return {one.number: (one.rejection, one.rejected_field) for one in prepared.rejected}


def changes(fate: RowFate) -> dict[str, tuple[object, object]]:
    return {change.field.value: (change.old, change.new) for change in fate.changes}


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_student_comes_with_studies_and_an_account_nobody_can_sign_in_to_yet() -> None:
    prepared = carry_out(file(row()))
    student = only("800001")
    assert [one.fate for one in prepared.fates] == [Fate.NEW]
    assert (student.first_names, student.surname, student.birth_date) == ("Ewa", "Żółć", BORN)
    assert student.pesel == pesel_of(BORN, 1)
    assert student.pesel_index == keyring().blind_index(pesel_of(BORN, 1))
    [enrolment] = student.enrolments
    assert (enrolment.programme, enrolment.level, enrolment.year) == ("Malarstwo", Level.FIRST_CYCLE, 2)
    assert (enrolment.status, enrolment.begins_on) == (EnrolmentStatus.ACTIVE, date(2025, 10, 1))
    account = db.session.scalars(select(Account).where(Account.student_id == student.id)).one()
    assert (account.user_name, account.display_name) == ("800001", "Ewa Żółć")
    assert account.must_change_password
    assert not passwords.verify(account.password_hash, account.password_hash)


def test_a_dry_run_writes_nothing() -> None:
    prepared = prepare(file(row()))
    assert prepared.counts == {Fate.NEW: 1}
    assert (counted(Student), counted(Account), counted(Batch)) == (0, 0, 0)


def test_repeating_a_file_changes_nothing_and_leaves_no_second_batch() -> None:
    content = file(row(1), row(2, names="Jan;Łoś"))
    carry_out(content)
    revisions = db.session.scalars(select(Student.revision)).all()
    again = carry_out(content)
    assert again.counts == {Fate.UNCHANGED: 2}
    assert counted(Batch) == 1
    assert db.session.scalars(select(Student.revision)).all() == revisions


def test_the_batch_keeps_who_what_and_how_much_but_no_personal_data() -> None:
    prepared = carry_out(file(row(1), row(2, pesel="1")))
    batch = db.session.scalars(select(Batch)).one()
    assert (batch.kind, batch.actor_id, batch.file_sha256) == (
        BatchKind.IMPORT,
        make_office().id,
        prepared.file_sha256,
    )
    assert batch.counts == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "rejected": 1,
        "missing": 0,
        "accounts": 1,
        "revoked": 0,
        "revoked_later": 0,
    }


def test_a_command_of_the_server_needs_no_account() -> None:
    prepared = prepare(file(row()))
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=AT)
    assert db.session.scalars(select(Batch.actor_id)).one() is None


def test_changes_are_told_field_by_field_and_count_for_the_student() -> None:
    carry_out(file(row()))
    prepared = carry_out(
        file(row(names="Ewa Maria;Żółć", studies="Wydział Sztuk;Malarstwo;I stopień;3;skreślony"))
    )
    [fate] = prepared.fates
    assert fate.fate is Fate.CHANGED
    assert changes(fate) == {
        "first_names": ("Ewa", "Ewa Maria"),
        "year": (2, 3),
        "status": (EnrolmentStatus.ACTIVE, EnrolmentStatus.REMOVED),
        "status_since": (date(2025, 10, 1), TODAY),
    }
    student = only("800001")
    assert student.revision == 2
    assert student.enrolments[0].status is EnrolmentStatus.REMOVED
    account = db.session.scalars(select(Account).where(Account.student_id == student.id)).one()
    assert account.display_name == "Ewa Maria Żółć"


def test_a_pesel_is_never_among_the_changes_that_are_shown() -> None:
    carry_out(file(row(pesel=pesel_of(BORN, 1))))
    prepared = carry_out(file(row(pesel=pesel_of(BORN, 55))))
    assert changes(prepared.fates[0]) == {"pesel": (None, None)}
    assert only("800001").pesel == pesel_of(BORN, 55)
    assert pesel_of(BORN, 55) not in repr(prepared)


def test_columns_that_are_absent_and_cells_that_are_empty_change_nothing() -> None:
    carry_out(
        file(
            "1;ewa@example.edu.pl;800001;Ewa;Żółć;5.03.1871;W;K;1;1;A-1",
            header=("lp;e-mail;nr albumu;imię;nazwisko;data urodzenia;wydział;kierunek;stopień;rok;grupa"),
        )
    )
    prepared = carry_out(file("800001;;Ewa", header="nr albumu;e-mail;imię"))
    assert prepared.counts == {Fate.UNCHANGED: 1}
    assert (only("800001").email, only("800001").enrolments[0].group_name) == ("ewa@example.edu.pl", "A-1")


def test_a_dash_erases_what_may_be_empty() -> None:
    header = "nr albumu;imię;nazwisko;data urodzenia;wydział;kierunek;stopień;rok;e-mail;grupa;ślubowanie"
    begin = "800001;Ewa;Żółć;5.03.1871;W;K;1;1;"
    carry_out(file(begin + "ewa@example.edu.pl;A-1;2.10.2026", header=header))
    carry_out(file(begin + "-;-;-", header=header))
    student = only("800001")
    assert (student.email, student.enrolments[0].group_name, student.enrolments[0].oath_approved_on) == (
        None,
        "",
        None,
    )


def test_blockers_are_read_as_yes_or_no() -> None:
    student = make_student(album_number="700")
    carry_out(file("700;tak;nie", header="album;nieopłacone należności;rok niezaliczony"))
    assert (only("700").fees_unpaid, only("700").year_not_closed) == (True, False)
    assert {one.value for one in facts_of(db.session.get_one(Student, student.id)).blockers} == {
        "fees_unpaid"
    }


def test_lost_leading_zeros_come_back() -> None:
    born = date(1805, 5, 5)
    pesel = pesel_of(born, 7)
    assert pesel.startswith("0")
    prepared = prepare_import(
        file(row(album="99", pesel=pesel.lstrip("0"))),
        PLAIN,
        replace(POLICY, album_number_digits=6),
        at=AT,
    )
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=AT)
    assert only("000099").pesel == pesel


@pytest.mark.parametrize(
    ("line", "rejection", "field"),
    [
        (row(pesel="87890512345"), Rejection.NOT_A_PESEL, Field.PESEL),
        (row(album="", pesel=""), Rejection.VALUE_MISSING, Field.ALBUM_NUMBER),
        (row(pesel=""), Rejection.VALUE_MISSING, Field.BIRTH_DATE),
        (row(album="80 00"), Rejection.NOT_AN_ALBUM_NUMBER, Field.ALBUM_NUMBER),
        (row(names=";Żółć"), Rejection.VALUE_MISSING, Field.FIRST_NAMES),
        (row(names=f"{'E' * 101};Żółć"), Rejection.TEXT_TOO_LONG, Field.FIRST_NAMES),
        (row(studies="W;K;IX stopień;2;aktywny"), Rejection.LEVEL_UNKNOWN, Field.LEVEL),
        (row(studies="W;K;1;9;aktywny"), Rejection.NOT_A_YEAR, Field.YEAR),
        (row(studies="W;K;1;2;na Marsie"), Rejection.STATUS_UNKNOWN, Field.STATUS),
        (row(studies="W;;1;2;aktywny"), Rejection.VALUE_MISSING, Field.PROGRAMME),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_in_which_column(
    line: str, rejection: Rejection, field: Field
) -> None:
    prepared = carry_out(file(line, row(2)))
    assert rejections(prepared) == {2: (rejection, field)}
    assert counted(Student) == 1


@pytest.mark.parametrize(
    ("address", "rejection"),
    [
        ("x@żółw.pl", Rejection.EMAIL_OF_OTHER_LETTERS),
        ("zażółć.gęślą@example.edu.pl", Rejection.EMAIL_OF_OTHER_LETTERS),
        ("a..b@example.edu.pl", Rejection.NOT_AN_EMAIL),
        ("żółć", Rejection.NOT_AN_EMAIL),
    ],
)
def test_an_address_no_letter_can_be_sent_to_is_refused(address: str, rejection: Rejection) -> None:
    make_student(album_number="700")
    prepared = carry_out(file(f"700;{address}", header="album;e-mail"))
    assert rejections(prepared) == {2: (rejection, Field.EMAIL)}
    assert only("700").email is None


def test_a_pesel_must_speak_of_the_birth_date() -> None:
    header = HEADER + ";Data urodzenia"
    prepared = prepare(file(row(1) + ";1871-03-05", row(2) + ";1871-03-06", header=header))
    assert rejections(prepared) == {3: (Rejection.PESEL_OF_OTHER_BIRTH_DATE, Field.PESEL)}


def test_what_stands_twice_in_a_file_is_refused_in_both_rows() -> None:
    shared = pesel_of(BORN, 50)
    prepared = prepare(
        file(
            row(1),
            row(1),
            row(2, pesel=shared),
            row(3, pesel=shared),
            row(4, album="900", pesel=pesel_of(BORN, 61)),
            row(5, album="900", pesel=pesel_of(BORN, 62)),
            row(6),
        )
    )
    assert {number: why[0] for number, why in rejections(prepared).items()} == dict.fromkeys(
        range(2, 8), Rejection.TWICE_IN_FILE
    )
    assert prepared.fates[-1].fate is Fate.NEW


def test_two_programmes_of_one_person_are_two_rows_and_must_agree_about_the_person() -> None:
    second = "Wydział Nauk;Fizyka;II stopień;1;aktywny"
    carry_out(file(row(1), row(1, studies=second)))
    assert {one.programme for one in only("800001").enrolments} == {"Malarstwo", "Fizyka"}
    prepared = prepare(file(row(1), row(1, names="Ewelina;Żółć", studies=second)))
    assert set(rejections(prepared).values()) == {(Rejection.CONTRADICTS_OTHER_ROW, Field.FIRST_NAMES)}


def test_a_second_programme_is_added_to_a_known_student() -> None:
    carry_out(file(row(1)))
    prepared = carry_out(file(row(1, studies="Wydział Nauk;Fizyka;II stopień;1;aktywny")))
    assert changes(prepared.fates[0]) == {"programme": (None, "Fizyka")}
    assert len(only("800001").enrolments) == 2


def test_a_row_without_a_programme_is_unclear_for_a_student_of_two() -> None:
    student = make_student(album_number="700")
    with transaction() as session:
        session.add(make_enrolment(student.id, programme="Fizyka"))
    prepared = prepare(file("700;3", header="album;rok studiów"))
    assert rejections(prepared) == {2: (Rejection.PROGRAMME_UNCLEAR, Field.PROGRAMME)}


def test_a_pesel_of_another_student_is_refused() -> None:
    carry_out(file(row(1), row(2)))
    prepared = prepare(file(row(1, pesel=pesel_of(BORN, 2))))
    assert rejections(prepared) == {2: (Rejection.PESEL_OF_ANOTHER, Field.PESEL)}
    stolen = prepare(file(row(3, pesel=pesel_of(BORN, 2), names="Jan;Łoś")))
    assert rejections(stolen) == {2: (Rejection.PESEL_OF_ANOTHER, Field.PESEL)}


def test_an_album_number_of_another_student_is_refused() -> None:
    carry_out(file(row(1)))
    other = pesel_of(date(1880, 1, 2), 9)
    prepared = prepare(file(row(1, pesel=other, names="Jan;Łoś")))
    assert rejections(prepared) == {2: (Rejection.ALBUM_NUMBER_OF_ANOTHER, Field.ALBUM_NUMBER)}


def test_a_student_who_changes_the_album_number_signs_in_with_the_new_one() -> None:
    carry_out(file(row(1)))
    prepared = carry_out(file(row(1, album="900001")))
    assert changes(prepared.fates[0]) == {"album_number": ("800001", "900001")}
    account = db.session.scalars(select(Account).where(Account.student_id == only("900001").id)).one()
    assert account.user_name == "900001"


def test_an_album_number_that_somebody_else_signs_in_with_is_refused() -> None:
    make_account(make_student(album_number=None), user_name="800001")
    prepared = prepare(file(row(1)))
    assert rejections(prepared) == {2: (Rejection.USER_NAME_TAKEN, Field.ALBUM_NUMBER)}


CARD_HEADER = "album;nazwisko;numer ELS;data wydania ELS;ELS ważna do"


def test_a_new_card_makes_the_old_one_void_on_the_day_it_is_issued() -> None:
    student = make_student(album_number="700")
    prepared = carry_out(file("700;;ELS-N;10.11.2026;31.03.2027", header=CARD_HEADER))
    assert prepared.fates[0].changes[0].new == "ELS-N"
    cards = db.session.scalars(select(ElsCard).where(ElsCard.student_id == student.id)).all()
    assert {card.card_number == "ELS-N": card.void_on for card in cards} == {
        True: None,
        False: date(2026, 11, 10),
    }
    assert carry_out(file("700;;ELS-N;10.11.2026;31.03.2027", header=CARD_HEADER)).counts == {
        Fate.UNCHANGED: 1
    }


@pytest.mark.parametrize(
    ("cells", "rejection"),
    [
        ("ELS-N;10.11.2026;", Rejection.VALUE_MISSING),
        ("ELS-N;10.11.2026;9.11.2026", Rejection.CARD_ENDS_BEFORE_ISSUE),
        ("ELS-X;10.11.2026;31.03.2027", Rejection.CARD_OF_ANOTHER),
        ("ELS-N;31.11.2026;31.03.2027", Rejection.NOT_A_DATE),
    ],
)
def test_a_card_that_cannot_be_is_refused(cells: str, rejection: Rejection) -> None:
    make_student(album_number="700")
    other = make_student(album_number="701")
    with transaction() as session:
        session.scalars(select(ElsCard).where(ElsCard.student_id == other.id)).one().card_number = "ELS-X"
    prepared = prepare(file(f"700;;{cells}", header=CARD_HEADER))
    assert [why for why, _ in rejections(prepared).values()] == [rejection]


def test_personal_data_that_change_after_a_card_was_issued_are_noticed() -> None:
    student = make_student(album_number="700", surname="Próbna")
    carry_out(file("700;Nowa", header="album;nazwisko"))
    assert only("700").personal_data_changed_on == TODAY
    assert facts_of(only("700")).personal_data_changed_on == TODAY
    assert student.id == only("700").id


def test_personal_data_that_change_together_with_the_card_leave_it_true() -> None:
    make_student(album_number="700", surname="Próbna")
    carry_out(file("700;Nowa;ELS-N;10.11.2026;31.03.2027", header=CARD_HEADER))
    assert (only("700").surname, only("700").personal_data_changed_on) == ("Nowa", None)


def test_personal_data_of_somebody_without_a_card_may_change() -> None:
    make_student(album_number="700", surname="Próbna", card=False)
    carry_out(file("700;Nowa", header="album;nazwisko"))
    assert only("700").personal_data_changed_on is None


def test_an_order_that_was_never_sent_follows_the_corrected_data() -> None:
    student = make_student(album_number="700", surname="Próbna", card_void_on=None)
    order_id = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    today = clock.today()
    until = today + timedelta(days=100)
    prepared = prepare_import(
        file(f"700;Nowa;ELS-N;{today};{until}", header=CARD_HEADER),
        PLAIN,
        POLICY,
        at=clock.now(),
    )
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=clock.now())
    payload = db.session.get_one(Order, order_id).payload
    assert payload is not None
    assert '"surname": "Nowa"' in payload


def test_what_was_not_shown_is_not_applied() -> None:
    content = file(row(1))
    shown = prepare(content)
    carry_out(content)
    later = prepare(content)
    with pytest.raises(FatesChanged):
        apply_import(later, POLICY, fingerprint=shown.fingerprint, actor=None, at=AT)


@pytest.mark.parametrize("file_is_of", ["known", "new"])
def test_a_register_that_moves_between_reading_and_writing_takes_nothing(file_is_of: str) -> None:
    carry_out(file(row(1)))
    content = file(row(1, names="Ewelina;Żółć"), row(2)) if file_is_of == "known" else file(row(2), row(3))
    prepared = prepare(content)
    if file_is_of == "known":
        with transaction() as session:
            session.scalars(select(Student)).one().revision += 1
    else:
        carry_out(file(row(3)))
    students = counted(Student)
    with pytest.raises(FatesChanged):
        apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=AT)
    assert counted(Student) == students
    assert only("800001").first_names == "Ewa"


def test_a_strict_import_refuses_the_whole_file() -> None:
    strict = ImportOptions(strict=True)
    with pytest.raises(RowsRejected) as refused:
        carry_out(file(row(1), row(2, pesel="1")), strict)
    assert refused.value.count == 1
    assert counted(Student) == 0


def test_students_missing_from_a_full_list_are_removed_once_their_number_is_confirmed() -> None:
    carry_out(file(row(1), row(2), row(3, studies="W;K;1;1;absolwent")))
    prepared = prepare(file(row(1)), FULL)
    assert (prepared.missing, prepared.missing_share) == (1, 0.5)
    for wrong in (0, 2):
        with pytest.raises(MissingNotConfirmed) as refused:
            apply_import(
                prepared,
                POLICY,
                fingerprint=prepared.fingerprint,
                actor=None,
                at=AT,
                confirmed_missing=wrong,
            )
        assert refused.value.count == 1
    carry_out(file(row(1)), FULL, confirmed_missing=1)
    assert only("800001").enrolments[0].status is EnrolmentStatus.ACTIVE
    [gone] = only("800002").enrolments
    assert (gone.status, gone.status_since, only("800002").revision) == (EnrolmentStatus.REMOVED, TODAY, 2)
    assert only("800003").enrolments[0].status is EnrolmentStatus.GRADUATED
    assert prepare(file(row(1)), FULL).missing == 0


def test_a_row_that_is_refused_still_names_its_student() -> None:
    carry_out(file(row(1), row(2)))
    assert prepare(file(row(1), row(2, studies="W;K;1;77;aktywny")), FULL).missing == 0


def test_nobody_is_missing_while_a_row_names_nobody() -> None:
    carry_out(file(row(1), row(2)))
    prepared = prepare(file(row(1), row(2, album="?", pesel="")), FULL)
    with pytest.raises(MissingUnclear):
        apply_import(
            prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=AT, confirmed_missing=1
        )


def test_unknown_columns_are_named_and_may_be_mapped_or_ignored() -> None:
    content = file("700;Nowa;coś", header="Matrikel;nazwisko;uwagi")
    make_student(album_number="700")
    mapped = ImportOptions(mapping={"Matrikel": Field.ALBUM_NUMBER, "uwagi": None})
    assert prepare(content, mapped).columns.unknown == ()
    only_one = ImportOptions(mapping={"matrikel": Field.ALBUM_NUMBER})
    assert prepare(content, only_one).columns.unknown == ("uwagi",)
    assert prepare(content, only_one).counts == {Fate.CHANGED: 1}


@pytest.mark.parametrize("on", [date(2026, 11, 20), date(2027, 1, 5)])
def test_the_template_imports_as_it_stands_with_every_column_known(on: date) -> None:
    prepared = carry_out(import_template(on))
    assert (prepared.counts, prepared.columns.unknown) == ({Fate.NEW: 2}, ())
    assert set(prepared.columns.places) == set(Field)
    assert counted(Enrolment) == 2
