"""What an import did to each student stands in the journal: of the student, and import by import."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from stdnum.pl import pesel as pesel_numbers

from portal import clock
from portal.extensions import db
from portal.models.journal import BatchKind, ImportChange
from portal.models.people import Student
from portal.services import register_import
from portal.services.journal_imports import ImportPage, ImportUnknown, import_page
from portal.services.journal_names import Entry
from portal.services.journal_pages import entries
from portal.services.journal_search import Wanted
from portal.services.register_import import ImportOptions
from portal.texts import journal as journal_texts
from tests.people import POLICY, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")

NEW = "numer albumu;imiona;nazwisko;data urodzenia;wydział;kierunek;stopień;rok\n"


def bring(content: str, *, full_list: bool = False, confirmed_missing: int = 0) -> str:
    """Import a file; answers the batch's id."""
    options, at = ImportOptions(full_list=full_list), clock.now()
    prepared = register_import.prepare_import(content.encode(), options, POLICY, at=at)
    batch_id = register_import.apply_import(
        prepared,
        POLICY,
        fingerprint=prepared.fingerprint,
        actor=make_office().id,
        at=at,
        confirmed_missing=confirmed_missing,
    )
    assert batch_id is not None
    return batch_id


def about(student: Student) -> list[Entry]:
    return [one for one in entries(Wanted(student_id=student.id)).entries if one.act.endswith("_by_import")]


def lines(page: ImportPage) -> list[tuple[str | None, list[str] | None]]:
    return [
        (one.album_number, None if one.changes is None else journal_texts.imported(one.changes))
        for one in page.students
    ]


def test_a_changed_student_has_each_field_before_and_after_but_no_pesel() -> None:
    student = make_student(surname="Próbna", first_names="Wanda", extended_until=None)
    other = make_student(extended_until=None)
    assert student.pesel

    bring(f"numer albumu;nazwisko;PESEL\n{student.album_number};Nowa;{student.pesel}\n")

    (entry,) = about(student)
    assert (entry.act, entry.actor) == ("changed_by_import", make_office().display_name)
    assert journal_texts.changes(entry) == ["Nazwisko: Próbna → Nowa"]
    assert about(other) == []
    assert student.pesel not in repr(entry.details)


def test_of_a_changed_pesel_the_journal_says_only_that_it_changed() -> None:
    student = make_student(extended_until=None)
    before, fresh = str(student.pesel), another_pesel(student)

    bring(f"numer albumu;PESEL\n{student.album_number};{fresh}\n")

    (entry,) = about(student)
    assert journal_texts.changes(entry) == ["PESEL zmieniony"]
    kept = db.session.scalars(select(ImportChange.changes)).one()
    assert kept == '[[null,"pesel",null,null]]'
    assert not [pesel for pesel in (before, fresh) if pesel in repr(about(student))]


def another_pesel(student: Student) -> str:
    """A valid number of somebody born on the same day."""
    assert student.pesel
    body = student.pesel[:6] + f"{(int(student.pesel[6:10]) + 7) % 10_000:04}"
    return body + pesel_numbers.calc_check_digit(body)


def test_studies_that_change_are_named() -> None:
    student = make_student(extended_until=None)

    bring(f"numer albumu;rok;grupa\n{student.album_number};3;G-7\n")

    (entry,) = about(student)
    told = journal_texts.changes(entry)
    assert [one.partition(" (")[0] for one in told] == ["Rok studiów", "Grupa"]
    assert all(one.partition(": ")[2].split(" → ")[1] in {"3", "G-7"} for one in told)


def test_a_new_student_came_by_that_import() -> None:
    batch_id = bring(NEW + "N1;Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n")

    student = db.session.scalars(select(Student)).one()
    (entry,) = about(student)

    assert (entry.act, journal_texts.changes(entry)) == ("came_by_import", [])
    assert lines(import_page(batch_id)) == [("N1", None)]


def test_somebody_missing_from_a_full_list_is_told_to_be_removed() -> None:
    student = make_student(extended_until=None)
    content = NEW + "N1;Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n"

    batch_id = bring(content, full_list=True, confirmed_missing=1)

    (entry,) = about(student)
    told = journal_texts.changes(entry)
    assert told[0].endswith(": aktywne → skreślenie")
    assert [album for album, _ in lines(import_page(batch_id))] == [student.album_number, "N1"]


def test_an_import_that_changes_nothing_leaves_no_trace() -> None:
    content = NEW + "N1;Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n"
    bring(content)
    prepared = register_import.prepare_import(content.encode(), ImportOptions(), POLICY, at=clock.now())
    register_import.apply_import(
        prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=clock.now()
    )
    assert db.session.scalar(select(func.count()).select_from(ImportChange)) == 1


def test_a_second_import_stands_above_the_first() -> None:
    bring(NEW + "N1;Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n")
    bring("numer albumu;nazwisko\nN1;Łoś\n")

    student = db.session.scalars(select(Student)).one()

    assert [one.act for one in about(student)] == ["changed_by_import", "came_by_import"]


def test_the_pages_of_an_import_follow_the_file() -> None:
    rows = [f"N{number};Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n" for number in range(5)]
    batch_id = bring(NEW + "".join(rows))

    pages = [import_page(batch_id, size=2)]
    while pages[-1].next_after is not None:
        pages.append(import_page(batch_id, after=pages[-1].next_after, size=2))

    assert [[album for album, _ in lines(page)] for page in pages] == [["N0", "N1"], ["N2", "N3"], ["N4"]]
    assert pages[0].counts["new"] == 5


def test_there_is_no_page_of_what_is_no_import() -> None:
    with pytest.raises(ImportUnknown):
        import_page(str(BatchKind.IMPORT))


def test_over_all_students_an_import_is_one_entry_found_by_its_day() -> None:
    batch_id = bring(NEW + "N1;Ewa;Wrzos;1850-03-01;W1;Fizyka;I;1\n")
    today: date = clock.today()

    assert [one.key for one in entries(Wanted(since=today)).entries] == [batch_id]
    assert entries(Wanted(until=today - timedelta(days=1))).entries == []
    student = db.session.scalars(select(Student)).one()
    wanted = Wanted(act="register_imported", student_id=student.id)
    assert [one.act for one in entries(wanted).entries] == ["came_by_import"]
