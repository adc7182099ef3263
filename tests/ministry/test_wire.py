import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ministry.port import Codes, Report, RequestState
from portal.ministry.wire import OffContract, read_refusal, read_report, read_reports, write_application
from tests.ministry_server import PNG, application

READY: dict[str, Any] = {
    "key": "k",
    "state": "ready",
    "album_number": "200001",
    "codes": {
        "qr_payload": "0" * 32,
        "activation_code": "z8e+6Ys$",
        "expire_at": "2026-11-01T00:00:00+01:00",
    },
    "card_number": "9000000001",
    "card_issued_on": "2026-10-02",
}


def read(**changes: object) -> Report:
    return read_report(json.dumps(READY | changes).encode(), "k")


def test_a_whole_answer_is_read_and_moments_become_utc() -> None:
    assert read() == Report(
        key="k",
        state=RequestState.READY,
        album_number="200001",
        codes=Codes("0" * 32, "z8e+6Ys$", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        card_number="9000000001",
        card_issued_on=date(2026, 10, 2),
        collected_at=None,
        refusal=None,
    )


def test_members_the_contract_does_not_know_are_passed_over() -> None:
    assert read(weather="fine") == read()


def test_a_qr_text_of_another_form_is_accepted() -> None:
    codes = read(codes={"qr_payload": "https://example.org/#A1", "activation_code": "1"}).codes
    assert codes == Codes("https://example.org/#A1", "1", None)


@pytest.mark.parametrize("state", ["processing", "collected", "codes_expired", "withdrawn"])
def test_codes_are_taken_only_from_a_ready_request(state: str) -> None:
    assert read(state=state).codes is None


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another"},
        {"key": None},
        {"state": "lost"},
        {"state": 3},
        {"album_number": None},
        {"album_number": 200001},
        {"album_number": ""},
        {"album_number": "2" * 65},
        {"album_number": "200001\n"},
        {"codes": None},
        {"codes": {"qr_payload": "0" * 32}},
        {"codes": {"qr_payload": "", "activation_code": "z8e+6Ys$"}},
        {"codes": {"qr_payload": "0" * 1001, "activation_code": "z8e+6Ys$"}},
        {"codes": {"qr_payload": "0 0", "activation_code": "z8e+6Ys$"}},
        {"codes": {"qr_payload": "0" * 32, "activation_code": "a" * 65}},
        {"codes": {"qr_payload": "0" * 32, "activation_code": "a\u202eb"}},
        {"codes": READY["codes"] | {"expire_at": "2026-11-01"}},
        {"codes": READY["codes"] | {"expire_at": "2026-11-01T00:00:00"}},
        {"codes": READY["codes"] | {"expire_at": "1790000000"}},
        {"codes": READY["codes"] | {"expire_at": 1790000000}},
        {"codes": READY["codes"] | {"expire_at": "0001-01-01T00:00:00+14:00"}},
        {"codes": READY["codes"] | {"expire_at": "2026-13-01T00:00:00Z"}},
        {"card_number": "9" * 65},
        {"card_number": "<b>"},
        {"card_issued_on": "2026-02-30"},
        {"card_issued_on": "02.10.2026"},
        {"card_issued_on": "2026-10-02T00:00:00Z"},
        {"card_issued_on": 20000},
        {"collected_at": "yesterday"},
        {"state": "refused"},
        {"state": "refused", "refusal": "Photo too dark"},
        {"state": "refused", "refusal": "a" * 65},
    ],
    ids=str,
)
def test_what_does_not_fit_is_off_the_contract(changes: dict[str, object]) -> None:
    with pytest.raises(OffContract):
        read(**changes)


def test_two_requests_with_the_same_code_are_off_the_contract() -> None:
    body = json.dumps({"requests": [READY, READY | {"key": "other"}]}).encode()
    with pytest.raises(OffContract):
        read_reports(body, ["k", "other"])


def test_an_error_about_an_answer_shows_nothing_of_it() -> None:
    with pytest.raises(OffContract) as off_contract:
        read(collected_at="z8e+6Ys$")
    shown = off_contract.value
    assert (str(shown), shown.__cause__, shown.__suppress_context__) == ("", None, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["key", "state", "codes", "requests"]), inner)
    ),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_either_read_or_off_the_contract(body: bytes) -> None:
    for attempt in (
        lambda: read_report(body, "k"),
        lambda: read_reports(body, ["k"]),
        lambda: read_refusal(body),
    ):
        with pytest.raises(OffContract):
            attempt()


def test_an_application_is_written_as_the_contract_says() -> None:
    assert json.loads(write_application(application("200001", photo=PNG[:3]))) == {
        "album_number": "200001",
        "pesel": "67910712340",
        "first_names": "Maria Salomea",
        "surname": "Przykładowa",
        "birth_date": "1867-11-07",
        "valid_until": "2099-10-31",
        "photo": "iVBO",
        "photo_media_type": "image/png",
    }
