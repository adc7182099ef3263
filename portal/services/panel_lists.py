"""One package for its page: the people in it, without a PESEL, and who took its files when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.journal import JournalEntry
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.rules.panel import reference_of
from portal.services.journal import Subject
from portal.services.panel_files import PACKAGE_DOWNLOADED
from portal.services.panel_overview import Package


@dataclass(frozen=True, slots=True)
class PackagedPerson:
    """Somebody in a package, as they are in the register now, and how far the order is."""

    reference: str
    student_id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    status: OrderStatus
    status_since: datetime


@dataclass(frozen=True, slots=True)
class Download:
    """Somebody took a package's files. `people`: how many were in them."""

    at: datetime
    by: str = field(repr=False)
    people: int


def orders_of(package: Package) -> Sequence[PackagedPerson]:
    """The people of a package in its order; none once it was taken back."""
    if package.taken_back_at is not None:
        return []
    rows = db.session.execute(
        select(
            Order.student_id,
            Student.album_number,
            Student.first_names,
            Student.surname,
            Order.status,
            Order.status_since,
        )
        .join(Student, Student.id == Order.student_id)
        .where(Order.panel_batch_id == package.id)
        .order_by(Order.placed_at, Order.id)
    )
    return [
        PackagedPerson(reference_of(package.number, position), *row)
        for position, row in enumerate(rows, start=1)
    ]


def downloads_of(batch_id: str) -> Sequence[Download]:
    """Who took the package's files, the latest first."""
    rows = db.session.execute(
        select(JournalEntry.at, Account.display_name, JournalEntry.details)
        .join(Account, Account.id == JournalEntry.actor_id)
        .where(
            JournalEntry.subject_kind == Subject.BATCH.value,
            JournalEntry.subject_id == batch_id,
            JournalEntry.act == PACKAGE_DOWNLOADED,
        )
        .order_by(JournalEntry.at.desc())
    )
    return [Download(at, by, details["people"]) for at, by, details in rows]
