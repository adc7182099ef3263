"""Redeeming: QR text and activation code put a card on a phone. The phone's screens are in phone_pages.py."""

import base64
import sqlite3

from flask import Blueprint, Response, current_app, jsonify

from sandbox import register
from sandbox.forms import RedeemForm, read
from sandbox.phones import take_out
from sandbox.storage import Storage, read_control, record_call

NO_SUCH_CARD = "mLegitymacja nie istnieje"

blueprint = Blueprint("phone", __name__)


@blueprint.post("/redeem")
def redeem() -> tuple[Response, int] | Response:
    form = read(RedeemForm)
    storage: Storage = current_app.extensions["sandbox_storage"]
    with storage.transaction() as db:
        card = collect(db, form.qr_payload, form.activation_code, form.phone)
    if card is None:
        return jsonify(message=NO_SUCH_CARD), 404
    return jsonify(_shown(card))


def collect(db: sqlite3.Connection, qr_payload: str, activation_code: str, phone: str) -> sqlite3.Row | None:
    """Put the card on the phone and a line into the ledger; None if these codes open no card for this phone."""
    control = read_control(db)
    at = control.now()
    register.settle(db, control, at)
    card = register.redeem(db, control, qr_payload, activation_code, phone, at)
    keys = [card["key"]] if card else []
    record_call(db, at, "redeem", keys, "collected" if card else "no_such_card", control.mode)
    if card:
        take_out(db, card)
    return card


def _shown(card: sqlite3.Row) -> dict[str, object]:
    """What stands on the card."""
    return {
        "album_number": card["album_number"],
        "pesel": card["pesel"],
        "first_names": card["first_names"],
        "surname": card["surname"],
        "birth_date": card["birth_date"],
        "card_number": card["card_number"],
        "card_issued_on": card["card_issued_on"],
        "valid_until": card["valid_until"],
        "university": current_app.extensions["sandbox_university"],
        "photo": base64.b64encode(card["photo"]).decode("ascii"),
        "photo_media_type": card["photo_media_type"],
        "phone": card["phone"],
    }
