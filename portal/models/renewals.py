"""Periods for which students were found to be allowed to order, each once, and their standing orders."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words


class StandingOrder(StrEnum):
    """What the portal does by itself in one period.

    `NONE`: nothing, the student orders. `WAITING`: it will order at `standing_due_at`. `PLACED`: it did. `DROPPED`: it
    will not, because something had changed by then.
    """

    NONE = "none"
    WAITING = "waiting"
    PLACED = "placed"
    DROPPED = "dropped"


class OrderOffer(Base):
    """A student may order a document valid until `until`: found once per period, told once.

    `extension_id`: the extension it rests on (none: the plastic card's own date). `found_at` and `standing_due_at`
    follow the office's calendar.
    """

    __tablename__ = "order_offers"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    until: Mapped[date]
    extension_id: Mapped[str | None] = mapped_column(ForeignKey("card_extensions.id"))
    found_at: Mapped[datetime]
    standing: Mapped[StandingOrder] = mapped_column(words(StandingOrder, "standing_known"))
    standing_due_at: Mapped[datetime | None]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))

    __table_args__ = (
        Index("uq_order_offers_once", "student_id", "until", unique=True),
        Index(None, "standing", "standing_due_at"),
        CheckConstraint("(standing = 'placed') = (order_id IS NOT NULL)", name="placed_an_order"),
        CheckConstraint("standing <> 'waiting' OR standing_due_at IS NOT NULL", name="waits_for_a_moment"),
    )
