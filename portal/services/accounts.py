"""Local accounts: sign in, add, set a password, disable. Passwords are hashed outside every transaction."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.services import journal, passwords, throttling
from portal.services.journal import Subject
from portal.services.sessions import Visitor, end_session, end_sessions_of, open_session
from portal.services.throttling import Limits

LONGEST_USER_NAME = 80

_log = structlog.get_logger()


class SignInRefused(Exception):
    """User name and password do not belong together, or the account is disabled; nobody learns which."""


class SignInThrottled(Exception):
    """Too many failures; `retry_after` is how long to wait. The same whether or not the name exists."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(str(retry_after))
        self.retry_after = retry_after


class AccountUnknown(Exception):
    """The office has no account of this user name."""


class UserNameTaken(Exception):
    """There is an account of this user name already."""


class UserNameUnfit(Exception):
    """Nobody could type this user name at sign-in: empty, too long, or with invisible characters."""


def sign_in(
    user_name: str,
    password: str,
    *,
    address: str,
    limits: Limits,
    lifetime: timedelta,
    at: datetime,
    replacing: str | None = None,
) -> Visitor:
    """Open a session for whoever proves to be `user_name`; `replacing` is the browser's earlier session, if any.

    1. An address with too many failures is turned away before anything is computed.
    2. One verification: against the kept hash or, without an open account of that name, against a stand-in.
    3. One transaction decides. A throttled name is refused even with the right password, so that guessing in
       parallel gains nothing; so is an account changed since the verification. A failure is counted.

    Raises SignInRefused or SignInThrottled.
    """
    name = _same_form(user_name)
    _refuse_if_waiting(throttling.address_waits_until(address, limits, at), at)
    kept_hash = _open_hash_of(name, at)
    fits = passwords.verify(kept_hash, password)
    fresh_hash = (
        passwords.make_hash(password) if fits and passwords.needs_rehash(str(kept_hash)) else kept_hash
    )
    with transaction():
        wait = throttling.name_waits_until(name, limits, at)
        account = _still_open(name, kept_hash) if fits and wait is None else None
        visitor = None
        if account is None:
            throttling.count_failure(name, address, limits, at)
        else:
            account.password_hash = str(fresh_hash)
            throttling.forget_name(name)
            visitor = _replace_session(replacing, account, lifetime, at)
    _refuse_if_waiting(wait, at)
    if visitor is None:
        _log.warning("sign_in_refused")
        raise SignInRefused
    _log.info("signed_in", account=visitor.id, role=visitor.role.value)
    return visitor


def add_account(
    user_name: str,
    password: str,
    *,
    role: Role,
    display_name: str,
    university: str,
    at: datetime,
    actor: str | None = None,
    panel_operator: bool = False,
) -> str:
    """Add a local account of the office or of an administrator and answer its id.

    Students' accounts come with the register, not from here. `panel_operator`: of the office only.
    Raises PasswordRefused, UserNameUnfit, UserNameTaken.
    """
    assert role is not Role.STUDENT
    name = _same_form(user_name)
    if not _can_be_typed(name):
        raise UserNameUnfit
    passwords.check(password, context=(name, display_name, university))
    account = Account(
        user_name=name,
        display_name=display_name,
        role=role,
        password_hash=passwords.make_hash(password),
        panel_operator=panel_operator,
    )
    account_id: str = account.id
    try:
        with transaction() as session:
            session.add(account)
            session.flush()
            journal.record("account_added", Subject.ACCOUNT, account_id, actor=actor, at=at)
            if panel_operator:
                journal.record("panel_right_given", Subject.ACCOUNT, account_id, actor=actor, at=at)
    except IntegrityError as clash:
        raise UserNameTaken from clash
    return account_id


def set_password(
    account_id: str, password: str, *, university: str, at: datetime, actor: str | None = None
) -> None:
    """Give an account a new password and end all its sessions. Raises PasswordRefused."""
    account = db.session.get_one(Account, account_id)
    passwords.check(password, context=(account.user_name, account.display_name, university))
    fresh_hash = passwords.make_hash(password)
    with transaction() as session:
        account = session.get_one(Account, account_id)
        account.password_hash = fresh_hash
        account.must_change_password, account.password_expires_at = False, None
        end_sessions_of(account_id, at)
        journal.record("password_set", Subject.ACCOUNT, account_id, actor=actor, at=at)


def disable_account(account_id: str, *, at: datetime, actor: str | None = None) -> None:
    """Shut an account: its sessions end with this commit and nobody signs in to it any more."""
    with transaction() as session:
        session.get_one(Account, account_id).disabled_at = at
        end_sessions_of(account_id, at)
        journal.record("account_disabled", Subject.ACCOUNT, account_id, actor=actor, at=at)


def let_operate_panel(user_name: str, *, allowed: bool, at: datetime, actor: str | None = None) -> None:
    """Give somebody of the office the right to carry orders to the ministry's panel, or take it away.

    Said again it changes nothing. Raises AccountUnknown where the office has no such account.
    """
    with transaction() as session:
        account = session.scalar(
            select(Account).where(Account.user_name == _same_form(user_name), Account.role == Role.STAFF)
        )
        if account is None:
            raise AccountUnknown
        if account.panel_operator is allowed:
            return
        account.panel_operator = allowed
        if allowed:
            journal.record("panel_right_given", Subject.ACCOUNT, account.id, actor=actor, at=at)
        else:
            journal.record("panel_right_taken", Subject.ACCOUNT, account.id, actor=actor, at=at)


def _not_ended(at: datetime) -> ColumnElement[bool]:
    return or_(Account.password_expires_at.is_(None), Account.password_expires_at > at)


def _same_form(user_name: str) -> str:
    return user_name.strip().lower()


def _can_be_typed(name: str) -> bool:
    return 0 < len(name) <= LONGEST_USER_NAME and name.isprintable()


def _open_hash_of(name: str, at: datetime) -> str | None:
    """The hash an account of this name keeps; None if there is no such account, it is disabled or its slip ended."""
    # A name no account can have is not taken to the database, which may not even accept its characters.
    known = name if _can_be_typed(name) else ""
    return db.session.scalar(
        select(Account.password_hash).where(
            Account.user_name == known, Account.disabled_at.is_(None), _not_ended(at)
        )
    )


def _still_open(name: str, kept_hash: str | None) -> Account | None:
    """The account whose password was verified, unless it was disabled or got another password since."""
    return db.session.scalar(
        select(Account).where(
            Account.user_name == name, Account.disabled_at.is_(None), Account.password_hash == kept_hash
        )
    )


def _replace_session(replacing: str | None, account: Account, lifetime: timedelta, at: datetime) -> Visitor:
    if replacing is not None:
        end_session(replacing, at)
    return open_session(account, lifetime, at)


def _refuse_if_waiting(wait: datetime | None, at: datetime) -> None:
    if wait is not None:
        _log.warning("sign_in_throttled")
        raise SignInThrottled(wait - at)
