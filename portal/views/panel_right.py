"""The panel's pages are for people of the office who have the right: what they download holds PESEL numbers."""

from flask import Blueprint, Response, abort, make_response, render_template, url_for

from portal.extensions import htmx
from portal.views.current import settings, visitor


def panel_pages(name: str, import_name: str, below: str = "") -> Blueprint:
    """A blueprint of pages under `/dziekanat/panel`; where the ministry is reached otherwise, there are none."""
    pages = Blueprint(name, import_name, url_prefix=f"/dziekanat/panel{below}")
    pages.before_request(_only_operators)
    return pages


def sees_panel() -> bool:
    """Whether whoever is signed in finds the panel's pages among the office's."""
    present = visitor()
    return settings().ministry.by_panel and present is not None and present.panel_operator


def _only_operators() -> Response | None:
    if not settings().ministry.by_panel:
        abort(404)
    present = visitor()
    assert present is not None, "the route's guard comes first"
    if present.panel_operator:
        return None
    if htmx:
        return Response(status=403, headers={"HX-Redirect": url_for("staff_panel.show")})
    page = render_template("staff/panel/no_right.html", user_name=present.user_name)
    return make_response(page, 403)
