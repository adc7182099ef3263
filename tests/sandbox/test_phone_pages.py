"""The phone's start screen, its cards, and who may send its forms."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.ministry_server import DIRECT, SandboxServer, application_json
from tests.sandbox.ordering import collect, order, withdraw
from tests.sandbox.visiting import Visitor


@pytest.fixture
def visitor(sandbox: SandboxServer) -> Visitor:
    return Visitor(sandbox)


def collected(sandbox: SandboxServer, album_number: str, phone: str) -> dict[str, str]:
    """A card on that phone: its report."""
    report = order(sandbox, album_number)
    assert collect(sandbox, report, phone)[0] == 200
    return report


def test_a_new_phone_is_empty_and_says_that_it_is_a_simulation(visitor: Visitor) -> None:
    visitor.open("/telefon")
    assert visitor.path == "/telefon/1"
    visitor.send("/telefon")
    assert visitor.path != "/telefon/1"
    assert visitor.shows("Na tym telefonie nie ma jeszcze żadnego dokumentu.")
    assert visitor.shows("SYMULACJA – to nie jest dokument")


def test_each_added_phone_stands_beside_the_others(visitor: Visitor) -> None:
    visitor.open("/telefon/1")
    visitor.send("/telefon")
    second = visitor.path
    visitor.send("/telefon")
    (bar,) = [one for one in visitor.page.all("nav") if one.get("aria-label") == "Telefony"]
    addresses = [one.get("href") for one in bar.all("a")]
    assert {"/telefon/1", second, visitor.path} <= set(addresses)
    assert [one.get("href") for one in bar.all("a") if one.get("aria-current")] == [visitor.path]


def test_the_card_shows_everything_that_stands_on_it(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = collected(sandbox, "470001", "470001")
    visitor.open("/telefon/470001")
    (tile,) = [one for one in visitor.page.all("a") if "tile" in (one.get("class") or "")]
    visitor.open(str(tile.get("href")))
    shown = {
        row.children[0].text: row.children[1].text for data in visitor.page.all("dl") for row in data.children
    }
    assert {name: value for name, value in shown.items() if name != "Wiek"} == {
        "Imię (imiona)": "Maria Salomea",
        "Nazwisko": "Przykładowa",
        "Data urodzenia": "7.11.1867",
        "Numer PESEL": "67910712340",
        "Numer karty": report["card_number"],
        "Data wydania": _day(report["card_issued_on"]),
        "Ważna do": "31.10.2099",
    }
    assert shown["Wiek"].split()[1] in ("lata", "lat")
    (details,) = visitor.page.all("details")
    assert "Uniwersytet Przykładowy" in details.text
    (photo,) = visitor.page.all("img")
    with DIRECT.open(sandbox.url + str(photo.get("src"))) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.read().startswith(b"\x89PNG")


def test_a_phone_may_have_any_name(sandbox: SandboxServer, visitor: Visitor) -> None:
    collected(sandbox, "470002", "mój „drugi” <telefon> 100%")
    visitor.open("/telefon/" + quote("mój „drugi” <telefon> 100%"))
    assert visitor.shows("mój „drugi” <telefon> 100%")
    assert visitor.shows("Przykładowa")


def test_a_phone_with_a_name_of_many_digits_spoils_no_other(visitor: Visitor) -> None:
    many = f"/telefon/{'9' * 5000}"
    visitor.open(f"{many}/dodaj/kod-qr")
    visitor.send(f"{many}/dodaj/kod-qr", qr_text="anything")
    visitor.open("/telefon/1")
    assert visitor.shows("Na tym telefonie nie ma jeszcze żadnego dokumentu.")


def test_a_withdrawn_card_shows_as_void_until_it_is_put_away(
    sandbox: SandboxServer, visitor: Visitor
) -> None:
    report = collected(sandbox, "470003", "470003")
    withdraw(sandbox, report["key"])
    visitor.open("/telefon/470003")
    assert visitor.shows("Unieważniona")
    visitor.open(_card_address(visitor))
    assert visitor.shows("Uczelnia lub właściciel odwołali tę kartę.")
    visitor.follow("Więcej")
    visitor.send(visitor.path.replace("wiecej", "usun"))
    assert visitor.path == "/telefon/470003"
    assert not visitor.shows("Unieważniona")


def test_an_expired_card_says_so(sandbox: SandboxServer, visitor: Visitor) -> None:
    past = datetime.now(UTC) - timedelta(days=400)
    seeded = {"key": "past", "state": "collected", "phone": "470004", "submitted_at": past.isoformat()}
    ended = application_json("470004", valid_until=(past + timedelta(days=100)).date().isoformat())
    assert sandbox.seed(ended | seeded)[0] == 200
    visitor.open("/telefon/470004")
    assert visitor.shows("Wygasła")
    visitor.open(_card_address(visitor))
    assert visitor.shows("Termin ważności minął")


def test_a_card_replaced_by_a_newer_one_vanishes_and_leads_back(
    sandbox: SandboxServer, visitor: Visitor
) -> None:
    collected(sandbox, "470005", "470005")
    visitor.open("/telefon/470005")
    old = _card_address(visitor)
    collected(sandbox, "470005", "470005-b")
    visitor.open(old)
    assert visitor.path == "/telefon/470005"
    assert visitor.shows("Pusto tu")


def test_a_live_card_put_away_comes_back_with_its_codes_on_the_same_phone(
    sandbox: SandboxServer, visitor: Visitor
) -> None:
    report = order(sandbox, "470006")
    collect(sandbox, report, "470006")
    visitor.open("/telefon/470006")
    visitor.open(_card_address(visitor))
    visitor.follow("Więcej")
    visitor.send(visitor.path.replace("wiecej", "usun"))
    assert visitor.shows("Pusto tu")
    assert len(sandbox.live_cards("470006")) == 1
    assert collect(sandbox, report, "470006")[0] == 200
    visitor.open("/telefon/470006")
    assert visitor.shows("Maria Salomea Przykładowa")


def test_a_card_is_not_shown_on_another_phone(sandbox: SandboxServer, visitor: Visitor) -> None:
    collected(sandbox, "470007", "470007")
    visitor.open("/telefon/470007")
    visitor.open(_card_address(visitor).replace("470007", "470007-b"))
    assert visitor.path == "/telefon/470007-b"
    assert not visitor.shows("Przykładowa")


def test_pages_are_guarded_by_their_headers_and_set_no_cookie(visitor: Visitor) -> None:
    visitor.open("/telefon/1")
    policy = visitor.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert visitor.headers["Cache-Control"] == "no-store"
    assert visitor.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in visitor.headers


def test_who_lost_the_way_gets_a_page_with_a_way_on(visitor: Visitor) -> None:
    visitor.open("/telefon/1/nic/takiego")
    assert visitor.status == 404
    visitor.follow("Do telefonu")
    assert visitor.path == "/telefon/1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://obca.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "its own"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/telefon", "/tryb", "/ustawienia", "/telefon/1/dodaj/kod-qr"])
def test_a_form_from_elsewhere_is_refused(sandbox: SandboxServer, path: str, headers: dict[str, str]) -> None:
    before = sandbox.ask("GET", "/control")
    sent = {name: sandbox.url if value == "its own" else value for name, value in headers.items()}
    request = urllib.request.Request(sandbox.url + path, b"mode=down&qr_text=x", sent)
    with pytest.raises(urllib.error.HTTPError) as refused:
        DIRECT.open(request)
    with refused.value as answer:
        assert answer.status == 403
    assert sandbox.ask("GET", "/control") == before


def _card_address(visitor: Visitor) -> str:
    (tile,) = [one for one in visitor.page.all("a") if "tile" in (one.get("class") or "")]
    return str(tile.get("href"))


def _day(written: str) -> str:
    year, month, day = written.split("-")
    return f"{int(day)}.{month}.{year}"
