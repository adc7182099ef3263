"""The codes somebody entered one by one on a screen: whose they were, never what they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.extensions import db
from portal.models.journal import JournalEntry
from portal.models.orders import Order
from portal.models.people import Student
from portal.services.journal import Subject
from portal.services.panel_reports import CODES_ENTERED

MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class EnteredCodes:
    """Codes entered for one student. `expire_at`: until when they may be used, while they wait."""

    at: datetime
    reference: str
    student_id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    photo_sha256: str | None
    expire_at: datetime | None


def entered_since(actor: str, since: datetime) -> Sequence[EnteredCodes]:
    """The last ones, the latest first."""
    columns = (
        JournalEntry.at,
        JournalEntry.details,
        Student.id,
        Student.album_number,
        Student.first_names,
        Student.surname,
        Student.photo_sha256,
        Order.codes_expire_at,
    )
    query = _entered(select(*columns), actor, since)
    rows = db.session.execute(query.order_by(JournalEntry.at.desc(), JournalEntry.id).limit(MOST_ROWS))
    return [EnteredCodes(row[0], row[1]["reference"], *row[2:]) for row in rows]


def count_since(actor: str, since: datetime) -> int:
    """How many they are altogether."""
    return db.session.scalar(_entered(select(func.count(JournalEntry.id)), actor, since)) or 0


def _entered(query: Select[Any], actor: str, since: datetime) -> Select[Any]:
    return (
        query.select_from(JournalEntry)
        .join(Order, Order.id == JournalEntry.subject_id)
        .join(Student, Student.id == Order.student_id)
        .where(
            JournalEntry.act == CODES_ENTERED,
            JournalEntry.subject_kind == Subject.ORDER.value,
            JournalEntry.actor_id == actor,
            JournalEntry.at >= since,
        )
    )
