"""Plastic cards (ELS) and their extensions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base

IN_A_BATCH: dict[str, Any] = {
    f"{name}_where": text("batch_id IS NOT NULL") for name in ("sqlite", "postgresql")
}
GIVEN_SINGLY: dict[str, Any] = {
    f"{name}_where": text("batch_id IS NULL") for name in ("sqlite", "postgresql")
}
UNDONE_SINGLY: dict[str, Any] = {
    # Spelt as SQLAlchemy spells it: SQLite uses a partial index only where a query says the very same.
    "sqlite_where": text("undone_at IS NOT NULL AND undone_with_batch = 0"),
    "postgresql_where": text("undone_at IS NOT NULL AND NOT undone_with_batch"),
}


def number_key(card_number: str) -> str:
    """The form in which card numbers are looked up: letters and digits only, letters in capitals."""
    return "".join(filter(str.isalnum, card_number)).upper()


def _number_key(row: DefaultExecutionContext) -> str:
    return number_key(row.get_current_parameters()["card_number"])  # type: ignore[no-untyped-call]  # untyped there


class ElsCard(Base):
    """A plastic card. `first_valid_until`: the date it carried when issued; `void_on`: the day it became void.

    `number_key` is filled from the number when the row is inserted: a card's number never changes.
    """

    __tablename__ = "els_cards"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    card_number: Mapped[str] = mapped_column(String(40), unique=True)
    number_key: Mapped[str] = mapped_column(String(40), index=True, default=_number_key)
    issued_on: Mapped[date]
    first_valid_until: Mapped[date]
    void_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("first_valid_until >= issued_on", name="valid_after_issue"),
        Index(
            "uq_els_cards_one_valid",
            "student_id",
            unique=True,
            sqlite_where=text("void_on IS NULL"),
            postgresql_where=text("void_on IS NULL"),
        ),
        Index(None, "student_id"),
    )


class CardExtension(Base):
    """The office confirmed a student until `until`. The row is its own journal entry: it is undone, never deleted.

    `told_at IS NULL` makes it wait in the notice queue. `legal_basis` is required for any date that is not an
    ordinary semester end (the use case sees to it). `replaced_by_id`: the row that took its place when the office
    changed the date; the replaced row counts as undone. `undone_with_batch`: it was taken back together with all of
    its batch, not alone.
    """

    __tablename__ = "card_extensions"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    until: Mapped[date]
    extended_at: Mapped[datetime]
    extended_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))
    legal_basis: Mapped[str | None] = mapped_column(String(300))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    undo_reason: Mapped[str | None] = mapped_column(String(300))
    told_at: Mapped[datetime | None]
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("card_extensions.id"))
    undone_with_batch: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        CheckConstraint("replaced_by_id IS NULL OR undone_at IS NOT NULL", name="replaced_is_undone"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name="undone_by_somebody_for_a_reason",
        ),
        CheckConstraint(
            "NOT undone_with_batch OR (undone_at IS NOT NULL AND batch_id IS NOT NULL)",
            name="undone_with_a_batch_of_its_own",
        ),
        Index(
            "uq_card_extensions_once",
            "student_id",
            "until",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(
            "ix_card_extensions_undone",
            "undone_at",
            sqlite_where=text("undone_at IS NOT NULL"),
            postgresql_where=text("undone_at IS NOT NULL"),
        ),
        # Of batches only: SQLite would otherwise look up all that belong to none, and sort them.
        Index("ix_card_extensions_batch_id", "batch_id", **IN_A_BATCH),
        # What was done one by one, newest first: of everybody and of one person.
        Index("ix_card_extensions_given_singly", "extended_at", "id", **GIVEN_SINGLY),
        Index("ix_card_extensions_given_singly_by", "extended_by", "extended_at", "id", **GIVEN_SINGLY),
        Index("ix_card_extensions_undone_singly", "undone_at", "id", **UNDONE_SINGLY),
        Index("ix_card_extensions_undone_singly_by", "undone_by", "undone_at", "id", **UNDONE_SINGLY),
    )
