"""Sessions: who is signed in in which browser, known to the server so that it can end them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import structlog
from sqlalchemy import ColumnElement, bindparam, select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role, SignInSession

SESSION_ID_BYTES = 32

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, as one request knows them. Flask-Login's user: its id is the session, not the account.

    `must_change_password`: signed in with a slip; nothing else is theirs to do before they chose a password.
    `panel_operator`: may carry orders to the ministry's panel.
    """

    id: str
    role: Role
    student_id: str | None
    user_name: str = field(repr=False)
    display_name: str = field(repr=False)
    session_id: str = field(repr=False)
    must_change_password: bool = False
    panel_operator: bool = False

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.session_id


def session_is_live(at: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    """What must hold of a session and its account at moment `at`; for queries that join the two."""
    return (
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > at,
        Account.disabled_at.is_(None),
    )


_VISITOR = (
    select(
        Account.id,
        Account.role,
        Account.student_id,
        Account.user_name,
        Account.display_name,
        Account.must_change_password,
        Account.panel_operator,
    )
    .join(SignInSession, SignInSession.account_id == Account.id)
    .where(SignInSession.id_hash == bindparam("id_hash"), *session_is_live(bindparam("at")))
)


def find_visitor(session_id: str, at: datetime) -> Visitor | None:
    """Whose session this is, by one query; None once it ended, its time passed or the account was disabled."""
    row = db.session.execute(_VISITOR, {"id_hash": hash_of(session_id), "at": at}).one_or_none()
    if row is None:
        return None
    return Visitor(
        id=row.id,
        role=row.role,
        student_id=row.student_id,
        user_name=row.user_name,
        display_name=row.display_name,
        session_id=session_id,
        must_change_password=row.must_change_password,
        panel_operator=row.panel_operator,
    )


def hash_of(session_id: str) -> bytes:
    """Under what the table keeps a session: the random id itself is only in the browser's cookie."""
    return hashlib.sha256(session_id.encode()).digest()


def live_sessions(account_id: str, at: datetime) -> list[SignInSession]:
    """The sessions in which an account is signed in at moment `at`, newest first."""
    found = db.session.scalars(
        select(SignInSession)
        .join(Account)
        .where(SignInSession.account_id == account_id, *session_is_live(at))
        .order_by(SignInSession.created_at.desc())
    )
    return list(found)


def open_session(account: Account, lifetime: timedelta, at: datetime) -> Visitor:
    """Begin a session under a fresh random id; part of the caller's transaction."""
    session_id = secrets.token_urlsafe(SESSION_ID_BYTES)
    db.session.add(
        SignInSession(
            id_hash=hash_of(session_id), account_id=account.id, created_at=at, expires_at=at + lifetime
        )
    )
    return Visitor(
        id=account.id,
        role=account.role,
        student_id=account.student_id,
        user_name=account.user_name,
        display_name=account.display_name,
        session_id=session_id,
        must_change_password=account.must_change_password,
        panel_operator=account.panel_operator,
    )


def end_session(session_id: str, at: datetime) -> None:
    """End one session; part of the caller's transaction."""
    _end(SignInSession.id_hash == hash_of(session_id), at)


def end_sessions_of(account_id: str, at: datetime) -> None:
    """End every session of an account; part of the caller's transaction."""
    _end(SignInSession.account_id == account_id, at)


def sign_out(session_id: str, at: datetime) -> None:
    """End one session at the server; ending it again changes nothing."""
    with transaction():
        end_session(session_id, at)
    _log.info("signed_out")


def sign_out_everywhere(account_id: str, at: datetime) -> None:
    """End every session of an account, in whichever browser."""
    with transaction():
        end_sessions_of(account_id, at)
    _log.info("signed_out_everywhere", account=account_id)


def _end(which: ColumnElement[bool], at: datetime) -> None:
    db.session.execute(
        update(SignInSession).where(which, SignInSession.ended_at.is_(None)).values(ended_at=at),
        execution_options={"synchronize_session": False},
    )
