"""The operator's side: the ledger, the switches, and requests placed as history."""

import sqlite3

from flask import Blueprint, Response, current_app, jsonify
from pydantic import RootModel, ValidationError

from sandbox import register
from sandbox.clock import written
from sandbox.forms import in_words, read
from sandbox.history import SeedForm, place
from sandbox.register import Refusal
from sandbox.storage import Storage, change_control, read_control

VERBS = ("submit", "look_up", "withdraw", "redeem")

blueprint = Blueprint("operator", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    return jsonify(status="ok")


@blueprint.get("/ledger")
def ledger() -> Response:
    """Every call that came and every card that was issued: keys and album numbers, no more of a person."""
    with _storage().transaction() as db:
        control = read_control(db)
        at = control.now()
        register.settle(db, control, at)
        calls = db.execute("SELECT at, verb, key, keys, outcome, mode FROM calls ORDER BY id").fetchall()
        cards = db.execute("SELECT * FROM requests WHERE qr_payload IS NOT NULL ORDER BY id").fetchall()
    counts = dict.fromkeys(VERBS, 0)
    for call in calls:
        counts[call["verb"]] += 1
    return jsonify(
        counts=counts,
        requests=[dict(call) | {"at": written(call["at"])} for call in calls],
        cards=[_card(card, at) for card in cards],
    )


@blueprint.get("/control")
def show_control() -> Response:
    with _storage().transaction() as db:
        return jsonify(read_control(db).model_dump(mode="json"))


@blueprint.put("/control")
def set_control() -> Response:
    """Change the switches named in the body; the others stay. Answers all of them."""
    changes = read(RootModel[dict[str, object]]).root
    with _storage().transaction() as db:
        try:
            return jsonify(change_control(db, changes).model_dump(mode="json"))
        except ValidationError as error:
            raise Refusal(422, "invalid_request", in_words(error)) from None


@blueprint.post("/seed")
def seed() -> Response:
    """Place requests in given states, all or none; answers their reports."""
    form = read(SeedForm)
    with _storage().transaction() as db:
        return jsonify(requests=place(db, form, read_control(db).now()))


def _card(card: sqlite3.Row, at: float) -> dict[str, object]:
    return {
        "key": card["key"],
        "album_number": card["album_number"],
        "state": card["state"],
        "live": register.is_live(card, at),
        "replaced": bool(card["replaced"]),
        "phone": card["phone"],
        "card_number": card["card_number"],
        "valid_until": card["valid_until"],
        "issued_at": written(card["issued_at"]),
        "codes_expire_at": written(card["codes_expire_at"]),
        "collected_at": written(card["collected_at"]),
    }


def _storage() -> Storage:
    storage: Storage = current_app.extensions["sandbox_storage"]
    return storage
