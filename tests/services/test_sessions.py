"""Sessions end when they should, at the server."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account
from portal.services.sessions import (
    Visitor,
    find_visitor,
    live_sessions,
    open_session,
    sign_out,
    sign_out_everywhere,
)
from tests.people import make_account

pytestmark = pytest.mark.usefixtures("database")

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def open_for(account: Account, at: datetime = AT) -> Visitor:
    with transaction():
        return open_session(account, 12 * HOUR, at)


def test_a_session_lives_until_its_lifetime_has_passed() -> None:
    visitor = open_for(make_account())
    assert find_visitor(visitor.session_id, AT + 12 * HOUR - timedelta(seconds=1)) == visitor
    assert find_visitor(visitor.session_id, AT + 12 * HOUR) is None


def test_signing_out_ends_one_session_and_no_other() -> None:
    account = make_account()
    here, there = open_for(account), open_for(account)
    sign_out(here.session_id, AT)
    assert find_visitor(here.session_id, AT) is None
    assert find_visitor(there.session_id, AT) == there


def test_signing_out_everywhere_ends_all_of_one_account_and_nobody_else_s() -> None:
    account = make_account()
    mine = [open_for(account), open_for(account)]
    other = open_for(make_account())
    sign_out_everywhere(account.id, AT)
    assert [find_visitor(visitor.session_id, AT) for visitor in mine] == [None, None]
    assert find_visitor(other.session_id, AT) == other


def test_signing_out_twice_keeps_the_first_moment() -> None:
    account = make_account()
    visitor = open_for(account)
    sign_out(visitor.session_id, AT)
    sign_out(visitor.session_id, AT + HOUR)
    assert live_sessions(account.id, AT) == []


def test_an_unknown_session_belongs_to_nobody() -> None:
    open_for(make_account())
    assert find_visitor("made up", AT) is None


def test_the_live_sessions_of_an_account_are_listed_newest_first() -> None:
    account = make_account()
    open_for(account, AT - 20 * HOUR)
    older, newer = open_for(account, AT - HOUR), open_for(account, AT)
    sign_out(open_for(account).session_id, AT)
    open_for(make_account())
    begun = [session.created_at for session in live_sessions(account.id, AT)]
    assert begun == [AT, AT - HOUR]
    assert find_visitor(older.session_id, AT) is not None
    assert find_visitor(newer.session_id, AT) is not None


def test_a_visitor_is_found_by_one_query() -> None:
    visitor = open_for(make_account())
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    find_visitor(visitor.session_id, AT)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1
