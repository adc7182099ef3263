"""Who may sign in, their sessions, and the counters that slow guessing down."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import ID, Base, words
from portal.models.people import Student


class Role(StrEnum):
    """What an account may do: one audience each."""

    STUDENT = "student"
    STAFF = "staff"
    ADMIN = "admin"


class Account(Base):
    """A way to sign in. A student's account belongs to that student and sees nothing else.

    `must_change_password`: the password was given by the office on a slip; it ends at `password_expires_at`.
    `panel_operator`: may carry orders to the ministry's panel, which means files with PESEL numbers.
    """

    __tablename__ = "accounts"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_name: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(words(Role, "role_known"))
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"), unique=True)
    disabled_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    password_expires_at: Mapped[datetime | None]
    panel_operator: Mapped[bool] = mapped_column(default=False, server_default=false())

    student: Mapped[Student | None] = relationship()

    __table_args__ = (
        CheckConstraint("(role = 'student') = (student_id IS NOT NULL)", name="students_have_a_student"),
        CheckConstraint("role = 'staff' OR NOT panel_operator", name="only_staff_operate_the_panel"),
    )


class SignInSession(Base):
    """One sign-in on one browser. `id_hash`: SHA-256 of the random id in the cookie; ended here, it is over."""

    __tablename__ = "sessions"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class SignInThrottle(Base):
    """Failed sign-ins within the present window, per `subject`: a keyed hash of a user name or an address."""

    __tablename__ = "sign_in_throttles"

    subject: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    window_began_at: Mapped[datetime] = mapped_column(index=True)
    failures: Mapped[int]
