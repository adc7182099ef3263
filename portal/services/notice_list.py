"""The news on a student's own page: read page by page, marked as read, and how many are not yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.notices import Notice
from portal.services.register import note_change

PAGE = 20

# Written out once: every look at a student's page asks it.
_UNREAD = select(func.count()).where(Notice.student_id == bindparam("student_id"), Notice.read_at.is_(None))


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
