"""What was imported before: who, when, and how many rows had which fate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from portal.extensions import db
from portal.models.accounts import Account
from portal.models.journal import Batch, BatchKind

SHOWN = 20


@dataclass(frozen=True, slots=True)
class PastBatch:
    """A file that was applied. No `actor`: a command on the server."""

    id: str
    applied_at: datetime
    actor: str | None = field(repr=False)
    counts: Mapping[str, int]


def past_imports() -> list[PastBatch]:
    """The latest imports of the register, newest first."""
    return past_batches(BatchKind.IMPORT)


def past_batches(kind: BatchKind) -> list[PastBatch]:
    """The latest applied batches of one kind, newest first."""
    rows = db.session.execute(
        select(Batch.id, Batch.applied_at, Account.display_name, Batch.counts)
        .outerjoin(Account, Account.id == Batch.actor_id)
        .where(Batch.kind == kind, Batch.applied_at.is_not(None))
        .order_by(Batch.applied_at.desc(), Batch.id)
        .limit(SHOWN)
    )
    return [PastBatch(*row) for row in rows]
