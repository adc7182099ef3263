"""Acts that have no table of their own: who did what to whom, when and why. Written once, never changed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import delete, literal, or_, select

from portal.database import transaction
from portal.extensions import db
from portal.models.journal import FORGETS, Batch, ImportChange, JournalEntry


class Subject(StrEnum):
    """What an act is about."""

    ACCOUNT = "account"
    STUDENT = "student"
    ORDER = "order"
    BATCH = "batch"


_log = structlog.get_logger()


def record(
    act: str,
    subject: Subject,
    subject_id: str,
    *,
    actor: str | None,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an act down inside the caller's transaction. `details`: what was before and after, never PESEL or codes.

    `actor`: an account's id, or None for a command on the server.
    """
    db.session.add(
        JournalEntry(
            at=at,
            actor_id=actor,
            act=act,
            subject_kind=subject.value,
            subject_id=subject_id,
            reason=reason,
            details=dict(details or {}),
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
        )
    )
    # Ids only: reasons and details are for the journal's readers.
    _log.info(act, subject=subject.value, id=subject_id, actor=actor)


def forget_before(moment: datetime) -> int:
    """Delete the entries older than `moment`: nothing is kept longer than the university has to. Answers how many.

    What imports did to single students goes with them; that there was an import stays, with its counts.
    """
    past_imports = select(Batch.id).where(Batch.applied_at < moment)
    old = {JournalEntry: JournalEntry.at < moment, ImportChange: ImportChange.batch_id.in_(past_imports)}
    there = [select(literal(1)).select_from(kind).where(past).exists() for kind, past in old.items()]
    if not db.session.scalar(select(or_(*there))):
        db.session.rollback()
        return 0
    with transaction() as session:
        return sum(
            session.execute(
                delete(kind).where(past).execution_options(synchronize_session=False, **{FORGETS: True})
            ).rowcount  # type: ignore[attr-defined]  # a CursorResult; execute() is typed wider
            for kind, past in old.items()
        )


def record_view(act: str, subject: Subject, subject_id: str, *, actor: str, at: datetime) -> None:
    """Write down, in a transaction of its own, that somebody looked at what is not shown to everybody."""
    with transaction():
        record(act, subject, subject_id, actor=actor, at=at)
