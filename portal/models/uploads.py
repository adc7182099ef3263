"""Files the office uploads: kept between the look at what they would do and the act, sealed, an hour at most."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words


class UploadKind(StrEnum):
    """What the file is for."""

    REGISTER = "register"
    PHOTOS = "photos"
    PANEL_REPORT = "panel_report"
    EXTENSIONS = "extensions"


class UploadState(StrEnum):
    """Where the file stands: `WAITING` to be checked and `CONFIRMED` to be applied are work for the jobs."""

    WAITING = "waiting"
    CHECKED = "checked"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    APPLIED = "applied"


class UploadedFile(Base):
    """One uploaded file. What was asked of it, what was found and the content itself are sealed: they name people.

    `leased_until`: somebody works on it; `done` of `total` tells how far. Once applied, the content is gone.
    """

    __tablename__ = "uploaded_files"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[UploadKind] = mapped_column(words(UploadKind, "kind_known"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[UploadState] = mapped_column(words(UploadState, "state_known"))
    size: Mapped[int]
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    asked_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    found_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))

    __table_args__ = (
        CheckConstraint("state = 'applied' OR batch_id IS NULL", name="batch_once_applied"),
        CheckConstraint("state <> 'applied' OR content_sealed IS NULL", name="no_content_once_applied"),
    )


class UploadedFilePage(Base):
    """A page of what was found in a file, as it will be looked at; `part`: one fate of its rows."""

    __tablename__ = "uploaded_file_pages"

    file_id: Mapped[str] = mapped_column(ForeignKey("uploaded_files.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lines_sealed: Mapped[bytes] = mapped_column(LargeBinary)
