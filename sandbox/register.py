"""What this ministry knows and does: requests, cards, codes. Called inside one transaction each.

A request is processed, not when a timer rings, but when somebody next looks: `settle` brings everything up to
the present moment, and every use begins with it.
"""

import hashlib
import secrets
import sqlite3
import string
from collections.abc import Mapping
from datetime import date

from sandbox.clock import day_of, end_of, written
from sandbox.control import Control, Mode, ReplacesOn
from sandbox.storage import add_request

SPECIALS = "+-$#!%=?"
CONTENT = (
    "album_number",
    "pesel",
    "first_names",
    "surname",
    "birth_date",
    "valid_until",
    "photo_media_type",
    "photo",
)


class Refusal(Exception):
    """The contract's refusal: an HTTP status and a short code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def settle(db: sqlite3.Connection, control: Control, at: float) -> None:
    """Process what is due, in the order it came; let codes expire."""
    due = db.execute(
        "SELECT id, pesel, valid_until, will_refuse FROM requests"
        " WHERE state = 'processing' AND submitted_at <= ? ORDER BY submitted_at, id",
        (at - control.processing_seconds,),
    ).fetchall()
    for row in due:
        _process(db, control, row, at)
    db.execute(
        "UPDATE requests SET state = 'codes_expired' WHERE state = 'ready' AND codes_expire_at <= ?", (at,)
    )


def process_now(db: sqlite3.Connection, control: Control, key: str, at: float) -> None:
    """Process one request without waiting: it came through the panel, where a person waits for the report."""
    row = db.execute(
        "SELECT id, pesel, valid_until, will_refuse FROM requests WHERE key = ? AND state = 'processing'",
        (key,),
    ).fetchone()
    if row is not None:
        _process(db, control, row, at)


def _process(db: sqlite3.Connection, control: Control, row: sqlite3.Row, at: float) -> None:
    refusal = row["will_refuse"]
    if date.fromisoformat(row["valid_until"]) < day_of(at):
        refusal = "validity_passed"
    if refusal:
        db.execute("UPDATE requests SET state = 'refused', refusal = ? WHERE id = ?", (refusal, row["id"]))
    else:
        _issue(db, control, row, at)


def _issue(db: sqlite3.Connection, control: Control, row: sqlite3.Row, at: float) -> None:
    lives_until = min(at + control.code_lifetime_seconds, end_of(date.fromisoformat(row["valid_until"])))
    db.execute(
        "UPDATE requests SET state = 'ready', issued_at = ?, codes_expire_at = ?, qr_payload = ?,"
        " activation_code = ?, card_number = ?, card_issued_on = ? WHERE id = ?",
        (
            at,
            lives_until,
            secrets.token_hex(16),
            new_activation_code(),
            new_card_number(row["id"]),
            day_of(at).isoformat(),
            row["id"],
        ),
    )
    if control.replaces_on is ReplacesOn.ISSUE:
        _replace_older(db, row["id"], row["pesel"])


def _replace_older(db: sqlite3.Connection, card: int, pesel: str) -> None:
    db.execute(
        "UPDATE requests SET replaced = 1,"
        " state = CASE state WHEN 'ready' THEN 'codes_expired' ELSE state END"
        " WHERE pesel = ? AND id < ? AND state IN ('ready', 'collected') AND replaced = 0",
        (pesel, card),
    )


def submit(
    db: sqlite3.Connection, control: Control, key: str, content: Mapping[str, object], at: float
) -> dict[str, object]:
    """Take a request in, or say where it stands if its key is known. Raises `Refusal`."""
    known = _newest(db, key)
    if known and control.honours_keys:
        if known["state"] == "withdrawn":
            raise Refusal(409, "withdrawn", "this request was withdrawn; its key is never issued")
        if known["content_hash"] != hash_of(content):
            raise Refusal(409, "other_content", "this key was submitted with other content")
        return report(known)
    will_refuse = "rejected" if control.mode is Mode.REFUSE else None
    taken_in = {"key": key, "state": "processing", "submitted_at": at, "will_refuse": will_refuse}
    add_request(db, taken_in | {"content_hash": hash_of(content)} | dict(content))
    settle(db, control, at)
    return look_up(db, key)


def hash_of(content: Mapping[str, object]) -> str:
    """Tells other content under the same key."""
    return hashlib.sha256(repr([content[name] for name in CONTENT]).encode()).hexdigest()


def look_up(db: sqlite3.Connection, key: str) -> dict[str, object]:
    row = _newest(db, key)
    return report(row) if row else _bare(key, "unknown")


def withdraw(db: sqlite3.Connection, key: str) -> tuple[dict[str, object], bool]:
    """Take the request back for good, seen before or not. Also tells whether that changed anything."""
    changed = db.execute(
        "UPDATE requests SET state = 'withdrawn' WHERE key = ? AND state <> 'withdrawn'", (key,)
    ).rowcount
    if not changed and not _newest(db, key):
        add_request(db, {"key": key, "state": "withdrawn"})
        changed = 1
    return look_up(db, key), bool(changed)


def redeem(
    db: sqlite3.Connection, control: Control, qr_payload: str, activation_code: str, phone: str, at: float
) -> sqlite3.Row | None:
    """Put the card on the phone, or find it there; None if these codes open no card for this phone."""
    row = db.execute("SELECT * FROM requests WHERE qr_payload = ?", (qr_payload,)).fetchone()
    if row is None or not secrets.compare_digest(row["activation_code"].encode(), activation_code.encode()):
        return None
    if not is_live(row, at) or (row["state"] == "collected" and row["phone"] != phone):
        return None
    if row["state"] == "ready":
        db.execute(
            "UPDATE requests SET state = 'collected', collected_at = ?, phone = ? WHERE id = ?",
            (at, phone, row["id"]),
        )
        if control.replaces_on is not ReplacesOn.NEVER:
            _replace_older(db, row["id"], row["pesel"])
    found: sqlite3.Row = db.execute("SELECT * FROM requests WHERE id = ?", (row["id"],)).fetchone()
    return found


def is_live(row: sqlite3.Row, at: float) -> bool:
    """Whether a card exists: codes that still open it, or collected and valid."""
    if row["state"] not in ("ready", "collected") or row["replaced"]:
        return False
    return date.fromisoformat(row["valid_until"]) >= day_of(at)


def report(row: sqlite3.Row) -> dict[str, object]:
    """The contract's answer about one request."""
    codes = None
    if row["state"] == "ready":
        codes = {
            "qr_payload": row["qr_payload"],
            "activation_code": row["activation_code"],
            "expire_at": written(row["codes_expire_at"]),
        }
    return _bare(row["key"], row["state"]) | {
        "album_number": row["album_number"],
        "codes": codes,
        "card_number": row["card_number"],
        "card_issued_on": row["card_issued_on"],
        "collected_at": written(row["collected_at"]),
        "refusal": row["refusal"] if row["state"] == "refused" else None,
    }


def _bare(key: str, state: str) -> dict[str, object]:
    empty = ("album_number", "codes", "card_number", "card_issued_on", "collected_at", "refusal")
    return {"key": key, "state": state} | dict.fromkeys(empty)


def _newest(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM requests WHERE key = ? ORDER BY id DESC LIMIT 1", (key,)
    ).fetchone()
    return row


def new_activation_code() -> str:
    """Eight characters with both cases, a digit and a special one, as in published samples."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIALS)
    chosen = [secrets.choice(kind) for kind in kinds]
    chosen += [secrets.choice(string.ascii_letters + string.digits + SPECIALS) for _ in range(4)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def new_card_number(request: int) -> str:
    return f"9{request:09d}"
