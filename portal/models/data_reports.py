"""What students say is wrong in their data, kept for the office."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words
from portal.models.sealed import Sealed


class DataReportKind(StrEnum):
    """What a student reports as wrong."""

    NAME = "name"
    PESEL = "pesel"
    BIRTH_DATE = "birth_date"
    PHOTO = "photo"
    STUDIES = "studies"
    OTHER = "other"


class DataReport(Base):
    """One report. `words` (sealed: people write personal data into it) is what the student typed.

    `settled_at` and `settled_by` say when the office dealt with it, `answer` what it told the student.
    """

    __tablename__ = "data_reports"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    kind: Mapped[DataReportKind] = mapped_column(words(DataReportKind, "kind_known"))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str | None] = mapped_column(String(300))

    words = Sealed("words_sealed")

    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
        Index(
            "ix_data_reports_open",
            "reported_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )
