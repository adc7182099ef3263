"""Packages for the ministry's web panel: people pull them, carry them there, and may take them back.

A package is a numbered batch of orders, „W trakcie” from the moment it is made. Nothing of its files is stored: they
are made from the frozen orders whenever somebody with the right asks for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.services import journal
from portal.services.claims import behind_a_withdrawal
from portal.services.following_orders import new_contents, write_contents
from portal.services.journal import Subject
from portal.services.order_moves import SeenOrder, move_many
from portal.services.ordering import end
from portal.services.register_in_bulk import as_seen, facts_of_many, moved_since, note_changes
from portal.services.row_sets import one_of

PACKAGE_MADE = "package_made"
PACKAGE_TAKEN_BACK = "package_taken_back"


class PackageUnknown(Exception):
    """No such package, or it was taken back."""


class AnswersCame(Exception):
    """The package cannot be taken back: the ministry has answered about somebody in it."""


class CountsChanged(Exception):
    """Taking the package back would concern other orders than was shown; nothing was changed."""


@dataclass(frozen=True, slots=True)
class MadePackage:
    """What became of the waiting orders; without `batch_id` none of them could be sent, and no package was made."""

    batch_id: str | None
    people: int
    ended: int


@dataclass(frozen=True, slots=True)
class TakeBackCounts:
    """What taking a package back concerns: orders that wait again, and ended ones that need no withdrawal then."""

    waiting_again: int
    never_sent: int


def make_package(policy: Policy, *, limit: int, actor: str, at: datetime) -> MadePackage:
    """Put up to `limit` waiting orders, oldest first, into a new package, all in one transaction.

    1. The conditions are asked again, as before any sending: unmet now → revoked; the date has passed → error.
    2. Orders behind an undelivered withdrawal stay, and so does whoever's data changed this very moment.
    3. Of two operators at once the second finds what the first left.
    """
    candidates = _candidates(limit)
    seen = {order.student_id: (order.id, order.version) for order, _revision in candidates}
    facts = facts_of_many(seen)
    contents = {str(one["key"]): one for one in new_contents(seen, facts, policy, at=at)}
    revisions = as_seen({order.student_id: revision for order, revision in candidates})
    wanted = [order.id for order, _revision in candidates]
    with transaction() as session:
        moved = set(moved_since(revisions))
        there = session.scalars(select(Order).where(one_of(Order.id, wanted), *_may_be_pulled())).all()
        unchanged = [order for order in there if order.student_id not in moved]
        today = clock.day_of(at)
        fit = [one for one in unchanged if one.id in contents and one.planned_valid_until >= today]
        unfit = [one for one in unchanged if one not in fit]
        for order in unfit:
            _end_unfit(order, actor=actor, at=at)
        if not fit:
            return MadePackage(None, 0, len(unfit))
        write_contents([contents[order.id] for order in fit])
        return MadePackage(_write_package(fit, actor=actor, at=at), len(fit), len(unfit))


def take_back_counts(batch_id: str) -> TakeBackCounts:
    """What taking the package back would do. Raises PackageUnknown, AnswersCame."""
    package_of(batch_id)
    came = select(Order.id).where(
        Order.panel_batch_id == batch_id, or_(Order.qr_index.is_not(None), Order.refusal_code.is_not(None))
    )
    if db.session.scalar(came.limit(1)) is not None:
        raise AnswersCame(batch_id)
    in_progress = Order.status == OrderStatus.IN_PROGRESS
    again, ended = db.session.execute(
        select(
            func.count().filter(in_progress),
            func.count().filter(~in_progress & (Order.at_ministry != AtMinistry.GONE)),
        ).where(Order.panel_batch_id == batch_id)
    ).one()
    return TakeBackCounts(again, ended)


def take_back(batch_id: str, counts: TakeBackCounts, *, actor: str, at: datetime) -> None:
    """The package was never entered in the panel: its orders wait again, ended ones were never sent.

    Raises PackageUnknown, AnswersCame; CountsChanged if other orders are concerned than `counts` says.
    """
    with transaction() as session:
        if take_back_counts(batch_id) != counts:
            raise CountsChanged
        batch = session.get_one(Batch, batch_id)
        orders = session.scalars(select(Order).where(Order.panel_batch_id == batch_id)).all()
        open_orders = [_as_seen(order) for order in orders if order.status is OrderStatus.IN_PROGRESS]
        ended = [order for order in orders if order.status is not OrderStatus.IN_PROGRESS]
        move_many(
            open_orders,
            OrderStatus.WAITING,
            actor=actor,
            at=at,
            reason=PACKAGE_TAKEN_BACK,
            batch_id=batch_id,
            at_ministry=AtMinistry.ABSENT,
            forwarded_at=None,
            panel_batch_id=None,
            due_at=clock.real_now(),
        )
        _withdrawn([order for order in ended if order.at_ministry is not AtMinistry.GONE])
        batch.undone_at = at
        journal.record(
            PACKAGE_TAKEN_BACK,
            Subject.BATCH,
            batch_id,
            actor=actor,
            at=at,
            details={"package": batch.number, "people": len(open_orders)},
        )


def package_of(batch_id: str) -> Batch:
    """The package, not taken back. Raises PackageUnknown."""
    batch = db.session.get(Batch, batch_id, populate_existing=True)
    if batch is None or batch.number is None or batch.undone_at is not None:
        raise PackageUnknown(batch_id)
    return batch


def _candidates(limit: int) -> Sequence[tuple[Order, int]]:
    rows = db.session.execute(
        select(Order, Student.revision)
        .join(Student, Student.id == Order.student_id)
        .where(*_may_be_pulled())
        .order_by(Order.placed_at, Order.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def _may_be_pulled() -> tuple[ColumnElement[bool], ...]:
    # Only what provably never was at the ministry; a worker of the time before the panel may still hold a lease.
    return (
        Order.status == OrderStatus.WAITING,
        Order.at_ministry == AtMinistry.ABSENT,
        or_(Order.leased_until.is_(None), Order.leased_until < clock.real_now()),
        ~behind_a_withdrawal(),
    )


def _end_unfit(order: Order, *, actor: str, at: datetime) -> None:
    if order.planned_valid_until < clock.day_of(at):
        end(order, OrderStatus.ERROR, EndReason.DEADLINE_PASSED, actor=actor, at=at)
    else:
        end(order, OrderStatus.REVOKED, EndReason.CONDITIONS_UNMET, actor=actor, at=at)


def _write_package(orders: Sequence[Order], *, actor: str, at: datetime) -> str:
    number = (db.session.scalar(select(func.max(Batch.number))) or 0) + 1
    batch = Batch(
        kind=BatchKind.PANEL,
        actor_id=actor,
        number=number,
        counts={"people": len(orders)},
        checked_at=at,
        applied_at=at,
    )
    db.session.add(batch)
    db.session.flush()
    batch_id: str = batch.id
    move_many(
        [_as_seen(order) for order in orders],
        OrderStatus.IN_PROGRESS,
        actor=actor,
        at=at,
        reason=PACKAGE_MADE,
        batch_id=batch_id,
        at_ministry=AtMinistry.PRESENT,
        forwarded_at=at,
        panel_batch_id=batch_id,
    )
    journal.record(
        PACKAGE_MADE,
        Subject.BATCH,
        batch_id,
        actor=actor,
        at=at,
        details={"package": number, "people": len(orders)},
    )
    return batch_id


def _withdrawn(orders: Sequence[Order]) -> None:
    """Their requests never were at the ministry after all; whoever ordered again goes on."""
    if not orders:
        return
    db.session.execute(
        update(Order)
        .where(one_of(Order.id, [order.id for order in orders]))
        .values(at_ministry=AtMinistry.GONE)
        .execution_options(synchronize_session=False)
    )
    note_changes({order.student_id for order in orders})


def _as_seen(order: Order) -> SeenOrder:
    return SeenOrder(order.id, order.student_id, order.status, order.version)
