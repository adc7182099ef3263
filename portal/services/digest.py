"""The office's morning digest: how many things wait on which list, and for whom the message is queued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.base import new_id
from portal.models.notices import Message, MessageState
from portal.services import data_reports, office_lists, photos, undelivered_mail
from portal.services.office_lists import OfficeList, Terms

SENT_WITHIN_HOURS = 3
"""A digest is the morning's: after that many hours it waits for the next one."""


@dataclass(frozen=True, slots=True)
class OfficeTasks:
    """How many things wait for the office, list by list."""

    orders: Mapping[OfficeList, int]
    data_reports: int
    photos: int
    letters: int

    def __bool__(self) -> bool:
        return bool(any(self.orders.values()) or self.data_reports or self.photos or self.letters)


def tasks(terms: Terms) -> OfficeTasks:
    """What waits for the office now."""
    return OfficeTasks(
        orders=office_lists.counts(terms),
        data_reports=data_reports.count_open(),
        photos=photos.count_waiting(),
        letters=undelivered_mail.count(),
    )


def queue_digest(addresses: Sequence[str], hour: int, terms: Terms) -> int:
    """Queue today's digest to every address that has none yet, if it is time and anything waits; answers how many.

    `hour`: from which hour in Warsaw it is time.
    """
    local = terms.at.astimezone(clock.OFFICE_ZONE)
    if not addresses or not hour <= local.hour < hour + SENT_WITHIN_HOURS:
        return 0
    today = local.date()
    if not _missing(addresses, today) or not tasks(terms):
        db.session.rollback()
        return 0
    with transaction() as session:
        now = clock.real_now()
        rows = [_row(address, today, now) for address in _missing(addresses, today)]
        if rows:
            session.execute(insert(Message), rows)
    return len(rows)


def _missing(addresses: Sequence[str], day: date) -> list[str]:
    queued = set(db.session.scalars(select(Message.address).where(Message.digest_on == day)))
    return [address for address in dict.fromkeys(addresses) if address not in queued]


def _row(address: str, day: date, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "digest_on": day,
        "address": address,
        "state": MessageState.WAITING,
        "queued_at": now,
        "due_at": now,
        "failures": 0,
    }
