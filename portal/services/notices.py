"""News for students, told in the transaction that causes them, with their mail queued beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from portal import clock
from portal.extensions import db
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.notices import MailChoice, Message, MessageState, Notice
from portal.models.people import Student
from portal.rules.notices import MUTED_AT_FIRST, NoticeKind
from portal.services.row_sets import one_of


@dataclass(frozen=True, slots=True)
class News:
    """Something a student should know. `about`, `order_id`, `day`: see `Notice`."""

    student_id: str
    kind: NoticeKind
    about: str
    order_id: str | None = None
    day: date | None = None


def tell(news: Sequence[News], *, at: datetime, actor: str | None = None) -> int:
    """Tell students and queue the mail they want, in the caller's transaction; answers how many were new to them.

    What was told once is never told again. What a student did, as `actor`, is read already, and no mail of its own is
    sent unless wanted. The caller counts the change students see.
    """
    fresh = _not_told(news)
    if not fresh:
        return 0
    own = db.session.scalar(select(Account.student_id).where(Account.id == actor)) if actor else None
    notices = [
        {
            "id": new_id(),
            "student_id": one.student_id,
            "kind": one.kind,
            "about": one.about,
            "order_id": one.order_id,
            "day": one.day,
            "at": at,
            "read_at": at if one.student_id == own else None,
        }
        for one in fresh
    ]
    db.session.execute(insert(Notice), notices)
    _queue_mail([(str(row["id"]), one) for row, one in zip(notices, fresh, strict=True)])
    return len(fresh)


def last_day(ends_at: datetime) -> date:
    """The last day on which something can be used that ends at that moment: midnight belongs to the day before."""
    return clock.day_of(ends_at - timedelta(microseconds=1))


def _not_told(news: Sequence[News]) -> list[News]:
    """One of each kind about each thing, without those told before."""
    wanted = {(one.student_id, one.kind, one.about): one for one in news}
    told = db.session.execute(
        select(Notice.student_id, Notice.kind, Notice.about).where(
            one_of(Notice.student_id, {one.student_id for one in news}),
            Notice.kind.in_({one.kind for one in news}),
        )
    )
    for row in told:
        wanted.pop((row.student_id, row.kind, row.about), None)
    return list(wanted.values())


def _queue_mail(notices: Sequence[tuple[str, News]]) -> None:
    students = {one.student_id for _, one in notices}
    with_address = set(
        db.session.scalars(select(Student.id).where(one_of(Student.id, students), Student.email.is_not(None)))
    )
    chosen = {
        (row.student_id, row.kind): row.wanted
        for row in db.session.execute(
            select(MailChoice.student_id, MailChoice.kind, MailChoice.wanted).where(
                one_of(MailChoice.student_id, students)
            )
        )
    }
    now = clock.real_now()
    messages = [
        {
            "id": new_id(),
            "notice_id": notice_id,
            "state": MessageState.WAITING,
            "queued_at": now,
            "due_at": now,
            "failures": 0,
        }
        for notice_id, one in notices
        if one.student_id in with_address
        and chosen.get((one.student_id, one.kind), one.kind not in MUTED_AT_FIRST)
    ]
    if messages:
        db.session.execute(insert(Message), messages)
