"""The news on a student's own page: read page by page, marked as read, and how many are not yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.notices import Notice
from portal.models.orders import Order
from portal.models.renewals import OrderOffer
from portal.rules.notices import SO_WHILE
from portal.services.register import note_change

PAGE = 20

# What an order became is told by the newer news: the older one of it has nothing left to say.
_MOVED_ON = exists().where(
    Order.id == Notice.order_id,
    or_(*((Notice.kind == kind) & Order.status.not_in(so_while) for kind, so_while in SO_WHILE.items())),
)
IS_UNREAD = Notice.read_at.is_(None) & ~_MOVED_ON.correlate(Notice)
"""Not read, and not about an order that moved on since."""

# Written out once: every look at a student's page asks it.
_UNREAD = select(func.count(Notice.id)).where(Notice.student_id == bindparam("student_id"), IS_UNREAD)


def unread(student_id: str) -> int:
    """How many pieces of news this student has not read."""
    return db.session.scalar(_UNREAD, {"student_id": student_id}) or 0


def newest(
    student_id: str, *, after: tuple[datetime, str] | None = None, size: int = PAGE
) -> Sequence[Notice]:
    """The next pieces of news, the newest first; `after`: the moment and id of the last one seen."""
    query = select(Notice).where(Notice.student_id == student_id)
    if after is not None:
        moment, notice_id = after
        query = query.where((Notice.at < moment) | ((Notice.at == moment) & (Notice.id > notice_id)))
    return db.session.scalars(query.order_by(Notice.at.desc(), Notice.id).limit(size)).all()


def unread_among(notices: Sequence[Notice]) -> frozenset[str]:
    """Which of these are not read, by id."""
    ids = [notice.id for notice in notices]
    return frozenset(db.session.scalars(select(Notice.id).where(Notice.id.in_(ids), IS_UNREAD)))


def told_by_portal(notices: Sequence[Notice]) -> frozenset[str]:
    """Which of these are about an order that the portal placed by itself, by id."""
    placed = set(
        db.session.scalars(
            select(OrderOffer.order_id).where(
                OrderOffer.student_id.in_({notice.student_id for notice in notices}),
                OrderOffer.order_id.is_not(None),
            )
        )
    )
    return frozenset(notice.id for notice in notices if notice.order_id in placed)


def mark_read(student_id: str, until: datetime, *, at: datetime) -> int:
    """Everything told until that moment is read now; answers how many pieces were not before."""
    fresh = (Notice.student_id == student_id, Notice.read_at.is_(None), Notice.at <= until)
    if db.session.scalar(select(Notice.id).where(*fresh).limit(1)) is None:
        return 0
    with transaction() as session:
        marked = session.execute(
            update(Notice)
            .where(*fresh)
            .values(read_at=at)
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        ).all()
        if marked:
            note_change(student_id)
        return len(marked)
