"""How long importing 100,000 students takes, beside a plain `executemany` of the same rows after the same checks.

    python -m bench.import_students [ROWS]

Both read the same CSV, check every PESEL, seal it and write students, accounts, enrolments and cards into a migrated
SQLite database of their own, in one run. Printed: seconds, the ratio, and for how long the write lock was held.
"""

import argparse
import csv
import io
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert
from stdnum.pl import pesel as pesel_numbers

from bench.stopwatch import locks_timed
from portal import clock, create_app
from portal.database import transaction
from portal.extensions import db
from portal.keys import create_keys
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.cards import ElsCard
from portal.models.people import Enrolment, Student
from portal.models.sealed import keyring
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.services import register_import
from portal.services.deployment import prepare_database
from portal.services.passwords import NOTHING_FITS
from portal.services.polish_order import sort_name
from portal.settings import Settings
from portal.settings_groups import University

POLICY = Policy(basis=Basis.ELS)
HEADER = (
    "nr albumu;pesel;imię;nazwisko;data urodzenia;e-mail;wydział;kierunek;stopień;rok;grupa;status;"
    "początek studiów;ślubowanie;numer ELS;data wydania ELS;ELS ważna do"
)
SURNAMES = ("Żółć", "Łoś", "Brzeźniańska", "Ćwikła", "Śnieg", "Wrzos", "Jeziorański", "Gżegżółka")
LEVELS = {"I stopień": Level.FIRST_CYCLE, "II stopień": Level.SECOND_CYCLE}


def invented_file(rows: int) -> bytes:
    """A file of that many students born in the nineteenth century."""
    lines = [HEADER]
    for number in range(rows):
        born = date(1801, 1, 1) + timedelta(days=number % 36_000)
        body = f"{born.year % 100:02}{born.month + 80:02}{born.day:02}{number // 36_000:04}"
        lines.append(
            f"{200_000 + number};{body}{pesel_numbers.calc_check_digit(body)};Ewa;{SURNAMES[number % 8]};{born};"
            f"s{number}@example.edu.pl;Wydział {number % 9};Kierunek {number % 60};{list(LEVELS)[number % 2]};"
            f"{number % 5 + 1};G-{number % 90};aktywny;2025-10-01;2025-10-03;ELS-{number};2025-10-15;2026-03-31"
        )
    return "\n".join(lines).encode()


def plainly(content: bytes) -> float:
    """The floor: the same checks in one loop, the same rows by `executemany`; answers seconds."""
    began = time.perf_counter()
    keys, at = keyring(), time.perf_counter
    students: list[dict[str, Any]] = []
    accounts: list[dict[str, Any]] = []
    enrolments: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    albums, pesels = set(), set()
    for line in csv.DictReader(io.StringIO(content.decode()), delimiter=";"):
        pesel = pesel_numbers.validate(line["pesel"])
        born = date.fromisoformat(line["data urodzenia"])
        if pesel_numbers.get_birth_date(pesel) != born or pesel in pesels or line["nr albumu"] in albums:
            raise ValueError
        pesels.add(pesel)
        albums.add(line["nr albumu"])
        student_id = new_id()
        students.append(
            {
                "id": student_id,
                "album_number": line["nr albumu"],
                "first_names": line["imię"],
                "surname": line["nazwisko"],
                "sort_name": sort_name(line["nazwisko"], line["imię"]),
                "birth_date": born,
                "pesel_sealed": keys.seal(pesel, f"students.pesel_sealed.{student_id}"),
                "pesel_index": keys.blind_index(pesel),
                "email": line["e-mail"],
                "revision": 1,
            }
        )
        accounts.append(
            {
                "id": new_id(),
                "user_name": line["nr albumu"],
                "display_name": f"{line['imię']} {line['nazwisko']}",
                "password_hash": NOTHING_FITS,
                "role": "student",
                "student_id": student_id,
            }
        )
        enrolments.append(
            {
                "id": new_id(),
                "student_id": student_id,
                "faculty": line["wydział"],
                "programme": line["kierunek"],
                "level": LEVELS[line["stopień"]],
                "year": int(line["rok"]),
                "group_name": line["grupa"],
                "status": EnrolmentStatus.ACTIVE,
                "status_since": date.fromisoformat(line["początek studiów"]),
                "begins_on": date.fromisoformat(line["początek studiów"]),
                "oath_approved_on": date.fromisoformat(line["ślubowanie"]),
            }
        )
        cards.append(
            {
                "id": new_id(),
                "student_id": student_id,
                "card_number": line["numer ELS"],
                "issued_on": date.fromisoformat(line["data wydania ELS"]),
                "first_valid_until": date.fromisoformat(line["ELS ważna do"]),
            }
        )
    with transaction() as session:
        for model, rows in (
            (Student, students),
            (Account, accounts),
            (Enrolment, enrolments),
            (ElsCard, cards),
        ):
            session.connection().execute(insert(model), rows)
    return at() - began


def import_it(content: bytes) -> tuple[float, float]:
    """The use case; answers seconds for all and for the time the write lock was held."""
    began = time.perf_counter()
    now = clock.now()
    with locks_timed(register_import) as held:
        prepared = register_import.prepare_import(content, register_import.ImportOptions(), POLICY, at=now)
        register_import.apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=None, at=now)
    return time.perf_counter() - began, held[-1] if held else 0.0


def empty_instance(folder: Path) -> Flask:
    """A migrated database without a single student."""
    folder.mkdir()
    create_keys(folder)
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'portal.sqlite'}",
        public_url="http://localhost",
        demo=True,
        university=University(name="Akademia Przykładowa"),
        policy=POLICY,
    )
    app = create_app(settings, check=False)
    with app.app_context():
        prepare_database(demo=True)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    rows = parser.parse_args().rows
    content = invented_file(rows)
    with tempfile.TemporaryDirectory() as folder:
        with empty_instance(Path(folder) / "plain").app_context():
            plain = plainly(content)
            db.engine.dispose()
        with empty_instance(Path(folder) / "import").app_context():
            first, lock = import_it(content)
            again, _ = import_it(content)
            changed, lock_of_changes = import_it(content.replace(b";aktywny;", b";urlop;"))
            db.engine.dispose()
    print(f"plain executemany        {plain:6.2f} s")
    print(f"first import             {first:6.2f} s   {first / plain:.2f} times")
    print(f"the same file again      {again:6.2f} s   {again / plain:.2f} times")
    print(f"every status changed     {changed:6.2f} s   {changed / plain:.2f} times")
    for what, seconds in (("first import", lock), ("changes", lock_of_changes)):
        print(
            f"write lock, {what:12} {seconds:6.2f} s   {seconds / rows * 10_000_000:.0f} ms per 10,000 rows"
        )


if __name__ == "__main__":
    main()
