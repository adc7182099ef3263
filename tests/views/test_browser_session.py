"""The session of one browser: what it holds, and every way in which it ends."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.accounts import SignInSession
from portal.services.accounts import disable_account
from tests.browser import CheckedClient
from tests.people import make_office

SignIn = Callable[..., CheckedClient]


def is_signed_in(client: CheckedClient) -> bool:
    return client.get("/konto").status_code == 200


def live_sessions() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(SignInSession).where(SignInSession.ended_at.is_(None))).all())


def test_signing_out_ends_the_session_at_the_server(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    kept = client.get_cookie("session")
    assert kept is not None
    client.post_form(client.get("/konto"), "/wyloguj")
    client.set_cookie("session", kept.value)
    assert not is_signed_in(client)
    assert live_sessions() == 0


def test_disabling_an_account_signs_it_out_with_the_next_request(
    client: CheckedClient, sign_in: SignIn
) -> None:
    office = make_office()
    sign_in(office)
    assert is_signed_in(client)
    disable_account(office.id, at=clock.real_now())
    assert not is_signed_in(client)


def test_an_idle_session_is_over_and_one_in_use_is_not(client: CheckedClient, sign_in: SignIn) -> None:
    office = make_office()
    with time_machine.travel("2026-11-20 08:00:00Z", tick=False) as traveller:
        sign_in(office)
        for _ in range(3):
            traveller.shift(59 * 60)
            assert is_signed_in(client)
        traveller.shift(62 * 60)
        assert not is_signed_in(client)


def test_a_session_in_use_ends_with_its_lifetime(client: CheckedClient, sign_in: SignIn) -> None:
    office = make_office()
    with time_machine.travel("2026-11-20 08:00:00Z", tick=False) as traveller:
        sign_in(office)
        for _ in range(23):
            traveller.shift(30 * 60)
            assert is_signed_in(client)
        traveller.shift(30 * 60)
        assert not is_signed_in(client)


def test_the_moved_calendar_of_a_demonstration_ends_no_session(
    client: CheckedClient, sign_in: SignIn
) -> None:
    sign_in(make_office())
    clock.move_to(timedelta(days=100))
    assert is_signed_in(client)


def test_a_cookie_is_not_written_again_at_every_page(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    client.get("/konto")
    assert "Set-Cookie" not in client.get("/konto").headers


def test_the_cookie_holds_the_session_and_the_token_and_nothing_about_the_person(
    app: Flask, client: CheckedClient, sign_in: SignIn
) -> None:
    sign_in(make_office())
    client.get("/konto")
    with client.session_transaction() as kept:
        assert set(kept) == {"_user_id", "csrf_token", "seen", "language"}


def test_signing_in_changes_the_session_and_the_token(client: CheckedClient, database: SQLAlchemy) -> None:
    office = make_office().user_name
    page = client.get("/logowanie")
    with client.session_transaction() as kept:
        before = dict(kept)
    client.post_form(page, "/logowanie", user_name=office, password="spokojna-rzeka-1812")
    with client.session_transaction() as kept:
        assert kept["_user_id"]
        assert kept.get("csrf_token") != before["csrf_token"]


def test_a_made_up_or_altered_cookie_is_nobody(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    kept = client.get_cookie("session")
    assert kept is not None
    for value in ("made-up", kept.value[:-2], "x" + kept.value, ""):
        client.set_cookie("session", value)
        assert not is_signed_in(client)
