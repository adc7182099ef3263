import json

import pytest

from tests.ministry_server import SandboxServer, running_sandbox
from tests.sandbox.ordering import collect, order


def test_switches_are_changed_one_by_one_and_shown_whole(sandbox: SandboxServer) -> None:
    sandbox.control(mode="slow")
    sandbox.control(slow_seconds=3)
    assert sandbox.ask("GET", "/control") == (
        200,
        {
            "calendar_ahead_seconds": 0,
            "code_lifetime_seconds": 86_400,
            "honours_keys": True,
            "mode": "slow",
            "processing_seconds": 0,
            "replaces_on": "collect",
            "slow_seconds": 3,
        },
    )


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"mode": "asleep"}, "mode: Input should be"),
        ({"processing_seconds": -1}, "processing_seconds: Input should be greater"),
        ({"calendar_ahead_seconds": -1}, "calendar_ahead_seconds: Input should be greater"),
        ({"processing_seconds": "soon"}, "processing_seconds: Input should be a valid number"),
        ({"honours_keys": "yes"}, "honours_keys: Input should be a valid boolean"),
        (["mode"], "body: Input should be"),
    ],
)
def test_a_switch_that_does_not_exist_or_cannot_stand_so_changes_nothing(
    sandbox: SandboxServer, body: object, complaint: str
) -> None:
    before = sandbox.ask("GET", "/control")
    status, answer = sandbox.ask("PUT", "/control", body)
    assert (status, answer["code"]) == (422, "invalid_request")
    assert answer["message"].startswith(complaint)
    assert sandbox.ask("GET", "/control") == before


def test_the_ledger_shows_cards_without_personal_data_and_codes(sandbox: SandboxServer) -> None:
    report = order(sandbox, "430001")
    collect(sandbox, report, "mój telefon")
    ledger = sandbox.ledger()
    card = next(card for card in ledger["cards"] if card["key"] == report["key"])
    assert (card["album_number"], card["phone"], card["state"], card["live"], card["valid_until"]) == (
        "430001",
        "mój telefon",
        "collected",
        True,
        "2099-10-31",
    )
    shown = json.dumps(ledger, ensure_ascii=False)
    secrets = (
        "67910712340",
        "Przykładowa",
        report["codes"]["qr_payload"],
        report["codes"]["activation_code"],
    )
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "169.254.1.1"])
@pytest.mark.parametrize("path", ["/ledger", "/control", "/healthz"])
def test_a_page_cannot_reach_it_through_a_name_of_its_own(
    sandbox: SandboxServer, host: str, path: str
) -> None:
    assert sandbox.ask("GET", path, Host=host)[0] == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(("method", "path"), [("PUT", "/control"), ("POST", "/redeem"), ("POST", "/seed")])
def test_a_form_of_another_page_changes_nothing(
    sandbox: SandboxServer, method: str, path: str, kind: str
) -> None:
    status, answer = sandbox.ask(method, path, {"mode": "down"}, **{"Content-Type": kind})
    assert (status, answer["code"]) == (415, "not_json")
    assert sandbox.ask("GET", "/control")[1]["mode"] == "ok"


def test_what_does_not_exist_is_refused_in_json(sandbox: SandboxServer) -> None:
    assert sandbox.ask("GET", "/nothing")[0] == 404
    assert sandbox.ask("DELETE", "/ledger")[0] == 405


def test_the_contract_needs_the_token_and_the_operator_does_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_sandbox(tmp_path_factory.mktemp("token"), token="right") as server:
        asked = {"keys": ["a"]}
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "right"}):
            assert server.ask("POST", "/v1/requests/look-up", asked, **headers)[0] == 401
        assert server.ask("POST", "/v1/requests/look-up", asked, Authorization="Bearer right")[0] == 200
        assert server.ask("GET", "/ledger")[0] == 200
