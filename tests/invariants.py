"""The promises about orders, decided from three records: what was acknowledged, the database, the ministry's ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlalchemy import select, text

from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import MOVES, OPEN, OrderStatus


def broken_promises(acknowledged: Iterable[str], ledger: dict[str, Any]) -> list[str]:
    """Every promise that does not hold at this moment, in words; at any moment the answer must be none."""
    db.session.rollback()
    orders = {order.id: order for order in db.session.scalars(select(Order))}
    faults = [f"acknowledged order {key} is lost" for key in acknowledged if key not in orders]
    faults += _about_events(orders)
    faults += _about_open_orders(orders)
    faults += _about_ledger(orders, ledger)
    faults += _about_storage()
    return faults


def unfinished(orders: Iterable[str]) -> list[str]:
    """Which of these orders still need the jobs to do something other than look at ready codes."""
    db.session.rollback()
    rows = db.session.execute(
        select(Order.id, Order.status, Order.at_ministry).where(Order.id.in_(list(orders)))
    )
    return [
        row.id
        for row in rows
        if row.status is not OrderStatus.READY and next_step(row.status, row.at_ministry) is not Step.NOTHING
    ]


def _about_events(orders: dict[str, Order]) -> list[str]:
    faults = []
    events = defaultdict(list)
    for event in db.session.scalars(select(OrderEvent).order_by(OrderEvent.order_id, OrderEvent.version)):
        events[event.order_id].append(event)
    for key, order in orders.items():
        story = events[key]
        if [event.version for event in story] != list(range(1, order.version + 1)):
            faults.append(f"order {key}: versions do not step by one")
        if not story or story[-1].to_status is not order.status:
            faults.append(f"order {key}: the last event is not its status")
        for before, after in pairwise(story):
            if after.from_status is not before.to_status or after.to_status not in MOVES[before.to_status]:
                faults.append(f"order {key}: {before.to_status} -> {after.to_status} is no move")
    return faults


def _about_open_orders(orders: dict[str, Order]) -> list[str]:
    faults = []
    open_orders = Counter(order.student_id for order in orders.values() if order.status in OPEN)
    documents = Counter(
        order.student_id for order in orders.values() if order.status is OrderStatus.COLLECTED
    )
    faults += [f"student {who} has {n} open orders" for who, n in open_orders.items() if n > 1]
    faults += [f"student {who} has {n} documents" for who, n in documents.items() if n > 1]
    for order in orders.values():
        if (order.qr_payload_sealed is not None) != (order.status is OrderStatus.READY):
            faults.append(f"order {order.id}: codes outside „ready”")
    return faults


def _about_ledger(orders: dict[str, Order], ledger: dict[str, Any]) -> list[str]:
    """At most one live card per student (and a renewal beside the old one); one for every order shown ready."""
    faults = []
    live = [card for card in ledger["cards"] if card["live"]]
    faults += [f"live card of unknown order {card['key']}" for card in live if card["key"] not in orders]
    for key, count in Counter(card["key"] for card in live).items():
        if count > 1:
            faults.append(f"order {key} has {count} live cards")
    owners = {student.id: student.album_number for student in db.session.scalars(select(Student))}
    per_student = Counter(card["album_number"] for card in live if card["key"] in orders)
    for student_id, album_number in owners.items():
        documents = sum(
            order.status in {OrderStatus.COLLECTED, OrderStatus.SUPERSEDED}
            for order in orders.values()
            if order.student_id == student_id
        )
        if per_student[album_number] > 1 + documents:
            faults.append(f"student {student_id} has {per_student[album_number]} live cards")
    live_keys = {card["key"] for card in live}
    for order in orders.values():
        if order.status is OrderStatus.READY and order.id not in live_keys:
            faults.append(f"order {order.id} is shown ready and has no card")
        if order.at_ministry is AtMinistry.GONE and order.id in live_keys:
            faults.append(f"order {order.id} is gone and has a live card")
        if order.at_ministry is AtMinistry.ABSENT and order.id in live_keys:
            faults.append(f"order {order.id} was never sent and has a live card")
    return faults


def _about_storage() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    broken = db.session.execute(text("PRAGMA foreign_key_check")).all()
    whole = db.session.scalar(text("PRAGMA integrity_check"))
    return [f"foreign key broken: {row}" for row in broken] + (
        [] if whole == "ok" else [f"integrity: {whole}"]
    )
