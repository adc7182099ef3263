"""First passwords on paper: students the register brought get a slip each, and with it a way to sign in."""

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.services import passwords
from portal.services.journal import Subject, record
from portal.services.sessions import end_sessions_of

SLIP_LASTS = timedelta(days=60)
# Copied from paper without doubt: no 0 o, 1 l i. Sixteen of 31 characters are 79 bits: too few for a fast hash (that
# takes 128, a line nobody likes to type), plenty under Argon2id, where guessing a slip costs as much as any password.
SLIP_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SLIP_GROUPS, SLIP_GROUP = 4, 4
SLIPS_PER_QUERY = 500
SLIP_ISSUED = "slip_issued"
NO_PASSWORD, OWN_PASSWORD = "", "own"
HASHED_AT_ONCE = 2  # as many as `passwords` lets through


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one student: a password that works until it is changed at the first sign-in, or ends."""

    account_id: str
    user_name: str = field(repr=False)
    display_name: str = field(repr=False)
    password: str = field(repr=False)
    expires_at: datetime


def password_mark(password_hash: str, expires_at: datetime | None) -> str:
    """What kind of password an account has, as a caller saw it: none, one from a slip (which one), or one's own."""
    if password_hash == passwords.NOTHING_FITS:
        return NO_PASSWORD
    return OWN_PASSWORD if expires_at is None else expires_at.astimezone(UTC).isoformat()


def issue_slips(
    account_ids: Sequence[str], *, at: datetime, actor: str | None = None, seen: str | None = None
) -> list[Slip]:
    """Give students fresh passwords for printing, in the order asked for; they are known only here and now.

    An earlier slip or password stops working and sessions end. With `seen`, only accounts get one whose password is
    still what the caller saw (`password_mark`): of two people who print at once, one gets each slip, and nobody holds
    paper that is worth nothing. Hashing is slow on purpose: ask for a group at a time where somebody waits. Raises
    ValueError for an account that is not a student's, or is disabled.
    """
    wanted = list(dict.fromkeys(account_ids))
    found = _open_student_accounts(wanted)
    if len(found) != len(wanted):
        raise ValueError("slips are for students whose accounts are open")
    slips = [Slip(one, *found[one], _slip_password(), at + SLIP_LASTS) for one in wanted]
    with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
        hashes = list(threads.map(passwords.make_hash, [slip.password for slip in slips]))
    issued = []
    with transaction() as session:
        for slip, fresh_hash in zip(slips, hashes, strict=True):
            account = session.get_one(Account, slip.account_id)
            if seen not in {None, password_mark(account.password_hash, account.password_expires_at)}:
                continue
            issued.append(slip)
            account.password_hash = fresh_hash
            account.must_change_password, account.password_expires_at = True, slip.expires_at
            end_sessions_of(slip.account_id, at)
            record(SLIP_ISSUED, Subject.ACCOUNT, slip.account_id, actor=actor, at=at)
    return issued


def _open_student_accounts(account_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """User name and displayed name of those that are students' and open."""
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(account_ids), SLIPS_PER_QUERY):
        rows = db.session.execute(
            select(Account.id, Account.user_name, Account.display_name).where(
                Account.id.in_(account_ids[start : start + SLIPS_PER_QUERY]),
                Account.role == Role.STUDENT,
                Account.disabled_at.is_(None),
            )
        )
        found.update({account_id: (user_name, shown) for account_id, user_name, shown in rows})
    return found


def _slip_password() -> str:
    groups = ("".join(secrets.choice(SLIP_ALPHABET) for _ in range(SLIP_GROUP)) for _ in range(SLIP_GROUPS))
    return "-".join(groups)
