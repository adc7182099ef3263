"""How long students waited for their codes lately."""

from datetime import timedelta
from statistics import median
from time import monotonic

from flask import current_app
from sqlalchemy import select

from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.rules.order_status import OrderStatus

LATELY = 50
ENOUGH = 5
KNOWN_FOR_SECONDS = 30.0
_KNOWN = "typical_wait"


_LAST_READY = (
    select(OrderEvent.at, Order.placed_at)
    .join(Order, Order.id == OrderEvent.order_id)
    .where(OrderEvent.to_status == OrderStatus.READY)
    .order_by(OrderEvent.at.desc())
    .limit(LATELY)
)


def typical_wait() -> timedelta | None:
    """The median time from placing to codes over the last orders; None while there are too few to say.

    Every waiting page shows it, so a process asks the database at most once in KNOWN_FOR_SECONDS.
    """
    known: timedelta | None
    asked_at, known = current_app.extensions.get(_KNOWN, (0.0, None))
    if monotonic() - asked_at > KNOWN_FOR_SECONDS:
        known = _median_of_the_last()
        current_app.extensions[_KNOWN] = (monotonic(), known)
    return known


def _median_of_the_last() -> timedelta | None:
    rows = db.session.execute(_LAST_READY).all()
    if len(rows) < ENOUGH:
        return None
    return timedelta(seconds=median((row.at - row.placed_at).total_seconds() for row in rows))
