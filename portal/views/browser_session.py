"""The session of one browser: what its cookie holds, when it begins, and when it was idle for too long."""

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import login_user
from itsdangerous import URLSafeTimedSerializer

from portal import clock
from portal.extensions import login_manager
from portal.services import sessions
from portal.services.sessions import Visitor
from portal.views.current import settings
from portal.views.kept_forms import mark_forms_of
from portal.views.language import clear_session

SEEN = "seen"
SEEN_STEP_SECONDS = 60


class SignedCookies(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies, with what signs them made once instead of for every request."""

    def __init__(self, app: Flask) -> None:
        self._signer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and reads the cookies of `app`."""
        return self._signer


def register(app: Flask) -> None:
    """Let `app` know its visitors by their sessions."""
    app.session_interface = SignedCookies(app)
    # What init_app does, without its look for a "remember me" cookie after every request: there is none.
    app.login_manager = login_manager  # type: ignore[attr-defined]  # Flask-Login's own place on the application
    login_manager.session_protection = None  # it would put a fingerprint of the browser into the cookie
    login_manager.user_loader(_load_visitor)


def begin_session(newcomer: Visitor) -> None:
    """Make `newcomer` the visitor of this browser: a clean cookie; of the old, its language stays."""
    clear_session()
    login_user(newcomer)
    for unused in ("_id", "_fresh"):
        session.pop(unused, None)
    mark_forms_of(newcomer)
    keep_alive()


def present_session_id() -> str | None:
    """The session this browser presents, or None if it presents none or was idle for too long.

    Whether the session still lives, the table says; for views that join it into a query of their own.
    """
    session_id: str | None = session.get("_user_id")
    return None if _idle_for_too_long() else session_id


def keep_alive() -> None:
    """This visit counts: the time of being idle begins anew."""
    now = int(clock.real_now().timestamp())
    if now - int(session.get(SEEN, 0)) >= SEEN_STEP_SECONDS:
        session[SEEN] = now


def _load_visitor(session_id: str) -> Visitor | None:
    return None if _idle_for_too_long() else sessions.find_visitor(session_id, clock.real_now())


def _idle_for_too_long() -> bool:
    # Kept in the signed cookie, so that looking at pages writes nothing to the database.
    idle_seconds = clock.real_now().timestamp() - float(session.get(SEEN, 0))
    return idle_seconds > settings().security.idle_minutes * 60
