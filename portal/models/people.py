"""Students, their enrolments and the photos that will stand on their cards."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import ID, Base, words
from portal.models.sealed import Sealed
from portal.rules.student import EnrolmentStatus, Level, SubmissionStatus

OFFER_UNCHECKED = text("offer_checked_revision < revision")


class Student(Base):
    """One person. `revision` grows with every change the student can see; it is also the office's edit lock.

    `standing_order`: „zamawiaj automatycznie po przedłużeniu”, the student's own switch. `language` is the one chosen
    for mail and pages, None until then. `offer_checked_revision` and `offer_checked_on`: for which revision and on
    which day it was last asked whether the student may newly order.
    """

    __tablename__ = "students"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    album_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    first_names: Mapped[str] = mapped_column(String(100))
    surname: Mapped[str] = mapped_column(String(100))
    sort_name: Mapped[str] = mapped_column(String(400), index=True)
    birth_date: Mapped[date]
    pesel_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pesel_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    photo_sha256: Mapped[str | None] = mapped_column(ForeignKey("photos.sha256"), index=True)
    personal_data_changed_on: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(254))
    fees_unpaid: Mapped[bool] = mapped_column(default=False, server_default=false())
    year_not_closed: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    standing_order: Mapped[bool] = mapped_column(default=False, server_default=false())
    language: Mapped[str | None] = mapped_column(String(2))
    offer_checked_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    offer_checked_on: Mapped[date | None] = mapped_column(index=True)

    pesel = Sealed("pesel_sealed")

    enrolments: Mapped[list["Enrolment"]] = relationship(
        back_populates="student", order_by="Enrolment.begins_on, Enrolment.id"
    )
    photo: Mapped["Photo | None"] = relationship()

    __table_args__ = (
        CheckConstraint("(pesel_sealed IS NULL) = (pesel_index IS NULL)", name="pesel_found_if_sealed"),
        CheckConstraint("revision >= 1", name="revision_counts"),
        CheckConstraint("language IN ('pl', 'en')", name="language_known"),
        Index(
            "ix_students_offer_unchecked",
            "id",
            sqlite_where=OFFER_UNCHECKED,
            postgresql_where=OFFER_UNCHECKED,
        ),
    )


class Enrolment(Base):
    """One programme of a student. `status_since`: the first day of `status`, possibly in the future."""

    __tablename__ = "enrolments"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    faculty: Mapped[str] = mapped_column(String(120))
    programme: Mapped[str] = mapped_column(String(120))
    level: Mapped[Level] = mapped_column(words(Level, "level_known"))
    year: Mapped[int]
    group_name: Mapped[str] = mapped_column(String(40))
    status: Mapped[EnrolmentStatus] = mapped_column(words(EnrolmentStatus, "status_known"))
    status_since: Mapped[date]
    begins_on: Mapped[date]
    oath_approved_on: Mapped[date | None]

    student: Mapped[Student] = relationship(back_populates="enrolments")

    __table_args__ = (
        CheckConstraint("year BETWEEN 1 AND 8", name="year_plausible"),
        Index(None, "faculty", "programme", "year", "group_name"),
        Index(None, "programme", "year"),
        Index(None, "group_name"),
    )


class Photo(Base):
    """An accepted photo, kept once however often it is used. Sizes in pixels; `content` as stored, in bytes."""

    __tablename__ = "photos"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    stored_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("media_type IN ('image/jpeg', 'image/png')", name="media_type_known"),
        CheckConstraint("width > 0 AND height > 0 AND size > 0", name="has_extent"),
    )


class PhotoSubmission(Base):
    """A photo somebody handed in. A student's own waits for the office; one by the office is accepted at once.

    `reason` tells the student what to correct; `WITHDRAWN`: replaced by a newer one before anybody decided.
    """

    __tablename__ = "photo_submissions"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    photo_sha256: Mapped[str] = mapped_column(ForeignKey("photos.sha256"), index=True)
    status: Mapped[SubmissionStatus] = mapped_column(words(SubmissionStatus, "status_known"))
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))
    reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        Index(
            "uq_photo_submissions_one_waiting",
            "student_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(None, "student_id", "submitted_at"),
        Index(None, "status", "submitted_at"),
        CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="waits_until_decided",
        ),
        CheckConstraint("(status = 'sent_back') = (reason IS NOT NULL)", name="sent_back_for_a_reason"),
    )
