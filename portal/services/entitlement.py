"""When the last entitling studies end, open orders and the document end with them; other programmes keep them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, or_, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.rules.student import EnrolmentFacts, StudentFacts
from portal.rules.validity import has_entitlement
from portal.services.ordering import end
from portal.services.receipts import UNANSWERED, withdraw_unanswered
from portal.services.register_in_bulk import facts_of_many
from portal.services.row_sets import one_of

# An open order, a document, or codes that may have become one: only the student knows.
_HELD = or_(Order.status.in_(CANCELLABLE), and_(*UNANSWERED))


def revoke_ended(
    student_ids: Iterable[str], policy: Policy, *, actor: str, at: datetime, batch_id: str | None = None
) -> int:
    """Revoke what these students hold without entitlement any more, in the caller's transaction; answers how many.

    The end follows the policy (at once or a month later) and the rule about first-cycle graduates. What is at the
    ministry will be withdrawn, also where nobody said yet whether expired codes were used. `batch_id`: the import that
    ended it, if one did.
    """
    without = _without(facts_of_many(_holders(student_ids)), policy, at)
    withdraw_unanswered(without)
    ended = _held_by(without)
    for order in ended:
        end(order, OrderStatus.REVOKED, EndReason.ENTITLEMENT_ENDED, actor=actor, at=at, batch_id=batch_id)
    return len(ended)


def revoke_all_ended(policy: Policy, *, actor: str, at: datetime) -> int:
    """The same for everybody: ends that come by themselves on their day. Opens a transaction only if there are any."""
    holders = db.session.scalars(select(Order.student_id).where(_HELD).distinct()).all()
    found = _without(facts_of_many(holders), policy, at)
    db.session.rollback()
    if not found:
        return 0
    with transaction():
        return revoke_ended(found, policy, actor=actor, at=at)


def would_revoke(
    student_ids: Iterable[str],
    after: Callable[[str, tuple[EnrolmentFacts, ...]], tuple[EnrolmentFacts, ...]],
    policy: Policy,
    *,
    at: datetime,
) -> Counter[OrderStatus]:
    """How many orders of each status would end with a change: what the office sees before it happens.

    `after` answers a student's enrolments as they would be, from the student's id and the present ones.
    """
    facts = {
        student_id: replace(known, enrolments=after(student_id, known.enrolments))
        for student_id, known in facts_of_many(_holders(student_ids)).items()
    }
    return Counter(order.status for order in _held_by(_without(facts, policy, at)))


def _holders(student_ids: Iterable[str]) -> list[str]:
    """Those who hold something that can end: few, also where thousands of students change."""
    return list(
        db.session.scalars(
            select(Order.student_id).where(_HELD, one_of(Order.student_id, list(student_ids))).distinct()
        )
    )


def _without(facts: Mapping[str, StudentFacts], policy: Policy, at: datetime) -> list[str]:
    """Those of the students who are entitled no more."""
    on = clock.day_of(at)
    return [student_id for student_id, known in facts.items() if not has_entitlement(known, policy, on)]


def _held_by(student_ids: Iterable[str]) -> list[Order]:
    """Their open orders and documents."""
    return list(
        db.session.scalars(
            select(Order).where(Order.status.in_(CANCELLABLE), one_of(Order.student_id, list(student_ids)))
        )
    )
