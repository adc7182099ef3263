import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.ministry_server import SandboxServer, application_json
from tests.sandbox.ordering import look_up, order, submit, withdraw


def test_codes_look_like_published_samples(sandbox: SandboxServer) -> None:
    codes = order(sandbox, "420001")["codes"]
    assert re.fullmatch("[0-9a-f]{32}", codes["qr_payload"])
    assert len(codes["activation_code"]) == 8
    for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^0-9A-Za-z]"):
        assert re.search(kind, codes["activation_code"])


def test_an_order_is_processed_after_the_set_time(sandbox: SandboxServer) -> None:
    sandbox.control(processing_seconds=0.3)
    report = order(sandbox, "420002")
    assert (report["state"], report["codes"]) == ("processing", None)
    time.sleep(0.4)
    assert look_up(sandbox, report["key"])["state"] == "ready"


def test_codes_never_outlive_the_cards_validity(sandbox: SandboxServer) -> None:
    today = datetime.now(ZoneInfo("Europe/Warsaw")).date()
    sandbox.control(code_lifetime_seconds=30 * 86_400)
    expire_at = order(sandbox, "420003", valid_until=today.isoformat())["codes"]["expire_at"]
    midnight = datetime(today.year, today.month, today.day, tzinfo=ZoneInfo("Europe/Warsaw")) + timedelta(
        days=1
    )
    assert datetime.fromisoformat(expire_at) == midnight


def test_a_validity_already_passed_is_refused(sandbox: SandboxServer) -> None:
    report = order(sandbox, "420004", valid_until="2020-03-31")
    assert (report["state"], report["refusal"]) == ("refused", "validity_passed")


def test_refusing_concerns_what_is_submitted_meanwhile(sandbox: SandboxServer) -> None:
    sandbox.control(mode="refuse", processing_seconds=600)
    refused = order(sandbox, "420005")
    sandbox.control(mode="ok")
    accepted = order(sandbox, "420006")
    sandbox.control(processing_seconds=0)
    assert look_up(sandbox, refused["key"])["state"] == "refused"
    assert look_up(sandbox, accepted["key"])["state"] == "ready"


def test_a_withdrawn_request_in_processing_is_never_issued(sandbox: SandboxServer) -> None:
    sandbox.control(processing_seconds=600)
    report = order(sandbox, "420007")
    withdraw(sandbox, report["key"])
    sandbox.control(processing_seconds=0)
    assert look_up(sandbox, report["key"])["state"] == "withdrawn"
    assert [card for card in sandbox.ledger()["cards"] if card["key"] == report["key"]] == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pesel": "123"}, "pesel"),
        ({"album_number": ""}, "album_number"),
        ({"birth_date": "07.11.1867"}, "birth_date"),
        ({"valid_until": None}, "valid_until"),
        ({"photo": "?!"}, "photo"),
        ({"photo_media_type": "image/gif"}, "photo_media_type"),
        ({"surname": ["Przykładowa"]}, "surname"),
    ],
)
def test_a_malformed_application_is_refused_without_repeating_it(
    sandbox: SandboxServer, changes: dict[str, object], complaint: str
) -> None:
    application = application_json("420008") | changes
    status, answer = sandbox.ask("PUT", f"/v1/requests/{uuid4()}", application)
    assert (status, answer["code"]) == (422, "invalid_request")
    assert answer["message"].startswith(f"{complaint}: ")
    assert "67910712340" not in answer["message"]
    assert "123" not in answer["message"]


@pytest.mark.parametrize("key", ["a_b", "ż", "a" * 65])
def test_a_key_of_another_form_is_refused(sandbox: SandboxServer, key: str) -> None:
    assert submit(sandbox, quote(key), "420009")[0] == 422


def test_more_than_200_keys_are_refused(sandbox: SandboxServer) -> None:
    keys = [str(uuid4()) for _ in range(201)]
    assert sandbox.ask("POST", "/v1/requests/look-up", {"keys": keys})[0] == 422


def test_every_call_stands_in_the_ledger_with_its_outcome(sandbox: SandboxServer) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=1)
    key, other = str(uuid4()), str(uuid4())
    submit(sandbox, key, "420010")
    submit(sandbox, key, "420011")
    sandbox.ask("POST", "/v1/requests/look-up", {"keys": [key, other]})
    withdraw(sandbox, key)
    withdraw(sandbox, key)
    submit(sandbox, key, "420010")
    sandbox.control(mode="down")
    submit(sandbox, key, "420010")
    ledger = sandbox.ledger()
    calls = [call for call in ledger["requests"] if datetime.fromisoformat(call["at"]) >= begun][-7:]
    assert [(call["verb"], call["key"], call["keys"], call["outcome"], call["mode"]) for call in calls] == [
        ("submit", key, 1, "ready", "ok"),
        ("submit", key, 1, "other_content", "ok"),
        ("look_up", None, 2, "told", "ok"),
        ("withdraw", key, 1, "withdrawn", "ok"),
        ("withdraw", key, 1, "already_withdrawn", "ok"),
        ("submit", key, 1, "withdrawn", "ok"),
        ("submit", key, 1, "http_503", "down"),
    ]
    assert ledger["counts"]["submit"] == len(sandbox.calls("submit"))
