"""Everybody's account page: who is signed in, where, and how to end it."""

from flask import Blueprint, render_template

from portal import clock, texts
from portal.services import sessions
from portal.views import security
from portal.views.current import visitor

pages = Blueprint("account", __name__)


@pages.get("/konto")
@security.signed_in
def show() -> str:
    """Name, role and the browsers in which this account is signed in."""
    present = visitor()
    assert present is not None
    return render_template(
        "account/page.html",
        person=present,
        sessions=sessions.live_sessions(present.id, clock.real_now()),
        this_session=sessions.hash_of(present.session_id),
        texts=texts,
    )
