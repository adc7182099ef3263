"""Steps of orders that somebody of the office took; an order's own events tell them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import aliased

from portal.models.accounts import Account
from portal.models.base import Moment
from portal.models.orders import Order, OrderEvent
from portal.rules.reasons import EndReason
from portal.services.journal import Subject
from portal.services.journal_search import Found, Records, Search
from portal.services.office_orders import DOUBT_CLEARED

ORDER_PLACED, ORDER_MOVED = "order_placed", "order_moved"

# Steps of which an entry of the journal says more.
_TOLD_BY_ENTRIES = (EndReason.OFFICE_REVOKED.value, DOUBT_CLEARED)
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_OF_THE_OFFICE = Account.student_id.is_(None)


def steps(search: Search) -> list[Found]:
    """Orders placed and moved for students; over all students without what a batch did."""
    wanted = search.wanted
    if not wanted.asks_for(ORDER_PLACED, ORDER_MOVED):
        return []
    key = OrderEvent.order_id + literal(":") + cast(OrderEvent.version, String)
    records: Records = select(key, OrderEvent, Order.student_id).where(*_fitting(OrderEvent, search))
    if wanted.student_id is not None:
        records = records.join(Order, Order.id == OrderEvent.order_id)
        records = records.join(Account, Account.id == OrderEvent.actor).where(_OF_THE_OFFICE)
        records = records.where(Order.student_id == wanted.student_id)
    else:
        records = _of_everybody(records, search).join(Order, Order.id == OrderEvent.order_id)
    rows = search.newest(records, at=OrderEvent.at, key=key, actor=OrderEvent.actor)
    return [_found(*row) for row in rows]


def _of_everybody(records: Records, search: Search) -> Records:
    """Students and jobs take most steps, so those of the office are read person by person.

    For each of them it is first found out how far back the newest reach: nothing before that can be on the page.
    """
    other = aliased(OrderEvent)
    theirs = select(other.at).where(other.actor == Account.id, other.batch_id.is_(None))
    theirs = search.fitting(theirs.where(*_fitting(other, search)), at=other.at, actor=other.actor)
    reach = theirs.order_by(other.at.desc()).offset(search.size - 1).limit(1).scalar_subquery()
    office = select(Account.id, reach.label("reach")).where(_OF_THE_OFFICE)
    if search.wanted.actor_id is not None:
        office = office.where(Account.id == search.wanted.actor_id)
    # Materialized: otherwise SQLite works the reach out again for every event it looks at.
    people = office.cte("people").prefix_with("MATERIALIZED")
    at_least = func.coalesce(people.c.reach, literal(_BEGINNING, Moment()))
    return records.join(people, people.c.id == OrderEvent.actor).where(
        OrderEvent.batch_id.is_(None), OrderEvent.at >= at_least
    )


def _fitting(event: Any, search: Search) -> list[ColumnElement[bool]]:
    fitting = [event.reason.is_(None) | event.reason.not_in(_TOLD_BY_ENTRIES)]
    if search.wanted.act is not None:
        placed = event.from_status.is_(None)
        fitting.append(placed if search.wanted.act == ORDER_PLACED else ~placed)
    return fitting


def _found(key: str, event: OrderEvent, student_id: str) -> Found:
    return Found(
        key=key,
        at=event.at,
        act=ORDER_PLACED if event.from_status is None else ORDER_MOVED,
        actor_id=event.actor,
        before=event.from_status,
        after=event.to_status,
        subject=(Subject.STUDENT, student_id),
    )
