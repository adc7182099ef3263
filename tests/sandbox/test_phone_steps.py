"""Adding and renewing on the phone, by plain links and forms."""

import io

import pytest
import qrcode
from PIL import Image

from tests.ministry_server import SandboxServer
from tests.sandbox.ordering import collect, look_up, order, withdraw
from tests.sandbox.visiting import Visitor

GONE = "mLegitymacja nie istnieje"


@pytest.fixture
def visitor(sandbox: SandboxServer) -> Visitor:
    return Visitor(sandbox)


def to_the_qr_code(visitor: Visitor, phone: str) -> str:
    """Walk from the start screen to the first code; returns the address of that step."""
    visitor.open(f"/telefon/{phone}")
    for words in (
        "Dodaj dokument",
        "Legitymacja studencka mLegitymacja z Twojej uczelni",
        "Dalej",
        "Akceptuję",
    ):
        visitor.follow(words)
    visitor.follow("Dalej")
    return visitor.path


def test_the_card_is_added_step_by_step(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480001")
    scan = to_the_qr_code(visitor, "480001")
    assert scan == "/telefon/480001/dodaj/kod-qr"
    visitor.send(scan, qr_text=f"  {report['codes']['qr_payload']}\r\n")
    assert visitor.path == "/telefon/480001/dodaj/kod-aktywacyjny"
    visitor.send(visitor.path, activation_code=f"{report['codes']['activation_code']} ")
    assert visitor.path.startswith("/telefon/480001/karta/")
    assert visitor.shows(report["card_number"])
    assert look_up(sandbox, report["key"])["state"] == "collected"


def test_every_step_leads_one_back(visitor: Visitor) -> None:
    to_the_qr_code(visitor, "480002")
    for step in ("dodaj/aparat", "dodaj/regulamin", "dodaj/opis", "dokumenty", ""):
        visitor.follow("Wstecz")
        assert visitor.path == f"/telefon/480002/{step}".rstrip("/")


def test_a_picture_of_the_code_does_as_well(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480003")
    picture = io.BytesIO()
    qrcode.make(report["codes"]["qr_payload"]).save(picture)
    visitor.show_picture(to_the_qr_code(visitor, "480003"), picture.getvalue())
    visitor.send(visitor.path, activation_code=report["codes"]["activation_code"])
    assert visitor.shows(report["card_number"])


def test_a_picture_that_holds_no_code_is_refused_on_the_spot(visitor: Visitor) -> None:
    bomb = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(bomb, "PNG")
    scan = to_the_qr_code(visitor, "480004")
    for picture, why in (
        (b"no picture", "nie da się odczytać"),
        (bomb.getvalue(), "za dużo pikseli"),
        (bytes(10_000_001), "najwyżej 10 MB"),
    ):
        visitor.show_picture(scan, picture)
        assert (visitor.status, visitor.path) == (422, scan)
        assert why in visitor.problem()


@pytest.mark.parametrize(("text", "why"), [(" \n", "Wklej tekst kodu"), ("x" * 1001, "za długi")])
def test_a_text_that_cannot_be_a_code_is_refused(visitor: Visitor, text: str, why: str) -> None:
    visitor.send(to_the_qr_code(visitor, "480005"), qr_text=text)
    assert visitor.status == 422
    assert why in visitor.problem()


def test_the_activation_code_is_asked_for_only_after_a_scan(visitor: Visitor) -> None:
    visitor.open("/telefon/480006/dodaj/kod-aktywacyjny")
    assert visitor.path == "/telefon/480006/dodaj/kod-qr"


@pytest.mark.parametrize("code", ["", " ", "x" * 65])
def test_a_missing_activation_code_is_asked_for_again(visitor: Visitor, code: str) -> None:
    visitor.send(to_the_qr_code(visitor, "480007"), qr_text="0" * 32)
    visitor.send(visitor.path, activation_code=code)
    assert visitor.problem() == "Wpisz kod aktywacyjny."


def test_wrong_codes_open_nothing_and_may_be_corrected(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480008")
    visitor.send(to_the_qr_code(visitor, "480008"), qr_text=report["codes"]["qr_payload"])
    visitor.send(visitor.path, activation_code=report["codes"]["activation_code"].swapcase())
    assert visitor.status == 422
    assert GONE in visitor.problem()
    assert "co do znaku" in visitor.problem()
    visitor.send(visitor.path, activation_code=report["codes"]["activation_code"])
    assert visitor.shows(report["card_number"])


def test_withdrawn_codes_are_stale(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480009")
    withdraw(sandbox, report["key"])
    enter(visitor, "480009", report)
    assert GONE in visitor.problem()


def test_expired_codes_are_stale(sandbox: SandboxServer, visitor: Visitor) -> None:
    sandbox.control(code_lifetime_seconds=0.001)
    report = order(sandbox, "480010")
    enter(visitor, "480010", report)
    assert GONE in visitor.problem()
    assert look_up(sandbox, report["key"])["state"] == "codes_expired"


def test_a_second_phone_is_refused(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480011")
    enter(visitor, "480011", report)
    assert visitor.shows(report["card_number"])
    enter(visitor, "480011-b", report)
    assert GONE in visitor.problem()
    assert [card["phone"] for card in sandbox.live_cards("480011")] == ["480011"]


def test_a_card_is_renewed_from_its_own_menu(sandbox: SandboxServer, visitor: Visitor) -> None:
    enter(visitor, "480012", order(sandbox, "480012"))
    old, renewal = visitor.path, order(sandbox, "480012")
    visitor.follow("Więcej")
    visitor.follow("Przedłuż ważność Nowym kodem QR i kodem aktywacyjnym")
    visitor.follow("Akceptuję")
    visitor.send(visitor.path, qr_text=renewal["codes"]["qr_payload"])
    visitor.send(visitor.path, activation_code=renewal["codes"]["activation_code"])
    assert visitor.path != old
    assert visitor.shows(renewal["card_number"])
    assert [card["key"] for card in sandbox.live_cards("480012")] == [renewal["key"]]


def test_anothers_codes_renew_nothing(sandbox: SandboxServer, visitor: Visitor) -> None:
    enter(visitor, "480013", order(sandbox, "480013"))
    anothers = order(sandbox, "480014", pesel="59851512347")
    visitor.open(f"{visitor.path}/przedluz/kod-qr")
    visitor.send(visitor.path, qr_text=anothers["codes"]["qr_payload"])
    visitor.send(visitor.path, activation_code=anothers["codes"]["activation_code"])
    assert GONE in visitor.problem()
    assert look_up(sandbox, anothers["key"])["state"] == "ready"


def test_no_code_stands_in_an_address_or_stays_behind(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480015")
    enter(visitor, "480015", report)
    assert not visitor.shows(report["codes"]["qr_payload"])
    visitor.open("/telefon/480015/dodaj/kod-aktywacyjny")
    assert visitor.path.endswith("/kod-qr")


def test_the_ledger_tells_of_phones_as_of_every_call(sandbox: SandboxServer, visitor: Visitor) -> None:
    report = order(sandbox, "480016")
    enter(visitor, "480016", report)
    line = sandbox.calls("redeem")[-1]
    assert (line["key"], line["outcome"]) == (report["key"], "collected")
    assert collect(sandbox, report, "480016")[0] == 200


def enter(visitor: Visitor, phone: str, report: dict[str, dict[str, str]]) -> None:
    """Both codes, at once to the point."""
    visitor.open(f"/telefon/{phone}/dodaj/kod-qr")
    visitor.send(visitor.path, qr_text=report["codes"]["qr_payload"])
    visitor.send(visitor.path, activation_code=report["codes"]["activation_code"])
