"""How long students waited for their codes lately."""

from datetime import timedelta
from statistics import median

from sqlalchemy import select

from portal.extensions import db
from portal.models.orders import Order, OrderEvent
from portal.rules.order_status import OrderStatus

LATELY = 50
ENOUGH = 5


def typical_wait() -> timedelta | None:
    """The median time from placing to codes over the last orders; None while there are too few to say."""
    rows = db.session.execute(
        select(OrderEvent.at, Order.placed_at)
        .join(Order, Order.id == OrderEvent.order_id)
        .where(OrderEvent.to_status == OrderStatus.READY)
        .order_by(OrderEvent.at.desc())
        .limit(LATELY)
    ).all()
    if len(rows) < ENOUGH:
        return None
    return timedelta(seconds=median((row.at - row.placed_at).total_seconds() for row in rows))
