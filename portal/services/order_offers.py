"""Who newly may order: found once per student and period, and told.

1. The rules are asked about students of whom something changed, and once a day about everybody, since a day that comes
   may open a door, too.
2. Reading takes no lock. What is written then holds only for students about whom nothing changed meanwhile; the others
   are asked about again.
3. A period is known to whoever ordered for it or a later one: nothing is told and nothing done. An offer whose
   extension was undone is made anew for the next one.

The order button follows the rules at once and waits for nothing here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.base import new_id
from portal.models.cards import CardExtension
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.renewals import OrderOffer, StandingOrder
from portal.rules.eligibility import PresentOrders, assess
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.rules.renewal import PastOrder, is_known_period, orders_by_itself, standing_order_due
from portal.services.notices import News, tell
from portal.services.register_in_bulk import as_seen, facts_of_many, moved_since, note_changes
from portal.services.row_sets import NUMBER, TEXT, one_of, rows

AT_ONCE = 250
MOST = 5_000
"""Students asked about in one run; the next run goes on."""

Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Asked:
    """A student as they were when the rules were asked; `standing_order`: their own switch."""

    id: str
    revision: int
    standing_order: bool


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """What of an order counts here."""

    status: OrderStatus
    planned_valid_until: date
    end_reason: EndReason | None


@dataclass(frozen=True, slots=True)
class Found:
    """A student who may order until a day. `known`: no news to them; `by_itself`: the portal will order for them."""

    student_id: str
    revision: int
    until: date
    extension_id: str | None
    known: bool
    by_itself: bool

    @property
    def key(self) -> Key:
        return self.student_id, self.until


@dataclass(frozen=True, slots=True)
class Made:
    """An offer that is there already. `undone`: the extension it rested on was taken back."""

    id: str
    undone: bool


def find_offers(policy: Policy, *, at: datetime, most: int = MOST) -> Mapping[str, int]:
    """Ask about up to `most` students and tell those who newly may order; answers how many of each."""
    checked = offered = 0
    while checked < most:
        seen = _unchecked(clock.day_of(at))
        found = _new_to_the_portal(_ask(seen, policy, at))
        due = _due(found, policy, at)
        db.session.rollback()
        if not seen:
            break
        offered += _write(seen, found, due, at)
        checked += len(seen)
    return {"checked": checked, "offered": offered}


def may_order(student_id: str, until: date) -> News:
    """The news that a student may order until that day."""
    return News(student_id, NoticeKind.MAY_ORDER, about=until.isoformat(), day=until)


def _unchecked(on: date) -> list[Asked]:
    """Some students to ask about, as they are now: changed ones first."""
    students = select(Student.id, Student.revision, Student.standing_order).limit(AT_ONCE)
    changed = students.where(Student.offer_checked_revision < Student.revision)
    another_day = students.where(Student.offer_checked_on < on)
    found = db.session.execute(changed).all() or db.session.execute(another_day).all()
    return [Asked(*row) for row in found]


def _ask(seen: Sequence[Asked], policy: Policy, at: datetime) -> list[Found]:
    """Those of them who may order now."""
    if not seen:
        return []
    ids = [one.id for one in seen]
    facts, orders = facts_of_many(ids), _orders_of(ids)
    found = []
    for one in seen:
        answer = assess(facts[one.id], _present(orders[one.id]), policy, clock.day_of(at))
        if not answer.may_order:
            continue
        assert answer.planned_valid_until is not None
        until = answer.planned_valid_until
        past = [PastOrder(order.planned_valid_until, order.end_reason) for order in orders[one.id]]
        known = is_known_period(until, past)
        by_itself = not known and orders_by_itself(policy, wanted=one.standing_order)
        found.append(Found(one.id, one.revision, until, answer.extension_id, known, by_itself))
    return found


def _orders_of(ids: Sequence[str]) -> Mapping[str, list[SeenOrder]]:
    found: dict[str, list[SeenOrder]] = defaultdict(list)
    columns = (Order.student_id, Order.status, Order.planned_valid_until, Order.end_reason)
    for row in db.session.execute(select(*columns).where(one_of(Order.student_id, ids))):
        found[row.student_id].append(SeenOrder(row.status, row.planned_valid_until, row.end_reason))
    return found


def _present(orders: Sequence[SeenOrder]) -> PresentOrders:
    documents = [order for order in orders if order.status is OrderStatus.COLLECTED]
    return PresentOrders(
        open_status=next((order.status for order in orders if order.status in OPEN), None),
        document_until=documents[0].planned_valid_until if documents else None,
    )


def _due(found: Sequence[Found], policy: Policy, at: datetime) -> dict[str, datetime]:
    """When the portal orders, by student, for those for whom it does."""
    theirs = [one for one in found if one.by_itself]
    if not theirs:
        return {}
    resting_on = [one.extension_id for one in theirs if one.extension_id is not None]
    extended = db.session.execute(
        select(CardExtension.id, CardExtension.extended_at).where(one_of(CardExtension.id, resting_on))
    )
    moments = {row.id: row.extended_at for row in extended}
    return {one.student_id: standing_order_due(moments.get(one.extension_id), at, policy) for one in theirs}


def _new_to_the_portal(found: Sequence[Found]) -> list[Found]:
    """Those to whom no offer for the period was made, or only one whose extension is gone."""
    made = _made(found)
    return [one for one in found if one.key not in made or made[one.key].undone]


def _made(found: Sequence[Found]) -> dict[Key, Made]:
    if not found:
        return {}
    offers = db.session.execute(
        select(OrderOffer.id, OrderOffer.student_id, OrderOffer.until, CardExtension.undone_at)
        .outerjoin(CardExtension, CardExtension.id == OrderOffer.extension_id)
        .where(one_of(OrderOffer.student_id, [one.student_id for one in found]))
    )
    return {(row.student_id, row.until): Made(row.id, row.undone_at is not None) for row in offers}


def _write(seen: Sequence[Asked], found: Sequence[Found], due: Mapping[str, datetime], at: datetime) -> int:
    """Offers, news and the marks of who was asked about, as one act; answers how many offers are news."""
    revisions = as_seen({one.student_id: one.revision for one in found})
    with transaction():
        moved = set(moved_since(revisions)) if found else set()
        # Another process may have found the same students.
        standing = _new_to_the_portal([one for one in found if one.student_id not in moved])
        _offer(standing, due, at)
        news = [one for one in standing if not one.known]
        # Whom the portal orders for is told when it has.
        tell([may_order(one.student_id, one.until) for one in news if not one.by_itself], at=at)
        told = {one.student_id for one in news}
        note_changes(told)
        # The change noted just now is no reason to ask again.
        marks = [(one.id, one.revision + (one.id in told)) for one in seen if one.id not in moved]
        _mark(marks, clock.day_of(at))
    return len(news)


def _offer(found: Sequence[Found], due: Mapping[str, datetime], at: datetime) -> None:
    made = _made(found)
    new = []
    for one in found:
        due_at = due.get(one.student_id)
        values = {
            "extension_id": one.extension_id,
            "found_at": at,
            "standing": StandingOrder.NONE if due_at is None else StandingOrder.WAITING,
            "standing_due_at": due_at,
            "order_id": None,
        }
        if one.key in made:
            db.session.execute(update(OrderOffer).where(OrderOffer.id == made[one.key].id).values(**values))
        else:
            new.append({"id": new_id(), "student_id": one.student_id, "until": one.until, **values})
    if new:
        db.session.execute(insert(OrderOffer), new)


def _mark(checked: Sequence[tuple[str, int]], on: date) -> None:
    given = rows(checked, {"id": TEXT, "revision": NUMBER})
    db.session.execute(
        update(Student)
        .where(Student.id == given.c.id)
        .values(offer_checked_revision=given.c.revision, offer_checked_on=on)
        .execution_options(synchronize_session=False)
    )
