"""What the panel's operator looks at: orders that wait, packages and how far they are, requests to take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.journal import Batch
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.services.claims import behind_a_withdrawal

MOST_PACKAGES = 50


@dataclass(frozen=True, slots=True)
class WaitingOrders:
    """How many orders a package could take now, since when the oldest waits, and how many stay behind a withdrawal."""

    count: int
    oldest: datetime | None
    behind: int


@dataclass(frozen=True, slots=True)
class Package:
    """A package and how far it is. `without_codes`: still in progress; `ended`: over without codes of theirs."""

    id: str
    number: int
    made_at: datetime
    made_by: str | None
    taken_back_at: datetime | None
    people: int
    without_codes: int
    with_codes: int

    @property
    def ended(self) -> int:
        """Cancelled, revoked, refused or too late."""
        return self.people - self.without_codes - self.with_codes

    @property
    def is_open(self) -> bool:
        """Whether codes of it are still to come."""
        return self.taken_back_at is None and self.without_codes > 0

    @property
    def may_be_taken_back(self) -> bool:
        """Whether no codes came yet, as far as the counts tell."""
        return self.is_open and self.with_codes == 0


def waiting_orders() -> WaitingOrders:
    """The orders that wait for a package."""
    waiting = (Order.status == OrderStatus.WAITING, Order.at_ministry == AtMinistry.ABSENT)
    count, oldest = db.session.execute(
        select(func.count(), func.min(Order.placed_at)).where(*waiting, ~behind_a_withdrawal())
    ).one()
    behind = db.session.scalar(select(func.count()).select_from(Order).where(*waiting, behind_a_withdrawal()))
    return WaitingOrders(count, oldest, behind or 0)


def packages() -> Sequence[Package]:
    """The latest packages, newest first."""
    return _packages(Batch.number.is_not(None))


def package(batch_id: str) -> Package | None:
    """One of them, also when it was taken back."""
    found = _packages(Batch.id == batch_id, Batch.number.is_not(None))
    return found[0] if found else None


def _packages(*which: ColumnElement[bool]) -> list[Package]:
    in_progress = case((Order.status == OrderStatus.IN_PROGRESS, 1), else_=0)
    with_codes = case((Order.qr_index.is_not(None), 1), else_=0)
    rows = db.session.execute(
        select(
            Batch.id,
            Batch.number,
            Batch.applied_at,
            Account.display_name,
            Batch.undone_at,
            Batch.counts,
            func.coalesce(func.sum(in_progress), 0),
            func.coalesce(func.sum(with_codes), 0),
        )
        .outerjoin(Account, Account.id == Batch.actor_id)
        .outerjoin(Order, and_(Order.panel_batch_id == Batch.id))
        .where(*which)
        .group_by(Batch.id, Account.display_name)
        .order_by(Batch.number.desc())
        .limit(MOST_PACKAGES)
    )
    return [
        Package(batch_id, number, made_at, made_by, undone_at, counts["people"], waiting, done)
        for batch_id, number, made_at, made_by, undone_at, counts, waiting, done in rows
    ]
