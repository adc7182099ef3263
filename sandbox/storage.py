"""The sandbox's own SQLite file. One connection, one lock: a single process serves it."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.control import Control

SCHEMA = """
CREATE TABLE IF NOT EXISTS control (only INTEGER PRIMARY KEY CHECK (only = 1), switches TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,               -- not unique: a ministry that honours no keys has several of one key
    state TEXT NOT NULL,
    submitted_at REAL,
    content_hash TEXT,               -- NULL where only a withdrawal ever came
    will_refuse TEXT,                -- the code it will be refused with once processed
    refusal TEXT,
    qr_payload TEXT UNIQUE,
    activation_code TEXT,
    issued_at REAL,
    codes_expire_at REAL,
    card_number TEXT,
    card_issued_on TEXT,
    collected_at REAL,
    phone TEXT,
    replaced INTEGER NOT NULL DEFAULT 0,
    album_number TEXT, pesel TEXT, first_names TEXT, surname TEXT, birth_date TEXT, valid_until TEXT,
    photo_media_type TEXT, photo BLOB
);
CREATE INDEX IF NOT EXISTS requests_key ON requests (key);
CREATE INDEX IF NOT EXISTS requests_state ON requests (state, submitted_at);
CREATE INDEX IF NOT EXISTS requests_expiry ON requests (state, codes_expire_at);
CREATE INDEX IF NOT EXISTS requests_pesel ON requests (pesel);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    verb TEXT NOT NULL,
    key TEXT,
    keys INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    mode TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS phones (name TEXT PRIMARY KEY, scanned TEXT);
CREATE TABLE IF NOT EXISTS put_away (qr_payload TEXT PRIMARY KEY);  -- cards a phone shows no more
CREATE INDEX IF NOT EXISTS requests_phone ON requests (phone, collected_at);
"""

ADD_REQUEST = """
INSERT INTO requests (
    key, state, submitted_at, content_hash, will_refuse, refusal, qr_payload, activation_code,
    issued_at, codes_expire_at, card_number, card_issued_on, collected_at, phone, replaced,
    album_number, pesel, first_names, surname, birth_date, valid_until, photo_media_type, photo
) VALUES (
    :key, :state, :submitted_at, :content_hash, :will_refuse, :refusal, :qr_payload, :activation_code,
    :issued_at, :codes_expire_at, :card_number, :card_issued_on, :collected_at, :phone, :replaced,
    :album_number, :pesel, :first_names, :surname, :birth_date, :valid_until, :photo_media_type, :photo
)
"""
COLUMNS = tuple(re.findall(r":(\w+)", ADD_REQUEST))


class Storage:
    """What the sandbox remembers; it outlives `kill -9` of the process, answered or not."""

    def __init__(self, path: Path, beginning: Control) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        with self.transaction() as db:
            db.execute("INSERT OR IGNORE INTO control VALUES (1, ?)", (beginning.model_dump_json(),))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens, or nothing; one at a time."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


def read_control(db: sqlite3.Connection) -> Control:
    return Control.model_validate_json(db.execute("SELECT switches FROM control").fetchone()[0])


def change_control(db: sqlite3.Connection, changes: dict[str, object]) -> Control:
    """Raises `pydantic.ValidationError` for a switch that does not exist or cannot stand so."""
    control = Control.model_validate(json.loads(read_control(db).model_dump_json()) | changes)
    db.execute("UPDATE control SET switches = ?", (control.model_dump_json(),))
    return control


def add_request(db: sqlite3.Connection, values: Mapping[str, object]) -> int:
    """Store a request; what is not given is empty. Returns its id."""
    new = db.execute(ADD_REQUEST, dict.fromkeys(COLUMNS) | {"replaced": 0} | dict(values)).lastrowid
    assert new is not None
    return new


def record_call(
    db: sqlite3.Connection, at: float, verb: str, keys: list[str], outcome: str, mode: str
) -> None:
    """One line of the ledger: keys and outcomes, no personal data."""
    key = keys[0] if len(keys) == 1 else None
    db.execute(
        "INSERT INTO calls (at, verb, key, keys, outcome, mode) VALUES (?, ?, ?, ?, ?, ?)",
        (at, verb, key, len(keys), outcome, mode),
    )
