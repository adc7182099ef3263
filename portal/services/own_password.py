"""Somebody signed in chooses a new password: the first one of their own after a slip, or another."""

from datetime import datetime, timedelta

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account
from portal.services import passwords, throttling
from portal.services.accounts import SignInThrottled
from portal.services.journal import Subject, record
from portal.services.sessions import Visitor, end_sessions_of, open_session
from portal.services.throttling import Limits


class WrongPassword(Exception):
    """The present password is not what was typed."""


class SamePassword(Exception):
    """The new password is the present one."""


def change_own_password(
    account_id: str,
    present: str,
    fresh: str,
    *,
    university: str,
    address: str,
    limits: Limits,
    lifetime: timedelta,
    at: datetime,
) -> Visitor:
    """Keep `fresh` as the password, end every session of the account and open a new one, which is answered.

    `present` is asked for again: an unattended browser must not be enough to take an account over; wrong ones count
    as failed sign-ins. Raises PasswordRefused, SamePassword, WrongPassword, accounts.SignInThrottled.
    """
    account = db.session.get_one(Account, account_id)
    user_name, kept_hash = account.user_name, account.password_hash
    passwords.check(fresh, context=(user_name, account.display_name, university))
    fits = passwords.verify(kept_hash, present)
    same = present == fresh
    fresh_hash = passwords.make_hash(fresh) if fits and not same else ""
    with transaction() as session:
        wait = throttling.name_waits_until(user_name, limits, at)
        account = session.get_one(Account, account_id)
        visitor = None
        if not fits or account.password_hash != kept_hash:
            throttling.count_failure(user_name, address, limits, at)
        elif wait is None and not same:
            account.password_hash = fresh_hash
            account.must_change_password, account.password_expires_at = False, None
            end_sessions_of(account_id, at)
            visitor = open_session(account, lifetime, at)
            record("password_changed", Subject.ACCOUNT, account_id, actor=account_id, at=at)
    if wait is not None:
        raise SignInThrottled(wait - at)
    if visitor is None:
        # Only now: while the name waits, nobody learns whether a guess fits.
        raise SamePassword if fits and same else WrongPassword
    return visitor
