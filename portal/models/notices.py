"""News for students on the portal's page, and the mail queue."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words
from portal.rules.notices import NoticeKind


class Notice(Base):
    """One piece of news, shown on the student's page until read and kept after.

    `about`: what it tells of (an order's id, or a period's last day); the same news of the same thing comes once.
    `day`: the date its words name, if they name one: until when the codes or the validity last.
    """

    __tablename__ = "notices"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind, "kind_known"))
    about: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    day: Mapped[date | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_notices_once", "student_id", "kind", "about", unique=True),
        Index(None, "student_id", "at"),
        Index(None, "at"),
    )


class MailChoice(Base):
    """A student's own word on mail of one kind; without a row the kind's first setting holds."""

    __tablename__ = "mail_choices"

    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind, "kind_known"), primary_key=True)
    wanted: Mapped[bool]


class MessageState(StrEnum):
    """Where a message stands. `DROPPED`: nobody to send it to, or the time it spoke of is over."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


class Message(Base):
    """One e-mail to send: a notice to its student, or the staff's digest of a day to one address.

    `id` is also its Message-ID, so a message sent twice is recognised. The student's address is looked up when it is
    sent. `due_at` and the lease follow the real clock. `error`: a code of the last failure, never an address.
    """

    __tablename__ = "messages"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    notice_id: Mapped[str | None] = mapped_column(ForeignKey("notices.id"), unique=True)
    digest_on: Mapped[date | None]
    address: Mapped[str | None] = mapped_column(String(254))
    state: Mapped[MessageState] = mapped_column(words(MessageState, "state_known"))
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("uq_messages_one_digest", "digest_on", "address", unique=True),
        Index(
            "ix_messages_waiting",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "queued_at"),
        CheckConstraint("(notice_id IS NULL) = (digest_on IS NOT NULL)", name="notice_or_digest"),
        CheckConstraint("(digest_on IS NULL) = (address IS NULL)", name="digests_have_an_address"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_moment"),
        CheckConstraint("(lease_token IS NULL) = (leased_until IS NULL)", name="lease_is_whole"),
    )
