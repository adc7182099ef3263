"""Mail to students that could not be delivered: the office can put addresses right."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from portal import clock
from portal.extensions import db
from portal.models.notices import Message, MessageState, Notice
from portal.models.people import Student
from portal.rules.notices import NoticeKind
from portal.services.mail_queue import TOO_OLD

SHOWN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message to a student that could not be delivered, and why (a code)."""

    student_id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    kind: NoticeKind
    queued_at: datetime
    error: str


def count() -> int:
    """How many messages to students could not be delivered lately."""
    return db.session.scalar(select(func.count()).select_from(Message).where(*_given_up())) or 0


def newest(*, size: int = 100) -> list[Undelivered]:
    """The messages to students that could not be delivered lately, the newest first."""
    rows = db.session.execute(
        select(
            Student.id,
            Student.album_number,
            Student.first_names,
            Student.surname,
            Notice.kind,
            Message.queued_at,
            func.coalesce(Message.error, TOO_OLD),
        )
        .join(Notice, Notice.id == Message.notice_id)
        .join(Student, Student.id == Notice.student_id)
        .where(*_given_up())
        .order_by(Message.queued_at.desc(), Message.id)
        .limit(size)
    )
    return [Undelivered(*row) for row in rows]


def _given_up() -> tuple[ColumnElement[bool], ...]:
    return (
        Message.queued_at > clock.real_now() - SHOWN_FOR,
        Message.state == MessageState.GIVEN_UP,
        Message.notice_id.is_not(None),
    )
