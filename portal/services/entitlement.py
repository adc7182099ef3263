"""When the last entitling studies end, open orders and the document end with them; other programmes keep them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import and_, exists, or_, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.rules.student import ENTITLING_LEVELS, EnrolmentFacts, EnrolmentStatus, StudentFacts
from portal.rules.validity import has_entitlement, loses_entitlement_on
from portal.services.ordering import end
from portal.services.receipts import UNANSWERED, withdraw_unanswered
from portal.services.register import facts_of
from portal.services.register_in_bulk import facts_of_many
from portal.services.row_sets import one_of

# An open order, a document, or codes that may have become one: only the student knows.
_HELD = or_(Order.status.in_(CANCELLABLE), and_(*UNANSWERED))

STUDIES_ON = exists().where(
    Enrolment.student_id == Student.id,
    Enrolment.status.in_([EnrolmentStatus.ACTIVE, EnrolmentStatus.ON_LEAVE]),
    Enrolment.level.in_(ENTITLING_LEVELS),
    Enrolment.oath_approved_on.is_not(None),
)
"""Of a selected student: whether studies that give rights go on, with no end known. True of almost everybody."""


@dataclass(frozen=True, slots=True)
class EndingOrder:
    """An order or document that ends with a change. `on`: the day it will be revoked; None: at once."""

    student_id: str
    status: OrderStatus
    on: date | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Everything that would end with a change."""

    orders: tuple[EndingOrder, ...] = field(default=())

    def counts(self) -> Counter[tuple[date | None, bool]]:
        """How many end on which day (None: at once), documents (True) and orders (False) apart; the nearest first."""
        return Counter((one.on, one.status is OrderStatus.COLLECTED) for one in (*self.now, *self.later))

    @property
    def now(self) -> tuple[EndingOrder, ...]:
        """What is revoked in the same act."""
        return tuple(one for one in self.orders if one.on is None)

    @property
    def later(self) -> tuple[EndingOrder, ...]:
        """What will be revoked on a day to come, the nearest first."""
        dated = [one for one in self.orders if one.on is not None]
        return tuple(sorted(dated, key=lambda one: str(one.on)))


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
) -> Ending:
    """Which orders would end with a change, at once or on a day to come: what the office sees before it happens.

    `after` answers a student's enrolments as they would be, from the student's id and the present ones. What would end
    on such a day without the change, too, is not counted.
    """
    on = clock.day_of(at)
    before = facts_of_many(_holders(student_ids))
    facts = {who: replace(one, enrolments=after(who, one.enrolments)) for who, one in before.items()}
    ended = _without(facts, policy, at)
    losses = _new_losses(before, facts, policy, on)
    now = [EndingOrder(order.student_id, order.status, None) for order in _held_by(ended)]
    later = [
        EndingOrder(order.student_id, order.status, losses[order.student_id])
        for order in _held_by(losses)
        if order.planned_valid_until >= losses[order.student_id]
    ]
    return Ending((*now, *later))


def loss_ahead(student: Student, policy: Policy, on: date) -> date | None:
    """The day from which the student has no entitlement any more, where that is known already and still to come."""
    if db.session.scalar(select(STUDIES_ON).where(Student.id == student.id)):
        return None
    return loses_entitlement_on(facts_of(student), policy, on)


def _new_losses(
    before: Mapping[str, StudentFacts], after: Mapping[str, StudentFacts], policy: Policy, on: date
) -> dict[str, date]:
    """By student, the day to come on which entitlement ends, where it is another day than before."""
    losses = {who: loses_entitlement_on(facts, policy, on) for who, facts in after.items()}
    return {
        who: day
        for who, day in losses.items()
        if day is not None and day != loses_entitlement_on(before[who], policy, on)
    }


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
