"""Taking a bulk extension back as one act, with everything that rested on it.

1. What would happen to every order is worked out first and shown as counts per state.
2. One transaction: students about whom something changed in that very moment are worked out again; all extensions of
   the batch that still stand are undone; orders never sent take the earlier date if they may, others are revoked and
   withdrawn by the jobs; documents only when the office says so.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.rules.student import StudentFacts
from portal.rules.undo import Fate, RestingOrder, UndoFate, undo_fate
from portal.services import journal
from portal.services.following_orders import (
    documents_until,
    never_sent_orders,
    new_contents,
    write_contents,
)
from portal.services.journal import Subject
from portal.services.many_rows import room_for_many
from portal.services.order_moves import SeenOrder, move_many
from portal.services.receipts import withdraw_unconfirmed
from portal.services.register_in_bulk import as_seen, facts_of_many, moved_since, note_changes
from portal.services.row_sets import one_of


class BatchUnknown(Exception):
    """No such bulk extension, or nothing of it is left to undo."""


@dataclass(frozen=True, slots=True)
class AffectedInBatch:
    """An order that rests on an extension of the batch, as it was seen, and what becomes of it."""

    order: SeenOrder
    fate: UndoFate


@dataclass(frozen=True, slots=True)
class BatchUndo:
    """What undoing a batch does. `extensions`: ids of those that still stand; `revisions`: of their students."""

    extensions: Mapping[str, str] = field(repr=False)
    revisions: Mapping[str, int] = field(repr=False)
    affected: tuple[AffectedInBatch, ...]
    contents: Sequence[Mapping[str, Any]] = field(repr=False)

    def by_status(self) -> Counter[OrderStatus]:
        """How many orders of each status it touches: what the office sees before it decides."""
        return Counter(one.order.status for one in self.affected)

    def ending(self, *, revoke_collected: bool) -> list[SeenOrder]:
        """The orders that are revoked."""
        fates = {Fate.REVOKE, Fate.REVOKE_IF_TICKED} if revoke_collected else {Fate.REVOKE}
        return [one.order for one in self.affected if one.fate.fate in fates]


def affected_by_batch_undo(batch_id: str, policy: Policy, *, at: datetime) -> BatchUndo:
    """What undoing this batch at that moment would do; nothing is written. Raises BatchUnknown."""
    batch = db.session.get(Batch, batch_id)
    undo = _work_out(batch_id, policy, at)
    if batch is None or batch.kind is not BatchKind.EXTENSION or not undo.extensions:
        raise BatchUnknown(batch_id)
    return undo


def undo_batch(
    batch_id: str,
    policy: Policy,
    *,
    actor: str,
    reason: str,
    at: datetime,
    revoke_collected: bool = False,
) -> BatchUndo:
    """Take all extensions of a batch back that still stand; the rows stay, with who did it, when and why.

    Documents are revoked only with `revoke_collected`; otherwise they stand on the office's list. Answers what was
    done. Raises BatchUnknown; ValueError for an empty reason.
    """
    if not reason.strip():
        raise ValueError("an undo needs its reason")
    undo = affected_by_batch_undo(batch_id, policy, at=at)
    seen = as_seen(undo.revisions)
    with transaction() as session, room_for_many():
        undo = _brought_up_to_date(undo, seen, batch_id, policy, at)
        session.execute(
            update(CardExtension)
            .where(CardExtension.batch_id == batch_id, CardExtension.undone_at.is_(None))
            .values(undone_at=at, undone_by=actor, undo_reason=reason.strip(), undone_with_batch=True)
            .execution_options(synchronize_session=False)
        )
        session.get_one(Batch, batch_id).undone_at = at
        note_changes(undo.revisions)
        write_contents(undo.contents)
        ending = undo.ending(revoke_collected=revoke_collected)
        move_many(
            ending,
            OrderStatus.REVOKED,
            actor=actor,
            at=at,
            reason=EndReason.EXTENSION_UNDONE.value,
            batch_id=batch_id,
            end_reason=EndReason.EXTENSION_UNDONE,
            due_at=clock.real_now(),
        )
        withdraw_unconfirmed(undo.revisions, policy)
        journal.record(
            "batch_undone",
            Subject.BATCH,
            batch_id,
            actor=actor,
            at=at,
            reason=reason.strip(),
            details={"undone": len(undo.extensions), "revoked": len(ending)},
        )
        return undo


def _work_out(batch_id: str, policy: Policy, at: datetime, only: Sequence[str] | None = None) -> BatchUndo:
    """The undo of the batch, or of the part of it that belongs to `only` these students."""
    standing = select(CardExtension.id, CardExtension.student_id, Student.revision).join(
        Student, Student.id == CardExtension.student_id
    )
    standing = standing.where(CardExtension.batch_id == batch_id, CardExtension.undone_at.is_(None))
    if only is not None:
        standing = standing.where(one_of(CardExtension.student_id, only))
    rows = db.session.execute(standing).all()
    revisions = {row.student_id: row.revision for row in rows}
    orders = _living_orders(revisions)
    facts = _facts_without({row.student_id for row in orders}, {row.id for row in rows})
    affected = _affected(orders, facts, policy, at)
    following = {
        one.order.student_id: (one.order.id, one.order.version)
        for one in affected
        if one.fate.fate is Fate.TAKES_EARLIER_DATE
    }
    return BatchUndo(
        extensions={row.id: row.student_id for row in rows},
        revisions=revisions,
        affected=tuple(affected),
        contents=new_contents(following, facts, policy, at=at),
    )


def _living_orders(student_ids: Mapping[str, int]) -> Sequence[Any]:
    return db.session.execute(
        select(
            Order.id,
            Order.student_id,
            Order.status,
            Order.version,
            Order.at_ministry,
            Order.planned_valid_until,
        ).where(Order.status.in_(CANCELLABLE), one_of(Order.student_id, student_ids))
    ).all()


def _facts_without(student_ids: set[str], undone: set[str]) -> dict[str, StudentFacts]:
    return {
        who: replace(facts, extensions=tuple(one for one in facts.extensions if one.id not in undone))
        for who, facts in facts_of_many(student_ids).items()
    }


def _affected(
    orders: Sequence[Any], facts: Mapping[str, StudentFacts], policy: Policy, at: datetime
) -> list[AffectedInBatch]:
    documents = documents_until(facts)
    fates = [
        AffectedInBatch(
            SeenOrder(order.id, order.student_id, order.status, order.version),
            undo_fate(
                RestingOrder(order.status, order.at_ministry, order.planned_valid_until),
                facts[order.student_id],
                documents.get(order.student_id),
                policy,
                clock.day_of(at),
            ),
        )
        for order in orders
    ]
    return [one for one in fates if one.fate.fate is not Fate.KEEP]


def _brought_up_to_date(
    undo: BatchUndo, seen: Subquery, batch_id: str, policy: Policy, at: datetime
) -> BatchUndo:
    """The undo with the part worked out again that belongs to students about whom something changed meanwhile."""
    moved = set(moved_since(seen))
    # A submission leaves no mark on the student until it is answered, but it decides an order's fate.
    moved |= _submitted_meanwhile(undo)
    if not moved:
        return undo
    again = _work_out(batch_id, policy, at, only=sorted(moved))
    unmoved = [one for one in undo.affected if one.order.student_id not in moved]
    orders = {one.order.id for one in unmoved}
    return BatchUndo(
        extensions={e: who for e, who in undo.extensions.items() if who not in moved}
        | dict(again.extensions),
        revisions={who: n for who, n in undo.revisions.items() if who not in moved} | dict(again.revisions),
        affected=(*unmoved, *again.affected),
        contents=[*(one for one in undo.contents if one["key"] in orders), *again.contents],
    )


def _submitted_meanwhile(undo: BatchUndo) -> set[str]:
    """The students of those orders that were to take the earlier date but have been sent by now."""
    following = {one.order.student_id for one in undo.affected if one.fate.fate is Fate.TAKES_EARLIER_DATE}
    return following - never_sent_orders(following).keys()
