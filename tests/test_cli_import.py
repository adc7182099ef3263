"""`flask portal import-students`: what it writes, what it prints, and the exit codes a timer lives by."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from portal.models.people import Student
from tests.people import make_student, pesel_of

HEADER = "nr albumu;PESEL;imię;nazwisko;wydział;kierunek;stopień;rok;status"
BORN = date(1871, 3, 5)


def line(number: int, pesel: str | None = None) -> str:
    return f"{810000 + number};{pesel or pesel_of(BORN, number)};Ewa;Żółć;W;K;I stopień;1;aktywny"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spis.csv"
    path.write_text("\n".join([HEADER, line(1), line(2)]), encoding="cp1250")
    return path


def run(app: Flask, file: Path, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["portal", "import-students", str(file), *options])


def report_of(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def students(database: SQLAlchemy) -> int:
    database.session.rollback()
    return database.session.scalar(select(func.count()).select_from(Student)) or 0


def test_a_file_is_imported_and_counted(app: Flask, database: SQLAlchemy, file: Path) -> None:
    done = run(app, file)
    assert done.exit_code == 0
    assert "Nowe: 2, zmienione: 0, bez zmian: 0, odrzucone: 0" in done.stdout
    assert students(database) == 2
    assert "bez zmian: 2" in run(app, file).stdout


def test_a_dry_run_counts_and_writes_nothing(app: Flask, database: SQLAlchemy, file: Path) -> None:
    done = run(app, file, "--dry-run", "--json")
    assert done.exit_code == 0
    assert report_of(done)["counts"]["new"] == 2
    assert report_of(done)["applied"] is False
    assert students(database) == 0


def test_rejected_rows_are_reported_and_the_others_taken(
    app: Flask, database: SQLAlchemy, file: Path, tmp_path: Path
) -> None:
    file.write_text("\n".join([HEADER, line(1), line(2, pesel="1")]))
    done = run(app, file, "--json", "--report", str(tmp_path / "rejected.csv"))
    assert done.exit_code == 1
    assert report_of(done)["rejected"] == [{"row": 3, "field": "pesel", "reason": "not_a_pesel"}]
    assert students(database) == 1
    written = (tmp_path / "rejected.csv").read_bytes().decode("utf-8-sig")
    assert list(csv.reader(written.splitlines(), delimiter=";")) == [
        ["wiersz", "numer albumu", "kolumna", "powód"],
        ["3", "810002", "PESEL", "to nie jest poprawny PESEL"],
    ]


def test_neither_output_names_anybody(app: Flask, file: Path) -> None:
    for options in ((), ("--json",), ("--json", "--strict")):
        done = run(app, file, *options)
        assert "Żółć" not in done.output
        assert pesel_of(BORN, 1) not in done.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Plik jest pusty."),
        (b"%PDF-1.7\x00\x01", "To nie jest arkusz."),
        (b"a;b\n1;2", "nie ma wiersza z nazwami kolumn"),
        (b"nazwisko\nLis", "Brakuje kolumny „numer albumu”"),
        (b"album;nr albumu\n1;2", "Kolumna „nr albumu”"),
        (b'album;nazwisko\n1;"Lis', "Wiersz 2: Cudzysłów"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(app: Flask, file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    done = run(app, file)
    assert done.exit_code == 2
    assert said in done.stderr


def test_strict_writes_nothing_when_a_row_is_rejected(app: Flask, database: SQLAlchemy, file: Path) -> None:
    file.write_text("\n".join([HEADER, line(1), line(2, pesel="1")]))
    assert run(app, file, "--strict").exit_code == 4
    assert students(database) == 0


def test_too_many_missing_from_a_full_list_write_nothing(
    app: Flask, database: SQLAlchemy, file: Path
) -> None:
    for number in range(3):
        make_student(album_number=f"82000{number}")
    done = run(app, file, "--full-list", "--json")
    assert done.exit_code == 3
    assert report_of(done)["counts"]["missing"] == 3
    assert students(database) == 3


def test_few_missing_from_a_full_list_are_removed(app: Flask, database: SQLAlchemy, file: Path) -> None:
    file.write_text("\n".join([HEADER, *(line(number) for number in range(60))]))
    assert run(app, file).exit_code == 0
    file.write_text("\n".join([HEADER, *(line(number) for number in range(59))]))
    done = run(app, file, "--full-list", "--json")
    assert done.exit_code == 0
    assert report_of(done)["counts"]["missing"] == 1


def test_a_column_is_mapped_on_the_command_line(app: Flask, database: SQLAlchemy, file: Path) -> None:
    make_student(album_number="700")
    file.write_text("Matrikel;uwagi;grupa\n700;pilne;A-1")
    done = run(app, file, "--map", "Matrikel=album_number", "--map", "uwagi=", "--json")
    assert (done.exit_code, report_of(done)["unknown_columns"]) == (0, [])
    assert report_of(done)["counts"]["changed"] == 1
    assert run(app, file, "--map", "Matrikel=shoe_size").exit_code == 2
