"""Requests placed as if they had come earlier, so that a demonstration begins with a past on both sides."""

import secrets
import sqlite3
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from sandbox.clock import day_of, end_of
from sandbox.control import Control
from sandbox.forms import ApplicationForm, Form, Key, Phone, Word
from sandbox.register import Refusal, hash_of, look_up, new_activation_code, new_card_number
from sandbox.storage import add_request

Secret = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=1000)]
WITH_CARD = ("ready", "collected", "codes_expired")


class SeededRequest(ApplicationForm):
    """An application, and how far it got. What is left out is made up so that it fits the state."""

    key: Key
    state: Literal["processing", "ready", "collected", "refused", "codes_expired", "withdrawn"]
    submitted_at: AwareDatetime | None = None
    issued_at: AwareDatetime | None = None
    qr_payload: Secret | None = None
    activation_code: Secret | None = None
    codes_expire_at: AwareDatetime | None = None
    card_number: Word | None = None
    card_issued_on: date | None = None
    collected_at: AwareDatetime | None = None
    phone: Phone = "inny telefon"
    refusal: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")] = "rejected"


class SeedForm(Form):
    requests: Annotated[list[SeededRequest], Field(max_length=1000)]

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        keys = [one.key for one in self.requests]
        if len(set(keys)) != len(keys):
            raise ValueError("a key occurs twice")
        return self


def place(db: sqlite3.Connection, form: SeedForm, at: float) -> list[dict[str, object]]:
    """Put the requests in, over what stood under their keys; returns the contract's reports about them.

    Raises `Refusal` for a QR text that another request has.
    """
    for one in form.requests:
        db.execute("DELETE FROM requests WHERE key = ?", (one.key,))
        try:
            new = add_request(db, _row(one, at))
        except sqlite3.IntegrityError:
            raise Refusal(409, "codes_taken", f"{one.key}: another request has this QR text") from None
        if one.state in WITH_CARD and one.card_number is None:
            db.execute("UPDATE requests SET card_number = ? WHERE id = ?", (new_card_number(new), new))
    return [look_up(db, one.key) for one in form.requests]


def _row(one: SeededRequest, at: float) -> dict[str, object]:
    content = one.content()
    submitted = one.submitted_at.timestamp() if one.submitted_at else at
    row = content | {
        "key": one.key,
        "state": one.state,
        "submitted_at": submitted,
        "content_hash": hash_of(content),
        "refusal": one.refusal if one.state == "refused" else None,
    }
    return row | _card(one, submitted) if one.state in WITH_CARD else row


def _card(one: SeededRequest, submitted: float) -> dict[str, object]:
    issued = one.issued_at.timestamp() if one.issued_at else submitted
    lives_until = min(issued + Control().code_lifetime_seconds, end_of(one.valid_until))
    card: dict[str, object] = {
        "qr_payload": one.qr_payload or secrets.token_hex(16),
        "activation_code": one.activation_code or new_activation_code(),
        "issued_at": issued,
        "codes_expire_at": one.codes_expire_at.timestamp() if one.codes_expire_at else lives_until,
        "card_number": one.card_number,
        "card_issued_on": (one.card_issued_on or day_of(issued)).isoformat(),
    }
    if one.state == "collected":
        collected = one.collected_at.timestamp() if one.collected_at else issued
        card |= {"collected_at": collected, "phone": one.phone}
    return card
