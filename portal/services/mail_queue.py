"""The queue of mail: one message at a time is leased to one worker, and what became of it is written down.

1. A claim is one short transaction. It passes over what is not worth sending any more: old news, nobody to send it
   to, switched off meanwhile.
2. The message goes out with no transaction open.
3. The server's acceptance is recorded at once. A process that dies in between sends the message again after the
   lease, under the same Message-ID; no message is lost.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, literal_column, or_, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.base import new_id
from portal.models.notices import MailChoice, Message, MessageState, Notice
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import MUTED_AT_FIRST, NoticeKind, RenewalStep
from portal.rules.policy import Policy
from portal.services.notice_list import told_by_portal
from portal.services.worth_telling import NoLongerNews, step_now

TRIED_FOR = timedelta(days=3)
FIRST_BACKOFF_SECONDS = 60
LONGEST_BACKOFF_SECONDS = 6 * 3600
PASSED_OVER_AT_ONCE = 200

# Why a message was not sent; beside these, what the mail server answered (`smtp_550`).
NO_SERVER = "no_server"
NO_ADDRESS = "no_address"
SWITCHED_OFF = "switched_off"
OLD_NEWS = "old_news"
TOO_OLD = "too_old"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A message held by one worker. Of `kind`, `day`, `step`, `by_portal`: what a notice's words are made of.

    A digest has none of them and `digest_on` instead.
    """

    message_id: str
    token: str
    queued_at: datetime
    failures: int
    address: str = field(repr=False)
    language: Language = Language.POLISH
    kind: NoticeKind | None = None
    day: date | None = None
    step: RenewalStep | None = None
    by_portal: bool = False
    digest_on: date | None = None


class _NotSent(Exception):
    """Why a message is not sent at all, and how that leaves it."""

    def __init__(self, code: str, state: MessageState = MessageState.DROPPED) -> None:
        super().__init__(code)
        self.code = code
        self.state = state


def any_due() -> bool:
    """Whether any message waits for a worker now; reads one row of an index and writes nothing."""
    found = db.session.scalar(select(Message.id).where(*_due()).limit(1))
    db.session.rollback()
    return found is not None


def claim_next(policy: Policy, *, lease: timedelta, at: datetime) -> Claim | None:
    """Lease the message that has waited longest and is still worth sending; None if there is none.

    `at`: the office's calendar, by which news grow old.
    """
    with transaction() as session:
        for _ in range(PASSED_OVER_AT_ONCE):
            message = session.scalar(
                select(Message).where(*_due()).order_by(Message.due_at, Message.id).limit(1)
            )
            if message is None:
                return None
            try:
                return _leased(message, _letter_facts(message, policy, at), lease)
            except _NotSent as why:
                _set(message.id, state=why.state, error=why.code, lease_token=None, leased_until=None)
                log.info("mail_not_sent", message=message.id, reason=why.code)
    return None


def settle_sent(claim: Claim) -> None:
    """The server took the message: a fact, whoever holds the lease by now."""
    with transaction():
        _set(claim.message_id, state=MessageState.SENT, sent_at=clock.real_now(), error=None, **_RELEASED)


def settle_later(claim: Claim, code: str) -> None:
    """This message was not taken for now: it is tried again after a wait that grows with every failure."""
    real = clock.real_now()
    wait = timedelta(seconds=backoff(claim.failures))
    with transaction():
        _set_if_held(claim, due_at=real + wait, failures=claim.failures + 1, error=code[:64], **_RELEASED)
    log.info("mail_put_off", message=claim.message_id, reason=code)


def settle_given_up(claim: Claim, code: str) -> None:
    """This message will never be taken."""
    with transaction():
        _set_if_held(claim, state=MessageState.GIVEN_UP, error=code[:64], **_RELEASED)
    log.warning("mail_given_up", message=claim.message_id, reason=code)


def settle_dropped(claim: Claim, code: str) -> None:
    """There is nothing left to say in this message."""
    with transaction():
        _set_if_held(claim, state=MessageState.DROPPED, error=code, **_RELEASED)


def give_back(claim: Claim) -> None:
    """The server could not be reached: the message stands as before, without a failure of its own."""
    with transaction():
        _set_if_held(claim, **_RELEASED)


def drop_all(code: str) -> int:
    """Drop whatever waits: where no mail is sent, old news must not go out once it is."""
    if db.session.scalar(select(Message.id).where(_WAITING).limit(1)) is None:
        db.session.rollback()
        return 0
    with transaction() as session:
        dropped = session.execute(
            update(Message)
            .where(_WAITING)
            .values(state=MessageState.DROPPED, error=code)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return len(dropped.all())


def waiting() -> int:
    """How many messages have yet to go out."""
    return db.session.scalar(select(func.count()).select_from(Message).where(_WAITING)) or 0


def backoff(failures: int) -> float:
    """Seconds to wait after that many failures: exponential, the second half of it by chance."""
    ceiling = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(failures, 16))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311  spreads load, guards no secret


# Spelt out, because a partial index is used only where a query says the very same.
_WAITING: ColumnElement[bool] = Message.state == literal_column("'waiting'")
_RELEASED: Mapping[str, Any] = {"lease_token": None, "leased_until": None}


def _due() -> tuple[ColumnElement[bool], ...]:
    real = clock.real_now()
    free = or_(Message.leased_until.is_(None), Message.leased_until < real)
    return _WAITING, Message.due_at <= real, free


def _letter_facts(message: Message, policy: Policy, at: datetime) -> dict[str, Any]:
    """What a claim knows of its message besides the queue's own facts. Raises _NotSent."""
    if message.queued_at < clock.real_now() - TRIED_FOR:
        raise _NotSent(TOO_OLD, MessageState.GIVEN_UP)
    if message.notice_id is None:
        if message.digest_on != clock.day_of(at):
            raise _NotSent(OLD_NEWS)
        return {"address": message.address, "digest_on": message.digest_on}
    notice = db.session.get_one(Notice, message.notice_id)
    student = db.session.get_one(Student, notice.student_id)
    if student.email is None:
        raise _NotSent(NO_ADDRESS)
    if not _wanted(notice):
        raise _NotSent(SWITCHED_OFF)
    try:
        step = step_now(notice, student, policy, at=at)
    except NoLongerNews:
        raise _NotSent(OLD_NEWS) from None
    return {
        "address": student.email,
        "language": Language(student.language or Language.POLISH),
        "kind": notice.kind,
        "day": notice.day,
        "step": step,
        "by_portal": bool(told_by_portal([notice])),
    }


def _wanted(notice: Notice) -> bool:
    choice = db.session.get(MailChoice, (notice.student_id, notice.kind))
    return notice.kind not in MUTED_AT_FIRST if choice is None else choice.wanted


def _leased(message: Message, facts: dict[str, Any], lease: timedelta) -> Claim:
    token = new_id()
    claim = Claim(message.id, token, message.queued_at, message.failures, **facts)
    _set(message.id, lease_token=token, leased_until=clock.real_now() + lease)
    return claim


def _set(message_id: str, **values: Any) -> None:
    db.session.execute(
        update(Message)
        .where(Message.id == message_id, _WAITING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _set_if_held(claim: Claim, **values: Any) -> None:
    held = db.session.execute(
        update(Message)
        .where(Message.id == claim.message_id, _WAITING, Message.lease_token == claim.token)
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if held is None:
        log.warning("mail_lease_lost", message=claim.message_id)
