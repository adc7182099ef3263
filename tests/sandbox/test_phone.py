import base64
import time

import pytest

from tests.ministry_server import PNG, SandboxServer
from tests.sandbox.ordering import collect, look_up, order, withdraw

NO_SUCH_CARD = (404, {"message": "mLegitymacja nie istnieje"})


def test_the_codes_put_the_card_on_the_phone(sandbox: SandboxServer) -> None:
    report = order(sandbox, "400001")
    status, card = collect(sandbox, report)
    assert status == 200
    assert card == {
        "album_number": "400001",
        "pesel": "67910712340",
        "first_names": "Maria Salomea",
        "surname": "Przykładowa",
        "birth_date": "1867-11-07",
        "card_number": report["card_number"],
        "card_issued_on": report["card_issued_on"],
        "valid_until": "2099-10-31",
        "university": "Uniwersytet Przykładowy",
        "photo": base64.b64encode(PNG).decode(),
        "photo_media_type": "image/png",
        "phone": "telefon",
    }


def test_collecting_again_on_the_same_phone_changes_nothing(sandbox: SandboxServer) -> None:
    report = order(sandbox, "400002")
    assert collect(sandbox, report) == collect(sandbox, report)
    assert len(sandbox.live_cards("400002")) == 1


def test_a_second_phone_is_refused(sandbox: SandboxServer) -> None:
    report = order(sandbox, "400003")
    collect(sandbox, report, "one")
    assert collect(sandbox, report, "two") == NO_SUCH_CARD
    assert [card["phone"] for card in sandbox.live_cards("400003")] == ["one"]


def test_a_wrong_activation_code_opens_nothing(sandbox: SandboxServer) -> None:
    codes = order(sandbox, "400004")["codes"]
    assert sandbox.redeem(codes["qr_payload"], codes["activation_code"].swapcase()) == NO_SUCH_CARD
    assert sandbox.redeem("0" * 32, codes["activation_code"]) == NO_SUCH_CARD


def test_a_withdrawn_card_does_not_exist_collected_or_not(sandbox: SandboxServer) -> None:
    unused, used = order(sandbox, "400005"), order(sandbox, "400006", pesel="67910712357")
    collect(sandbox, used)
    for report in (unused, used):
        withdraw(sandbox, report["key"])
        assert collect(sandbox, report) == NO_SUCH_CARD
    assert sandbox.live_cards("400005") == sandbox.live_cards("400006") == []


def test_expired_codes_open_nothing_but_a_collected_card_stays(sandbox: SandboxServer) -> None:
    collected = order(sandbox, "400007")
    collect(sandbox, collected)
    sandbox.control(code_lifetime_seconds=0.01)
    expired = order(sandbox, "400008", pesel="67910712357")
    time.sleep(0.05)
    assert collect(sandbox, expired) == NO_SUCH_CARD
    assert look_up(sandbox, expired["key"])["state"] == "codes_expired"
    assert collect(sandbox, collected)[0] == 200


@pytest.mark.parametrize(
    ("replaces_on", "after_issue", "after_collecting"),
    [("issue", "new", "new"), ("collect", "both", "new"), ("never", "both", "both")],
)
def test_the_older_card_goes_when_the_switch_says(
    sandbox: SandboxServer, replaces_on: str, after_issue: str, after_collecting: str
) -> None:
    sandbox.control(replaces_on=replaces_on)
    album = f"41{['issue', 'collect', 'never'].index(replaces_on):04d}"
    pesel = f"6791071{album[-1]}000"
    old = order(sandbox, album, pesel=pesel, valid_until="2098-03-31")
    collect(sandbox, old)
    new = order(sandbox, album, pesel=pesel)
    expected = {"new": [new["key"]], "both": [old["key"], new["key"]]}
    assert [card["key"] for card in sandbox.live_cards(album)] == expected[after_issue]
    collect(sandbox, new)
    assert [card["key"] for card in sandbox.live_cards(album)] == expected[after_collecting]


def test_a_broken_request_is_refused_with_a_clear_message(sandbox: SandboxServer) -> None:
    status, answer = sandbox.ask("POST", "/redeem", {"qr_payload": "0" * 32})
    assert (status, answer["code"]) == (422, "invalid_request")
    assert answer["message"] == "activation_code: Field required; phone: Field required"
