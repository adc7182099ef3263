import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.ministry_server import SandboxServer, application_json, running_sandbox
from tests.sandbox.ordering import look_up, submit


def past(state: str, album_number: str, **changes: object) -> dict[str, object]:
    return application_json(album_number, key=str(uuid4()), state=state, **changes)


def test_requests_are_placed_in_every_state(sandbox: SandboxServer) -> None:
    ready = past(
        "ready",
        "440001",
        pesel="67910712357",
        qr_payload="ab" * 16,
        activation_code="z8e+6Ys$",
        issued_at="2026-10-01T10:00:00Z",
        codes_expire_at="2099-01-01T00:00:00Z",
        card_number="9700000001",
        card_issued_on="2026-10-01",
    )
    collected = past("collected", "440002", collected_at="2026-10-02T08:00:00Z", phone="stary telefon")
    refused = past("refused", "440003", refusal="photo_unclear")
    expired = past("codes_expired", "440004", submitted_at="2026-05-01T10:00:00+02:00")
    withdrawn = past("withdrawn", "440005")
    sandbox.control(processing_seconds=600)
    processing = past("processing", "440006")
    status, answer = sandbox.seed(ready, collected, refused, expired, withdrawn, processing)
    assert status == 200
    assert [(one["album_number"], one["state"]) for one in answer["requests"]] == [
        ("440001", "ready"),
        ("440002", "collected"),
        ("440003", "refused"),
        ("440004", "codes_expired"),
        ("440005", "withdrawn"),
        ("440006", "processing"),
    ]
    assert answer["requests"][0] == {
        "key": ready["key"],
        "state": "ready",
        "album_number": "440001",
        "codes": {
            "qr_payload": "ab" * 16,
            "activation_code": "z8e+6Ys$",
            "expire_at": "2099-01-01T00:00:00Z",
        },
        "card_number": "9700000001",
        "card_issued_on": "2026-10-01",
        "collected_at": None,
        "refusal": None,
    }
    assert answer["requests"][1]["collected_at"] == "2026-10-02T08:00:00Z"
    assert answer["requests"][2]["refusal"] == "photo_unclear"
    assert sandbox.redeem("ab" * 16, "z8e+6Ys$")[0] == 200


def test_a_placed_request_is_the_one_its_key_submits(sandbox: SandboxServer) -> None:
    one = past("collected", "440010")
    sandbox.seed(one)
    status, report = submit(sandbox, str(one["key"]), "440010")
    assert (status, report["state"]) == (200, "collected")
    assert submit(sandbox, str(one["key"]), "440011")[0] == 409


def test_placing_again_replaces_what_stood_under_the_key(sandbox: SandboxServer) -> None:
    one = past("ready", "440012")
    sandbox.seed(one)
    sandbox.seed(one | {"state": "refused"})
    assert look_up(sandbox, str(one["key"]))["state"] == "refused"
    assert sandbox.live_cards("440012") == []


@pytest.mark.parametrize(
    "wrong", [{"state": "lost"}, {"key": "a b"}, {"issued_at": "2026-10-01T10:00:00"}, {"pesel": "1"}]
)
def test_all_are_placed_or_none(sandbox: SandboxServer, wrong: dict[str, object]) -> None:
    good, bad = past("ready", "440013"), past("ready", "440014") | wrong
    assert sandbox.seed(good, bad)[0] == 422
    assert look_up(sandbox, str(good["key"]))["state"] == "unknown"


def test_codes_used_twice_are_refused_and_nothing_is_placed(sandbox: SandboxServer) -> None:
    one, two = (past("ready", album, qr_payload="cd" * 16) for album in ("440015", "440016"))
    assert sandbox.seed(one, two)[0] == 409
    assert look_up(sandbox, str(one["key"]))["state"] == "unknown"


def test_a_history_can_be_handed_in_at_the_start(tmp_path: Path) -> None:
    one = past("ready", "440017")
    history = tmp_path / "history.json"
    history.write_text(json.dumps({"requests": [one]}))
    with running_sandbox(tmp_path, token=None, seed=history) as server:
        assert look_up(server, str(one["key"]))["state"] == "ready"
