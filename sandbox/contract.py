"""The contract's three calls, each under the mode the operator has set."""

import hmac
import re
import sqlite3
import time
from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify, request

from sandbox import register
from sandbox.control import Control, Mode
from sandbox.faults import drop_connection, nonsense
from sandbox.forms import ApplicationForm, LookUpForm, read, require_json
from sandbox.register import Refusal
from sandbox.storage import Storage, read_control, record_call

KEY = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
NOTHING_DONE = {Mode.DOWN: 503, Mode.HTTP_500: 500, Mode.HTTP_429: 429}
RETRY_AFTER = 2  # seconds

Work = Callable[[sqlite3.Connection, Control, float], tuple[dict[str, object], str]]
"""Does what was asked; returns the answer and the outcome for the ledger."""

blueprint = Blueprint("contract", __name__, url_prefix="/v1/requests")


@blueprint.put("/<key>")
def submit(key: str) -> Response:
    def work(db: sqlite3.Connection, control: Control, at: float) -> tuple[dict[str, object], str]:
        answer = register.submit(db, control, _checked(key), read(ApplicationForm).content(), at)
        return answer, str(answer["state"])

    return _under_mode("submit", [key], work)


@blueprint.post("/look-up")
def look_up() -> Response:
    keys = read(LookUpForm).keys

    def work(db: sqlite3.Connection, control: Control, at: float) -> tuple[dict[str, object], str]:
        found = [register.look_up(db, key) for key in dict.fromkeys(keys)]
        return {"requests": found}, str(found[0]["state"]) if len(found) == 1 else "told"

    return _under_mode("look_up", keys, work)


@blueprint.put("/<key>/withdrawal")
def withdraw(key: str) -> Response:
    def work(db: sqlite3.Connection, control: Control, at: float) -> tuple[dict[str, object], str]:
        require_json()
        answer, changed = register.withdraw(db, _checked(key))
        return answer, "withdrawn" if changed else "already_withdrawn"

    return _under_mode("withdraw", [key], work)


def _under_mode(verb: str, keys: list[str], work: Work) -> Response:
    """One call: (1) the token, (2) failures that do nothing, (3) the work and its line in the ledger, in one
    transaction, (4) failures after the work is done.
    """
    storage: Storage = current_app.extensions["sandbox_storage"]
    with storage.transaction() as db:
        control = read_control(db)
        status = 401 if not _knows_token() else NOTHING_DONE.get(control.mode)
        if status:
            record_call(db, control.now(), verb, keys, f"http_{status}", control.mode)
    if status:
        return _failing(status)
    half = control.slow_seconds / 2 if control.mode is Mode.SLOW else 0
    time.sleep(half)
    answer = _do(storage, verb, keys, work)
    time.sleep(half)
    if control.mode is Mode.LOSE_ANSWERS:
        return drop_connection()
    if control.mode is Mode.NONSENSE:
        return nonsense(answer)
    return answer


def _do(storage: Storage, verb: str, keys: list[str], work: Work) -> Response:
    with storage.transaction() as db:
        control = read_control(db)
        at = control.now()
        register.settle(db, control, at)
        try:
            body, outcome = work(db, control, at)
            answer = jsonify(body)
        except Refusal as refusal:
            outcome = refusal.code
            answer = jsonify(code=refusal.code, message=refusal.message)
            answer.status_code = refusal.status
        record_call(db, at, verb, keys, outcome, control.mode)
    return answer


def _failing(status: int) -> Response:
    answer = jsonify(code="unauthorized" if status == 401 else "failing", message="see GET /control")
    answer.status_code = status
    if status == 429:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _knows_token() -> bool:
    token: str | None = current_app.extensions["sandbox_token"]
    given = request.headers.get("Authorization", "")
    return token is None or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise Refusal(422, "invalid_request", "the key must be 1 to 64 letters, digits and dashes")
    return key
