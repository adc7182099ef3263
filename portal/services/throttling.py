"""Slowing down the guessing of passwords: failures are counted per user name and per address, in the database.

Every use of this module is inside the transaction that decides about the sign-in, so parallel guesses are counted
one after the other.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, insert, select, update

from portal.extensions import db
from portal.models.accounts import SignInThrottle
from portal.models.sealed import keyring

IPV6_NEIGHBOURS = 64  # one household or one dormitory room gets a whole network of this prefix


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures within `window` are let through, for one user name and for one address."""

    per_name: int
    per_address: int
    window: timedelta


def name_waits_until(user_name: str, limits: Limits, at: datetime) -> datetime | None:
    """When this name is let through again, or None if it is now; whether such an account exists plays no part."""
    return _waits_until(_subject_of_name(user_name), limits.per_name, limits.window, at)


def address_waits_until(address: str, limits: Limits, at: datetime) -> datetime | None:
    """When this address is let through again, or None if it is now."""
    return _waits_until(_subject_of_address(address), limits.per_address, limits.window, at)


def count_failure(user_name: str, address: str, limits: Limits, at: datetime) -> None:
    """Count one failure for the name and one for the address; rows whose window has passed are removed.

    Failures while the name waits count for the address only: nobody can keep somebody else out for ever.
    """
    db.session.execute(delete(SignInThrottle).where(SignInThrottle.window_began_at <= at - limits.window))
    if name_waits_until(user_name, limits, at) is None:
        _count(_subject_of_name(user_name), at)
    _count(_subject_of_address(address), at)


def forget_name(user_name: str) -> None:
    """Forget the failures of a name: its owner has signed in."""
    subject = _subject_of_name(user_name)
    db.session.execute(delete(SignInThrottle).where(SignInThrottle.subject == subject))


def _subject_of_name(user_name: str) -> bytes:
    return keyring().blind_index(f"sign-in name {user_name}")


def _subject_of_address(address: str) -> bytes:
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return keyring().blind_index("sign-in address unknown")
    if isinstance(place, ipaddress.IPv6Address):
        place = ipaddress.ip_network((place, IPV6_NEIGHBOURS), strict=False).network_address
    return keyring().blind_index(f"sign-in address {place}")


def _waits_until(subject: bytes, limit: int, window: timedelta, at: datetime) -> datetime | None:
    row = db.session.execute(
        select(SignInThrottle.window_began_at, SignInThrottle.failures).where(
            SignInThrottle.subject == subject
        )
    ).one_or_none()
    if row is None:
        return None
    window_began_at, failures = row
    return window_began_at + window if failures >= limit and window_began_at + window > at else None


def _count(subject: bytes, at: datetime) -> None:
    counted = db.session.execute(
        update(SignInThrottle)
        .where(SignInThrottle.subject == subject)
        .values(failures=SignInThrottle.failures + 1)
    )
    assert isinstance(counted, CursorResult)
    if counted.rowcount == 0:
        db.session.execute(insert(SignInThrottle).values(subject=subject, window_began_at=at, failures=1))
