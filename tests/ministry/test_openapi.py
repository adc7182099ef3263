"""The written contract is valid, and what is really sent and answered keeps to it."""

import json
from typing import Any
from uuid import uuid4

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename

from tests.ministry_server import ROOT, SandboxServer, application_json

CONTRACT: dict[str, Any] = dict(read_from_filename(str(ROOT / "docs/ministry-openapi.yaml"))[0])


def check(body: object, path: str, method: str, status: int) -> None:
    """That body is what the contract promises for this answer."""
    answer = CONTRACT["paths"][path][method]["responses"][str(status)]
    if "$ref" in answer:
        answer = CONTRACT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    whole = {"components": CONTRACT["components"], "allOf": [schema]}
    OAS31Validator(whole, format_checker=oas31_format_checker).validate(body)


def test_the_contract_is_valid_openapi() -> None:
    validate(CONTRACT)


def test_the_contract_says_that_it_is_not_the_ministrys() -> None:
    assert "**not** the ministry's protocol" in CONTRACT["info"]["description"]


@pytest.mark.parametrize(
    ("mode", "then"), [("ok", "nothing"), ("refuse", "nothing"), ("ok", "collect"), ("ok", "withdraw")]
)
def test_the_sandbox_answers_as_the_contract_says(
    sandbox_server: SandboxServer, mode: str, then: str
) -> None:
    sandbox_server.control(mode=mode)
    key, token = str(uuid4()), {"Authorization": f"Bearer {sandbox_server.token}"}
    status, report = sandbox_server.ask("PUT", f"/v1/requests/{key}", application_json(), **token)
    assert status == 200
    check(report, "/v1/requests/{key}", "put", status)
    if then == "collect":
        sandbox_server.redeem(report["codes"]["qr_payload"], report["codes"]["activation_code"])
    if then == "withdraw":
        status, withdrawn = sandbox_server.ask("PUT", f"/v1/requests/{key}/withdrawal", {}, **token)
        check(withdrawn, "/v1/requests/{key}/withdrawal", "put", status)
    asked = {"keys": [key, str(uuid4())]}
    status, reports = sandbox_server.ask("POST", "/v1/requests/look-up", asked, **token)
    assert status == 200
    check(reports, "/v1/requests/look-up", "post", status)


def test_the_sandbox_refuses_as_the_contract_says(sandbox_server: SandboxServer) -> None:
    key, token = str(uuid4()), {"Authorization": f"Bearer {sandbox_server.token}"}
    path = f"/v1/requests/{key}"
    told = [
        sandbox_server.ask("PUT", path, application_json(), Authorization="Bearer wrong"),
        sandbox_server.ask("PUT", path, application_json(pesel="1"), **token),
        sandbox_server.ask("PUT", path, application_json(), **token),
        sandbox_server.ask("PUT", path, application_json("200002"), **token),
    ]
    assert [status for status, _ in told] == [401, 422, 200, 409]
    for status, body in told:
        check(body, "/v1/requests/{key}", "put", status)
    assert "67910712340" not in json.dumps([told[1], told[3]])
