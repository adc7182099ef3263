"""An invented panel for people: a package of orders goes in, a report with codes comes out.

Nothing here resembles the ministry's own panel, which is not public. The columns are those of the portal's template.
"""

import csv
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import python_calamine

from sandbox import register
from sandbox.clock import day_of
from sandbox.control import Control
from sandbox.pages import written_day

ORDER, PHOTO = "Nr zamówienia", "Zdjęcie"
HEADINGS = {
    "Nr albumu": "album_number",
    "PESEL": "pesel",
    "Imiona": "first_names",
    "Nazwisko": "surname",
    "Data urodzenia": "birth_date",
    "Ważna do": "valid_until",
}
REPORT = (ORDER, "Kod QR", "Kod aktywacyjny", "Kody ważne do", "Powód odrzucenia")
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
MOST_BYTES = 400_000_000
KEYS = "panel-"
_REFERENCE = re.compile(r"P(\d{1,6})-\d{1,6}", re.ASCII)


class PackageUnfit(Exception):
    """The file is no package; the message says in Polish why."""


@dataclass(frozen=True)
class Person:
    """One order of a package: its reference and what the contract calls its content."""

    reference: str
    content: Mapping[str, object] = field(repr=False)


def read_package(file: bytes) -> list[Person]:
    """Everybody in a package. Raises PackageUnfit."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                raise PackageUnfit("Po rozpakowaniu ta paczka jest za duża.")
            return list(_people(archive))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError):
        raise PackageUnfit("To nie jest plik ZIP. Wgraj paczkę tak, jak ją pobrano z portalu.") from None


def take_in(db: sqlite3.Connection, control: Control, people: list[Person], at: float) -> int:
    """Place what is not known yet and issue its codes; answers the number of the package."""
    for person in people:
        key = KEYS + person.reference
        try:
            register.submit(db, control, key, person.content, at)
        except register.Refusal:
            continue  # withdrawn, or known with other content: the report says how it stands
        register.process_now(db, control, key, at)
    return package_of(people[0].reference)


def package_of(reference: str) -> int:
    """The number of the package an order is in."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise PackageUnfit(f"„{reference[:40]}” nie wygląda na numer zamówienia.")
    return int(found[1])


def orders(db: sqlite3.Connection, package: int | None = None) -> list[sqlite3.Row]:
    """What came through the panel, by package the latest first; or of one package."""
    which = f"{KEYS}P{package}-%" if package else f"{KEYS}%"
    return db.execute(
        "SELECT * FROM requests WHERE key LIKE ? ORDER BY submitted_at DESC, id", (which,)
    ).fetchall()


def reference_of(row: sqlite3.Row) -> str:
    """The order's reference, as the package had it."""
    return str(row["key"]).removeprefix(KEYS)


def report(rows: list[sqlite3.Row]) -> bytes:
    """The report on these orders as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(REPORT)
    for row in rows:
        writer.writerow([reference_of(row), *_answer(row)])
    return text.getvalue().encode("utf-8-sig")


def _answer(row: sqlite3.Row) -> tuple[str, str, str, str]:
    if row["state"] in ("refused", "withdrawn"):
        return "", "", "", str(row["refusal"] or "wycofane")
    if row["qr_payload"] is None:
        return "", "", "", ""
    until = written_day(day_of(row["codes_expire_at"]).isoformat())
    return row["qr_payload"], row["activation_code"], until, ""


def _people(archive: zipfile.ZipFile) -> Iterator[Person]:
    rows = _rows(archive)
    header = next(rows, [])
    missing = [heading for heading in (ORDER, *HEADINGS, PHOTO) if heading not in header]
    if missing:
        raise PackageUnfit(f"W liście osób brakuje kolumn: {', '.join(missing)}.")
    found = False
    for cells in rows:
        found = True
        yield _person(archive, dict(zip(header, cells, strict=False)))
    if not found:
        raise PackageUnfit("Lista osób jest pusta.")


def _rows(archive: zipfile.ZipFile) -> Iterator[list[str]]:
    names = [name for name in archive.namelist() if "/" not in name]
    name = next((one for one in names if one.endswith((".csv", ".xlsx"))), None)
    if name is None:
        raise PackageUnfit("W paczce nie ma listy osób (CSV albo XLSX).")
    content = archive.read(name)
    if name.endswith(".csv"):
        yield from csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        return
    try:
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except python_calamine.CalamineError:
        raise PackageUnfit("Listy osób nie da się otworzyć.") from None
    for row in sheet.iter_rows():
        yield [str(cell) for cell in row]


def _person(archive: zipfile.ZipFile, cells: Mapping[str, str]) -> Person:
    content: dict[str, object] = {name: cells.get(heading, "") for heading, name in HEADINGS.items()}
    reference, photo = cells.get(ORDER, ""), cells.get(PHOTO, "")
    package_of(reference)
    try:
        for day in ("birth_date", "valid_until"):
            date.fromisoformat(str(content[day]))
        picture = archive.read(f"zdjecia/{photo}")
        media_type = MEDIA_TYPES[photo.rpartition(".")[2]]
    except (KeyError, ValueError):
        raise PackageUnfit(f"{reference}: brakuje zdjęcia albo data nie jest datą.") from None
    return Person(reference, content | {"photo": picture, "photo_media_type": media_type})
