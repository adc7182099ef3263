"""Reminders: codes nobody used yet that end soon, documents that end soon with nothing newer ordered."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.notices import Notice
from portal.models.orders import Order
from portal.rules.notices import (
    CODES_EXPIRE_SOON_DAYS,
    CODES_KNOWN_FOR_DAYS,
    SEMESTER_ENDS_DAYS,
    NoticeKind,
    renewal_step,
)
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.services.notices import News, last_day, tell
from portal.services.register_in_bulk import facts_of_many, note_changes

CHUNK = 500


def remind_of_codes(*, at: datetime) -> int:
    """Tell whoever has codes that end within three days and has known of them for a day; answers how many."""
    soon = at + timedelta(days=CODES_EXPIRE_SOON_DAYS)
    due = (
        select(Order.id, Order.student_id, Order.codes_expire_at)
        .where(
            Order.status == OrderStatus.READY,
            Order.codes_expire_at > at,
            Order.codes_expire_at <= soon,
            Order.status_since <= at - timedelta(days=CODES_KNOWN_FOR_DAYS),
            ~_told(NoticeKind.CODES_EXPIRE_SOON, Order.id),
        )
        .limit(CHUNK)
    )
    told = 0
    while rows := db.session.execute(due).all():
        news = [
            News(row.student_id, NoticeKind.CODES_EXPIRE_SOON, row.id, row.id, last_day(row.codes_expire_at))
            for row in rows
        ]
        told += _tell(news, at)
    db.session.rollback()
    return told


def remind_of_documents(policy: Policy, *, at: datetime) -> int:
    """Tell whoever holds a document that ends within a fortnight, ordered nothing newer and can do something about it.

    Asks about every such student anew, so once a day is enough; answers how many were told.
    """
    on = clock.day_of(at)
    told, after = 0, ""
    while rows := db.session.execute(_documents(on, after)).all():
        after = rows[-1].id
        facts = facts_of_many(row.student_id for row in rows)
        news = [
            News(row.student_id, NoticeKind.SEMESTER_ENDS, row.id, row.id, row.planned_valid_until)
            for row in rows
            if renewal_step(facts[row.student_id], row.planned_valid_until, policy, on)
        ]
        if news:
            told += _tell(news, at)
    db.session.rollback()
    return told


def _documents(on: date, after: str) -> Select[str, str, date]:
    other = aliased(Order)
    open_order = exists().where(other.student_id == Order.student_id, other.status.in_(OPEN))
    return (
        select(Order.id, Order.student_id, Order.planned_valid_until)
        .where(
            Order.status == OrderStatus.COLLECTED,
            Order.planned_valid_until.between(on, on + timedelta(days=SEMESTER_ENDS_DAYS)),
            Order.id > after,
            ~open_order,
            ~_told(NoticeKind.SEMESTER_ENDS, Order.id),
        )
        .order_by(Order.id)
        .limit(CHUNK)
    )


def _told(kind: NoticeKind, about: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return exists().where(Notice.student_id == Order.student_id, Notice.kind == kind, Notice.about == about)


def _tell(news: Sequence[News], at: datetime) -> int:
    with transaction():
        told = tell(news, at=at)
        note_changes({one.student_id for one in news})
    return told
