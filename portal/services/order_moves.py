"""The one door through which an order changes its status: a checked, conditional, recorded move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, func, insert, select, update

from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.rules.notices import news_of_move
from portal.rules.order_status import OrderStatus, check_move
from portal.services import notices
from portal.services.notices import News
from portal.services.register import note_change
from portal.services.register_in_bulk import note_changes
from portal.services.row_sets import NUMBER, TEXT, one_of, rows

log = structlog.get_logger()


class OrderMoved(Exception):
    """Somebody else moved the order first; nothing was changed."""


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """An order as somebody saw it who wants to move it."""

    id: str
    student_id: str
    status: OrderStatus
    version: int


def place(order: Order, *, actor: str, at: datetime) -> None:
    """Write a new order with its first event. Raises IntegrityError where the student has an open one."""
    db.session.add(order)
    db.session.flush()
    _record(order.id, 1, None, order.status, actor=actor, at=at)
    note_change(order.student_id)
    _tell(order, None, actor=actor, at=at)


def move(
    order: Order,
    wanted: OrderStatus,
    *,
    actor: str,
    at: datetime,
    reason: str | None = None,
    batch_id: str | None = None,
    **values: Any,
) -> None:
    """Move `order` to `wanted`, setting `values` with it, and write the event; inside the caller's transaction.

    The update is executed at once and only from the status and version the caller saw. Leaving „do odbioru” erases
    the codes, whatever comes next. Raises MoveForbidden or OrderMoved.
    """
    present = order.status
    check_move(present, wanted)
    if present is OrderStatus.READY:
        values |= {"qr_payload_sealed": None, "activation_code_sealed": None}
    moved = db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.status == present, Order.version == order.version)
        .values(status=wanted, version=order.version + 1, status_since=at, failures=0, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # a CursorResult; execute() is typed wider
        raise OrderMoved(order.id)
    _record(
        order.id, order.version + 1, present, wanted, actor=actor, at=at, reason=reason, batch_id=batch_id
    )
    note_change(order.student_id)
    db.session.refresh(order)
    _tell(order, present, actor=actor, at=at)


def move_many(
    seen: Sequence[SeenOrder],
    wanted: OrderStatus,
    *,
    actor: str,
    at: datetime,
    reason: str,
    batch_id: str | None = None,
    **values: Any,
) -> None:
    """Move all these orders as one act, by a few statements, each order as `move` would; inside a transaction.

    Raises MoveForbidden, or OrderMoved if a single one was moved by somebody else.
    """
    _check_unmoved(seen, wanted)
    # There are codes only while ready, so erasing them everywhere changes no other order.
    values |= {"qr_payload_sealed": None, "activation_code_sealed": None}
    db.session.execute(
        update(Order)
        .where(one_of(Order.id, [order.id for order in seen]))
        .values(status=wanted, version=Order.version + 1, status_since=at, failures=0, **values)
        .execution_options(synchronize_session=False)
    )
    _record_many(seen, wanted, actor=actor, at=at, reason=reason, batch_id=batch_id, last_days={})


def move_each(
    seen: Sequence[SeenOrder],
    wanted: OrderStatus,
    values: Mapping[str, Mapping[str, Any]],
    *,
    actor: str,
    at: datetime,
    reason: str | None = None,
    batch_id: str | None = None,
) -> None:
    """`move_many` of open orders without codes, where each order gets `values` of its own, the same columns for all.

    Raises MoveForbidden, or OrderMoved if a single one was moved by somebody else.
    """
    _check_unmoved(seen, wanted)
    if not seen:
        return
    columns = list(values[seen[0].id])
    orders = Order.__table__
    db.session.connection().execute(
        update(orders)  # type: ignore[arg-type]  # a Table, typed as any FROM clause
        .where(Order.id == bindparam("key"))
        .values(
            status=wanted,
            version=Order.version + 1,
            status_since=at,
            failures=0,
            **{column: bindparam(f"its_{column}") for column in columns},
        ),
        [{"key": one.id} | {f"its_{column}": values[one.id][column] for column in columns} for one in seen],
    )
    ends = {one.id: values[one.id].get("codes_expire_at") for one in seen}
    last_days = {order_id: notices.last_day(end) for order_id, end in ends.items() if end is not None}
    _record_many(seen, wanted, actor=actor, at=at, reason=reason, batch_id=batch_id, last_days=last_days)


def _check_unmoved(seen: Sequence[SeenOrder], wanted: OrderStatus) -> None:
    """Inside a transaction nobody moves them after this."""
    for status in {order.status for order in seen}:
        check_move(status, wanted)
    given = rows([(one.id, one.version) for one in seen], {"id": TEXT, "version": NUMBER})
    same = select(func.count()).select_from(Order).join(given, Order.id == given.c.id)
    if db.session.scalar(same.where(Order.version == given.c.version)) != len(seen):
        raise OrderMoved


def _record_many(
    seen: Sequence[SeenOrder],
    wanted: OrderStatus,
    *,
    actor: str,
    at: datetime,
    reason: str | None,
    batch_id: str | None,
    last_days: Mapping[str, date],
) -> None:
    """The events of one act, and what students read of it."""
    same_for_all = {
        "to_status": wanted,
        "at": at,
        "actor": actor,
        "reason": reason,
        "batch_id": batch_id,
        "request_id": _request_id(),
    }
    events = [
        {"order_id": one.id, "version": one.version + 1, "from_status": one.status, **same_for_all}
        for one in seen
    ]
    if events:
        db.session.execute(insert(OrderEvent), events)
    note_changes({order.student_id for order in seen})
    news = [
        News(one.student_id, kind, about=one.id, order_id=one.id, day=last_days.get(one.id))
        for one in seen
        if (kind := news_of_move(one.status, wanted))
    ]
    notices.tell(news, at=at)
    log.info("orders_moved", batch=batch_id, count=len(seen), to=wanted.value, actor=actor, reason=reason)


def set_facts(order: Order, **values: Any) -> None:
    """Set columns other than the status (lease, due time, what is known at the ministry) at once."""
    db.session.execute(
        update(Order)
        .where(Order.id == order.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(order)


def _tell(order: Order, present: OrderStatus | None, *, actor: str, at: datetime) -> None:
    """The student reads of a move in the transaction that made it."""
    kind = news_of_move(present, order.status)
    if kind is None:
        return
    until = order.codes_expire_at if order.status is OrderStatus.READY else None
    day = notices.last_day(until) if until else None
    notices.tell([News(order.student_id, kind, order.id, order.id, day)], at=at, actor=actor)


def _record(
    order_id: str,
    version: int,
    present: OrderStatus | None,
    wanted: OrderStatus,
    *,
    actor: str,
    at: datetime,
    reason: str | None = None,
    batch_id: str | None = None,
) -> None:
    event = OrderEvent(
        order_id=order_id,
        version=version,
        from_status=present,
        to_status=wanted,
        at=at,
        actor=actor,
        reason=reason,
        batch_id=batch_id,
        request_id=_request_id(),
    )
    db.session.add(event)
    db.session.flush()
    log.info(
        "order_moved",
        order=order_id,
        version=version,
        come_from=present and present.value,
        to=wanted.value,
        actor=actor,
        reason=reason,
    )


def _request_id() -> str | None:
    return structlog.contextvars.get_contextvars().get("request_id")
