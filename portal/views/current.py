"""What a request knows of itself: the deployment's settings and who is asking."""

from flask import current_app, g
from flask_login import current_user

from portal.services.sessions import Visitor
from portal.settings import Settings


def settings() -> Settings:
    """The settings of the application that answers."""
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


def visitor() -> Visitor | None:
    """Who is signed in, looked up once per request; None for nobody."""
    found = current_user._get_current_object()
    return found if isinstance(found, Visitor) else None


def known_visitor() -> Visitor | None:
    """Who is signed in if that was looked up already: for pages that must not ask the database."""
    found = g.get("_login_user")
    return found if isinstance(found, Visitor) else None
