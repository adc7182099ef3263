"""The office confirms a student until a date, and takes it back with everything that rested on it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.extension import check_extension
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason, ExtensionRefusal
from portal.rules.undo import (
    Fate,
    RestingOrder,
    UndoFate,
    may_change_date,
    undo_fate,
    without_extension,
)
from portal.services.order_contents import follow_register, present_orders
from portal.services.ordering import end
from portal.services.receipts import withdraw_unconfirmed
from portal.services.register import facts_of, note_change

DATE_CHANGED = "date_changed"
"""The reason of a replaced row, beside `replaced_by_id`."""


class ExtensionNotAllowed(Exception):
    """The student may not be extended until that date; `refusal` names the rule."""

    def __init__(self, refusal: ExtensionRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class ExtensionUnknown(Exception):
    """No such extension, or it is undone already."""


class OrdersReachFurther(Exception):
    """The date cannot simply be changed: orders that rest on the extension last longer; it has to be undone."""


@dataclass(frozen=True, slots=True)
class AffectedOrder:
    """An order that rests on an extension, and what becomes of it when the extension is undone."""

    order: Order
    fate: UndoFate


def extend(
    student_id: str,
    until: date,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    legal_basis: str | None = None,
    batch_id: str | None = None,
) -> CardExtension:
    """Confirm a student until a date. A second scan of the same card changes nothing.

    `legal_basis` is needed for a date that is not an ordinary semester end. Raises ExtensionNotAllowed, with
    `ALREADY_EXTENDED` where there is nothing to do.
    """
    with transaction() as session:
        student = session.get_one(Student, student_id)
        refusal = check_extension(facts_of(student), until, legal_basis, policy, clock.day_of(at))
        if refusal is not None:
            raise ExtensionNotAllowed(refusal)
        extension = CardExtension(
            student_id=student_id,
            until=until,
            extended_at=at,
            extended_by=actor,
            batch_id=batch_id,
            legal_basis=legal_basis,
        )
        session.add(extension)
        session.flush()
        note_change(student_id)
        follow_register(student, policy, at)
        return extension


def affected_by_undo(extension_id: str, policy: Policy, *, at: datetime) -> list[AffectedOrder]:
    """The orders that undoing an extension would touch. Raises ExtensionUnknown."""
    extension = _standing_extension(extension_id)
    student = db.session.get_one(Student, extension.student_id)
    facts = without_extension(facts_of(student), extension_id)
    document_until = present_orders(student.id).document_until
    orders = db.session.scalars(
        select(Order).where(Order.student_id == student.id, Order.status.in_(CANCELLABLE))
    )
    fates = [
        AffectedOrder(order, undo_fate(_resting(order), facts, document_until, policy, clock.day_of(at)))
        for order in orders
    ]
    return [affected for affected in fates if affected.fate.fate is not Fate.KEEP]


def undo_extension(
    extension_id: str,
    policy: Policy,
    *,
    actor: str,
    reason: str,
    at: datetime,
    revoke_collected: bool = False,
) -> list[AffectedOrder]:
    """Take an extension back; the row stays, with who did it, when and why.

    Documents are revoked only with `revoke_collected`; otherwise they stand on the office's list. Answers what was
    touched. Raises ExtensionUnknown; ValueError for an empty reason.
    """
    if not reason.strip():
        raise ValueError("an undo needs its reason")
    with transaction() as session:
        affected = affected_by_undo(extension_id, policy, at=at)
        extension = _standing_extension(extension_id)
        undone = session.execute(
            update(CardExtension)
            .where(CardExtension.id == extension_id, CardExtension.undone_at.is_(None))
            .values(undone_at=at, undone_by=actor, undo_reason=reason.strip())
        )
        assert undone.rowcount == 1  # type: ignore[attr-defined]  # a CursorResult; execute() is typed wider
        note_change(extension.student_id)
        for one in affected:
            _carry_out(one, policy, actor=actor, at=at, revoke_collected=revoke_collected)
        withdraw_unconfirmed([extension.student_id], policy)
        return affected


def change_date(
    extension_id: str,
    until: date,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    legal_basis: str | None = None,
) -> CardExtension:
    """Put another date in an extension's place without an undo; the replaced row stays and names its successor.

    Raises ExtensionUnknown, OrdersReachFurther where orders rest on the old date, and ExtensionNotAllowed for a date
    that may not be given (`ALREADY_EXTENDED`: another extension reaches as far).
    """
    with transaction() as session:
        old = _standing_extension(extension_id)
        student = session.get_one(Student, old.student_id)
        _check_new_date(old, student, until, legal_basis, policy, at)
        new = CardExtension(
            student_id=student.id,
            until=until,
            extended_at=at,
            extended_by=actor,
            batch_id=old.batch_id,
            legal_basis=legal_basis,
        )
        session.add(new)
        session.flush()
        old.undone_at, old.undone_by, old.undo_reason = at, actor, DATE_CHANGED
        old.replaced_by_id = new.id
        session.flush()
        note_change(student.id)
        follow_register(student, policy, at)
        return new


def _check_new_date(
    old: CardExtension, student: Student, until: date, legal_basis: str | None, policy: Policy, at: datetime
) -> None:
    facts = without_extension(facts_of(student), old.id)
    refusal = check_extension(facts, until, legal_basis, policy, clock.day_of(at))
    if refusal is None and until == old.until:
        refusal = ExtensionRefusal.ALREADY_EXTENDED
    if refusal is not None:
        raise ExtensionNotAllowed(refusal)
    orders = db.session.scalars(
        select(Order).where(Order.student_id == student.id, Order.status.in_(CANCELLABLE))
    )
    if not may_change_date(until, map(_resting, orders), facts, policy):
        raise OrdersReachFurther


def _carry_out(
    one: AffectedOrder, policy: Policy, *, actor: str, at: datetime, revoke_collected: bool
) -> None:
    fate = one.fate.fate
    if fate is Fate.TAKES_EARLIER_DATE:
        follow_register(db.session.get_one(Student, one.order.student_id), policy, at)
    elif fate is Fate.REVOKE or (fate is Fate.REVOKE_IF_TICKED and revoke_collected):
        end(one.order, OrderStatus.REVOKED, EndReason.EXTENSION_UNDONE, actor=actor, at=at)


def _standing_extension(extension_id: str) -> CardExtension:
    extension = db.session.get(CardExtension, extension_id, populate_existing=True)
    if extension is None or extension.undone_at is not None:
        raise ExtensionUnknown(extension_id)
    return extension


def _resting(order: Order) -> RestingOrder:
    return RestingOrder(order.status, order.at_ministry, order.planned_valid_until)
