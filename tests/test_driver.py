"""Reading one row straight from the driver, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.database import transaction
from portal.driver import moment, read_one
from portal.extensions import db
from portal.models.accounts import SignInSession
from portal.services.sessions import hash_of
from tests.people import make_account


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    instance = request.getfixturevalue("instance")
    return f"sqlite:///{instance / 'portal.sqlite'}"


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def a_session(expires_at: datetime) -> bytes:
    account_id, digest = make_account().id, hash_of("some session")
    with transaction() as session:
        session.add(
            SignInSession(
                id_hash=digest, account_id=account_id, created_at=clock.real_now(), expires_at=expires_at
            )
        )
    return digest


LIVE = "SELECT expires_at FROM sessions WHERE id_hash = {mark} AND expires_at > {mark}"


def test_moments_compare_and_come_back_as_they_were_written() -> None:
    expires_at = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
    digest = a_session(expires_at)

    row = read_one(LIVE, digest, expires_at - timedelta(microseconds=1))

    assert row is not None
    assert moment(row[0]) == expires_at
    assert read_one(LIVE, digest, expires_at) is None


def test_nothing_found_is_none() -> None:
    assert read_one(LIVE, b"nobody", clock.real_now()) is None


def test_no_transaction_stays_open_behind_it() -> None:
    a_session(clock.real_now())
    read_one("SELECT count(*) FROM sessions WHERE id_hash <> {mark}", b"x")

    with transaction() as session:
        session.execute(text("DELETE FROM sessions"))
    row = read_one("SELECT count(*) FROM sessions WHERE id_hash <> {mark}", b"x")
    assert row == (0,)
