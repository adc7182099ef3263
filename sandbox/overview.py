"""What the operator sees at a glance: the latest calls, the live cards, how much of what there was."""

import sqlite3
from dataclasses import dataclass

from sandbox.clock import day_of

LATEST = 25
VERBS = {"submit": "Złożenie", "look_up": "Pytanie o stan", "withdraw": "Wycofanie", "redeem": "Telefon"}
STATES = {
    "processing": "W trakcie",
    "ready": "Kody czekają",
    "collected": "Na telefonie",
    "codes_expired": "Kody wygasły",
    "refused": "Odmowa",
    "withdrawn": "Wycofane",
}
OUTCOMES = STATES | {
    "unknown": "Nieznane",
    "told": "Odpowiedziano",
    "already_withdrawn": "Wycofane już wcześniej",
    "other_content": "Inna treść pod tym kluczem",
    "invalid_request": "Niezgodne z umową",
    "not_json": "Niezgodne z umową",
    "no_such_card": "mLegitymacja nie istnieje",
}

COUNT_VERBS = "SELECT verb, count(*) FROM calls GROUP BY verb"
COUNT_STATES = "SELECT state, count(*) FROM requests GROUP BY state"
LATEST_CALLS = "SELECT * FROM calls ORDER BY id DESC LIMIT ?"
COUNT_LIVE = """
SELECT count(*) FROM requests WHERE state IN ('ready', 'collected') AND replaced = 0 AND valid_until >= ?
"""
LATEST_LIVE = """
SELECT key, album_number, state, phone, card_number, valid_until FROM requests
WHERE state IN ('ready', 'collected') AND replaced = 0 AND valid_until >= ?
ORDER BY max(issued_at, coalesce(collected_at, 0)) DESC, id DESC LIMIT ?
"""


@dataclass(frozen=True)
class Overview:
    """Counts by verb and by state, the latest calls, the latest live cards and how many there are."""

    verbs: dict[str, int]
    states: dict[str, int]
    calls: list[sqlite3.Row]
    cards: list[sqlite3.Row]
    live: int


def overview(db: sqlite3.Connection, at: float) -> Overview:
    """Everything at this moment, keys and album numbers, no more of a person."""
    today = day_of(at).isoformat()
    return Overview(
        verbs=_counts(db, COUNT_VERBS, VERBS),
        states=_counts(db, COUNT_STATES, STATES),
        calls=db.execute(LATEST_CALLS, (LATEST,)).fetchall(),
        cards=db.execute(LATEST_LIVE, (today, LATEST)).fetchall(),
        live=db.execute(COUNT_LIVE, (today,)).fetchone()[0],
    )


def _counts(db: sqlite3.Connection, query: str, names: dict[str, str]) -> dict[str, int]:
    """By name as shown, nothing left out."""
    found = {row[0]: row[1] for row in db.execute(query)}
    return {shown: found.get(name, 0) for name, shown in names.items()}
