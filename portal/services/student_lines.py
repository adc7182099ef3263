"""What the office's lists say about students in one line each, read for a whole page at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Enrolment
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import StudentFacts
from portal.rules.validity import confirmed_until, is_active
from portal.services.register_in_bulk import facts_of_many
from portal.services.row_sets import one_of


@dataclass(frozen=True, slots=True)
class StudentLine:
    """`studies`: the enrolment that counts now, else the last one. `confirmed_until`: None for never.

    `order`: the status of the open order, else of the document; `document_until`: the end of the document.
    """

    studies: Enrolment | None
    confirmed_until: date | None
    is_confirmed: bool
    order: OrderStatus | None
    document_until: date | None


def lines_of(ids: Sequence[str], policy: Policy, *, on: date) -> Mapping[str, StudentLine]:
    """A line for each of these students, by student id; a few queries, however many there are."""
    facts = facts_of_many(ids)
    enrolments = {
        one.id: one for one in db.session.scalars(select(Enrolment).where(one_of(Enrolment.student_id, ids)))
    }
    orders: dict[str, dict[OrderStatus, date]] = {}
    rows = db.session.execute(
        select(Order.student_id, Order.status, Order.planned_valid_until).where(
            one_of(Order.student_id, ids), Order.status.in_(CANCELLABLE)
        )
    )
    for who, status, until in rows:
        orders.setdefault(who, {})[status] = until
    return {who: _line(known, enrolments, orders.get(who, {}), policy, on) for who, known in facts.items()}


def _line(
    facts: StudentFacts,
    enrolments: Mapping[str, Enrolment],
    orders: Mapping[OrderStatus, date],
    policy: Policy,
    on: date,
) -> StudentLine:
    counting = sorted(facts.enrolments, key=lambda one: (is_active(one, policy, on), one.begins_on))
    confirmed = confirmed_until(facts, policy)
    return StudentLine(
        studies=enrolments[counting[-1].id] if counting else None,
        confirmed_until=confirmed,
        is_confirmed=confirmed is not None and confirmed >= on,
        order=next((status for status in orders if status in OPEN), next(iter(orders), None)),
        document_until=orders.get(OrderStatus.COLLECTED),
    )
