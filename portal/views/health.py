"""Whether this web process can do its work, for whoever watches over it."""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db
from portal.views.security import public

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
def healthz() -> Response:
    """200 „ok” while the database answers, else 503; sets no cookie and tells nothing more."""
    try:
        db.session.execute(text("SELECT 1 FROM deployment")).one()
    except SQLAlchemyError:
        return Response("database unavailable\n", 503, content_type="text/plain; charset=utf-8")
    return Response("ok\n", content_type="text/plain; charset=utf-8")
