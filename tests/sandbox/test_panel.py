"""The invented panel: packages in, reports out, and nothing taken that is no package."""

import io
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.panel import PackageUnfit, read_package
from tests.people import jpeg
from tests.spreadsheets import xlsx

HEADER = [
    "Nr zamówienia",
    "Nr albumu",
    "PESEL",
    "Imiona",
    "Nazwisko",
    "Data urodzenia",
    "Ważna do",
    "Zdjęcie",
]
PERSON = ["P3-001", "100001", "72841712340", "Wanda", "Próbna", "1872-04-17", "2099-10-31", "P3-001.jpg"]
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def package(rows: list[list[str]], *, form: str = "xlsx", photos: tuple[str, ...] = ("P3-001.jpg",)) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        table = (
            xlsx(rows) if form == "xlsx" else "\n".join(";".join(cells) for cells in rows).encode("utf-8-sig")
        )
        archive.writestr(f"paczka-3.{form}", table)
        for name in photos:
            archive.writestr(f"zdjecia/{name}", jpeg())
    return file.getvalue()


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(tmp_path / "sandbox.sqlite").test_client()


def upload(client: FlaskClient, content: bytes) -> tuple[int, str]:
    file = (io.BytesIO(content), "paczka.zip")
    with client.post("/panel", data={"file": file}, headers=FROM_HERE) as answer:
        return answer.status_code, answer.get_data(as_text=True)


def report(client: FlaskClient) -> list[str]:
    answer = client.get("/panel/raport-3.csv")
    return str(answer.data, "utf-8-sig").splitlines()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_package_comes_back_as_a_report_with_codes(client: FlaskClient, form: str) -> None:
    assert upload(client, package([HEADER, PERSON], form=form))[0] == 303
    heading, line = report(client)
    assert heading == "Nr zamówienia;Kod QR;Kod aktywacyjny;Kody ważne do;Powód odrzucenia"
    reference, qr, code, until, refusal = line.split(";")
    assert (reference, len(qr), len(code), refusal) == ("P3-001", 32, 8, "")
    assert until
    card = client.post("/redeem", json={"qr_payload": qr, "activation_code": code, "phone": "1"})
    assert card.status_code == 200


def test_a_package_uploaded_again_gives_the_same_codes(client: FlaskClient) -> None:
    upload(client, package([HEADER, PERSON]))
    before = report(client)
    upload(client, package([HEADER, PERSON]))
    assert report(client) == before


def test_a_withdrawn_order_gets_no_codes_again(client: FlaskClient) -> None:
    upload(client, package([HEADER, PERSON]))
    client.post("/panel/wycofaj", data={"zamowienie": "P3-001"}, headers=FROM_HERE)
    upload(client, package([HEADER, PERSON]))
    assert report(client)[1] == "P3-001;;;;wycofane"
    assert "Wycofane" in client.get("/panel").text


def test_only_forms_of_the_page_itself_are_taken(client: FlaskClient) -> None:
    assert client.post("/panel/wycofaj", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_it_says_that_it_is_not_the_ministrys_panel(client: FlaskClient) -> None:
    assert "To nie jest panel ministerstwa" in client.get("/panel").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "To nie jest plik ZIP. Wgraj paczkę tak, jak ją pobrano z portalu."),
        (package([HEADER[1:], PERSON[1:]]), "W liście osób brakuje kolumn: Nr zamówienia."),
        (package([HEADER]), "Lista osób jest pusta."),
        (package([HEADER, ["7", *PERSON[1:]]]), "„7” nie wygląda na numer zamówienia."),
        (package([HEADER, PERSON], photos=()), "P3-001: brakuje zdjęcia albo data nie jest datą."),
        (package([HEADER, PERSON], form="txt"), "W paczce nie ma listy osób (CSV albo XLSX)."),
    ],
)
def test_what_is_no_package_is_refused_in_words(client: FlaskClient, content: bytes, words: str) -> None:
    status, page = upload(client, content)
    assert status == 422
    assert words in page
    with pytest.raises(PackageUnfit):
        read_package(content)
