"""The operator of the ministry's panel, imitated: reads a package, makes up codes, writes a report."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256

from portal.services.tables import read_table

HEADINGS = (
    "Nr zamówienia",
    "Nr albumu",
    "PESEL",
    "Kod QR",
    "Kod aktywacyjny",
    "Kody ważne do",
    "Powód odrzucenia",
)


def people_in(package: bytes) -> list[dict[str, str]]:
    """The people of a package, each by its headings."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        (name,) = [one for one in archive.namelist() if "/" not in one]
        header, *rows = read_table(archive.read(name))
    return [dict(zip(header.cells, row.cells, strict=True)) for row in rows]


def photos_in(package: bytes) -> dict[str, bytes]:
    """The photos of a package by the names of their files."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {
            one.removeprefix("zdjecia/"): archive.read(one)
            for one in archive.namelist()
            if one.startswith("zdjecia/")
        }


def codes_for(reference: str) -> tuple[str, str]:
    """The QR text and the activation code this operator's panel gives to an order."""
    digest = sha256(reference.encode()).hexdigest()
    return digest[:32], f"aB{digest[32:36]}+$"


def report_row(person: Mapping[str, str], **changed: str) -> dict[str, str]:
    """The row of a report about one person, with whatever a test wants changed."""
    qr, code = codes_for(person["Nr zamówienia"])
    row = {"Nr zamówienia": person["Nr zamówienia"], "Kod QR": qr, "Kod aktywacyjny": code}
    return row | {name.replace("_", " "): value for name, value in changed.items()}


def report(rows: Sequence[Mapping[str, str]], *, headings: Sequence[str] = HEADINGS) -> bytes:
    """A report as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(headings)
    writer.writerows([row.get(heading, "") for heading in headings] for row in rows)
    return text.getvalue().encode()


def answer_to(package: bytes) -> bytes:
    """A report with codes for everybody in the package."""
    return report([report_row(person) for person in people_in(package)])
