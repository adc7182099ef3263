"""What the imitated phones remember: which there are, the code scanned last, the cards they still show."""

import sqlite3
from datetime import date
from enum import StrEnum

from sandbox.clock import day_of
from sandbox.register import is_live

FIRST = "1"
SHOWN = 50
"""So many cards, the newest, are shown on one phone: a demonstration keeps its past on a single one."""

TABS = 12


class Standing(StrEnum):
    """How a card stands on the phone that holds it."""

    VALID = "valid"
    EXPIRED = "expired"
    VOID = "void"


ON_PHONE = """
SELECT * FROM requests WHERE phone = ? AND collected_at IS NOT NULL AND replaced = 0
    AND state IN ('collected', 'withdrawn')
    AND qr_payload NOT IN (SELECT qr_payload FROM put_away)
"""


def cards_on(db: sqlite3.Connection, phone: str) -> list[sqlite3.Row]:
    """What the phone shows, newest first: live cards, and ended ones until they are put away."""
    return db.execute(ON_PHONE + " ORDER BY collected_at DESC, id DESC LIMIT ?", (phone, SHOWN)).fetchall()


def card_on(db: sqlite3.Connection, phone: str, card: int) -> sqlite3.Row | None:
    """That card, if this phone shows it."""
    found: sqlite3.Row | None = db.execute(ON_PHONE + " AND id = ?", (phone, card)).fetchone()
    return found


def standing_of(card: sqlite3.Row, at: float) -> Standing:
    if is_live(card, at):
        return Standing.VALID
    return Standing.VOID if card["state"] == "withdrawn" else Standing.EXPIRED


def put_away(db: sqlite3.Connection, card: sqlite3.Row) -> None:
    """Show the card no more. The ministry is not told: the same codes bring a live one back to this phone."""
    db.execute("INSERT OR IGNORE INTO put_away VALUES (?)", (card["qr_payload"],))


def take_out(db: sqlite3.Connection, card: sqlite3.Row) -> None:
    """Show the card, put away before or not."""
    db.execute("DELETE FROM put_away WHERE qr_payload = ?", (card["qr_payload"],))


def belongs_to(db: sqlite3.Connection, qr_payload: str, pesel: str) -> bool:
    """Whether these codes were made for that person."""
    query = "SELECT 1 FROM requests WHERE qr_payload = ? AND pesel = ?"
    return db.execute(query, (qr_payload, pesel)).fetchone() is not None


def keep_scan(db: sqlite3.Connection, phone: str, qr_payload: str | None) -> None:
    """Remember the code scanned last; None forgets it."""
    add_phone(db, phone)
    db.execute("UPDATE phones SET scanned = ? WHERE name = ?", (qr_payload, phone))


def scanned_by(db: sqlite3.Connection, phone: str) -> str | None:
    row = db.execute("SELECT scanned FROM phones WHERE name = ?", (phone,)).fetchone()
    return row["scanned"] if row else None


def add_phone(db: sqlite3.Connection, phone: str) -> None:
    db.execute("INSERT OR IGNORE INTO phones (name) VALUES (?)", (phone,))


def new_phone(db: sqlite3.Connection) -> str:
    """Put another phone beside the others; returns its name, the lowest number still free."""
    taken = {row[0] for row in db.execute("SELECT name FROM phones UNION SELECT phone FROM requests")}
    number = 2
    while str(number) in taken:
        number += 1
    add_phone(db, str(number))
    return str(number)


def phones(db: sqlite3.Connection, current: str) -> list[str]:
    """The phones to choose from: the first, the current one, those in use; numbered ones in their order."""
    rows = db.execute(
        "SELECT name FROM phones UNION SELECT phone FROM requests"
        " WHERE state = 'collected' AND replaced = 0 AND phone IS NOT NULL"
    )
    used = sorted((row[0] for row in rows if has_page(row[0])), key=_order)
    first = {FIRST, current, *used[:TABS]}
    return sorted(first, key=_order)


def has_page(phone: str) -> bool:
    """Whether an address can carry the phone's name: codes may be redeemed for names that none can."""
    return "/" not in phone and phone not in (".", "..")


def label_of(phone: str) -> str:
    return f"Telefon {phone}" if phone.isdecimal() else phone


def age_on(birth_date: str, at: float) -> int:
    """Whole years."""
    born, today = date.fromisoformat(birth_date), day_of(at)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _order(phone: str) -> tuple[bool, int, str]:
    # Numbers by their length, then digit by digit: an address may carry more digits than int() reads.
    return (not phone.isdecimal(), len(phone) if phone.isdecimal() else 0, phone)
