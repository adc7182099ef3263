"""Records of acts: batches (imports, extensions, panel packages) and acts that have no table of their own."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    Delete,
    Engine,
    Executable,
    ForeignKey,
    Index,
    String,
    Text,
    Update,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words

WRITTEN_ONCE = frozenset({"journal", "import_changes", "order_events"})
"""Tables whose rows never change."""
NEVER_DELETED = WRITTEN_ONCE | {"batches", "card_extensions"}
"""Those, and tables that are their own journal: what was done is undone there, and both stay."""
FORGETS = "forgets_journal"
"""The execution option of the one statement that may delete: what has been kept as long as it has to be."""


class WrittenForGood(RuntimeError):
    """A statement would change or delete what tells who did what; nothing was changed. It names the table."""


class BatchKind(StrEnum):
    """What a batch did."""

    IMPORT = "import"
    EXTENSION = "extension"
    PANEL = "panel"
    PHOTOS = "photos"


class Batch(Base):
    """Many rows changed as one act: checked first, applied whole, undone whole. No actor: a command on the server.

    `number`: counts the packages for the ministry's panel from 1, the name under which people speak of them.
    """

    __tablename__ = "batches"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[BatchKind] = mapped_column(words(BatchKind, "kind_known"))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[int | None] = mapped_column(unique=True)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    legal_basis: Mapped[str | None] = mapped_column(String(300))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    checked_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("undone_at IS NULL OR applied_at IS NOT NULL", name="undone_after_applied"),
        CheckConstraint("number IS NULL OR kind = 'panel'", name="only_packages_are_numbered"),
    )


class JournalEntry(Base):
    """Who did what to whom and when. `details`: codes, counts, what was before and after; never PESEL or card codes."""

    __tablename__ = "journal"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(300))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index(None, "subject_kind", "subject_id"),
        # Newest first, of everything, of one person, of one kind; many entries may share a moment.
        Index(None, "at", "id"),
        Index(None, "actor_id", "at", "id"),
        Index(None, "act", "at", "id"),
    )


class ImportChange(Base):
    """What one import did to one student. `number` counts the students of the import from 1.

    `changes`: what was before and after as JSON (made before the transaction, which others wait for), never a PESEL;
    NULL for a student who came by this import.
    """

    __tablename__ = "import_changes"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    changes: Mapped[str | None] = mapped_column(Text)


class Deployment(Base):
    """What this database was made for; one row. A demonstration's data never serves a real university.

    `calendar_ahead_seconds`: how far a demonstration moved the office's calendar forward.
    """

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    demo: Mapped[bool]
    created_at: Mapped[datetime]
    calendar_ahead_seconds: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("calendar_ahead_seconds >= 0", name="calendar_runs_forward"),
        CheckConstraint("demo OR calendar_ahead_seconds = 0", name="only_a_demo_moves_time"),
    )


@event.listens_for(Engine, "before_execute")
def _refuse_to_rewrite(
    connection: Connection, statement: Executable, many: object, one: object, options: Mapping[str, Any]
) -> None:
    """Whatever statement the session or anybody else makes: no trigger, which a rebuilt table would lose."""
    if not isinstance(statement, Update | Delete):
        return
    table = getattr(statement.table, "name", "")
    kept = NEVER_DELETED if isinstance(statement, Delete) else WRITTEN_ONCE
    if table in kept and not (isinstance(statement, Delete) and options.get(FORGETS)):
        raise WrittenForGood(table)
