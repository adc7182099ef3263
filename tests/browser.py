"""A browser for tests: the test client, checking whatever it is answered and sending forms as a browser would."""

import contextvars
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from portal.extensions import db
from tests import pages

WRITING_GETS: frozenset[str] = frozenset()
HEADERS_OF_EVERY_ANSWER = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Request-Id",
    "Cache-Control",
)


class CheckedClient(FlaskClient):
    """Every answer has the headers, every page and fragment keeps the house rules, and no GET writes.

    `checked_page` is the root element of the last page or fragment.
    """

    checked_page: pages.Element

    def __init__(self, app: Flask) -> None:
        super().__init__(app, app.response_class)
        self.writes = 0
        with app.app_context():
            event.listen(db.engine, "begin", self._note_write)

    def _note_write(self, connection: Connection) -> None:
        if connection.get_execution_options().get("portal_writing"):
            self.writes += 1

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as if from another thread: what a test has open around it does not leak in."""
        self.writes = 0
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()  # so that the test sees what the request wrote
        self._check(answer)
        return answer

    def htmx(self, path: str, **kwargs: Any) -> TestResponse:
        """A GET as htmx sends it."""
        return self.get(path, headers={"HX-Request": "true", **kwargs.pop("headers", {})}, **kwargs)

    def post_form(self, page: TestResponse, action: str, *, htmx: bool = False, **typed: Any) -> TestResponse:
        """Fill in and send the form with this `action` on `page`; only fields the form has may be typed."""
        fields, offered = form_fields(page, action), names_offered(page, action)
        assert typed.keys() <= offered, f"the form offers {sorted(offered)}"
        headers = {"HX-Request": "true"} if htmx else {}
        return self.post(action, data={**fields, **typed}, headers=headers)

    def _check(self, answer: TestResponse) -> None:
        missing = [name for name in HEADERS_OF_EVERY_ANSWER if name not in answer.headers]
        assert not missing, f"{answer.request.path} lacks {missing}"
        if answer.request.method in {"GET", "HEAD"}:
            endpoint = self._endpoint(answer)
            assert not self.writes or endpoint in WRITING_GETS, f"{endpoint} writes on a GET"
        if answer.mimetype == "text/html" and answer.request.method != "HEAD" and answer.data:
            # Werkzeug's own redirects carry a page nobody reads.
            if 300 <= answer.status_code < 400:
                return
            check = pages.check_fragment if answer.request.headers.get("HX-Request") else pages.check_page
            self.checked_page = check(answer.text, self.application)

    def _endpoint(self, answer: TestResponse) -> str | None:
        routes = self.application.url_map.bind("localhost")
        return str(routes.match(answer.request.path)[0]) if routes.test(answer.request.path) else None


def form_fields(page: TestResponse, action: str) -> dict[str, str]:
    """What the form with this `action` would send if nobody typed anything."""
    return {
        str(control.get("name")): control.get("value") or control.text
        for control in _controls(page, action)
        if not _is_unticked(control)
    }


def names_offered(page: TestResponse, action: str) -> set[str]:
    """Every name the form with this `action` can send, ticked or not."""
    return {str(control.get("name")) for control in _controls(page, action)}


def _controls(page: TestResponse, action: str) -> list[pages.Element]:
    root, _ = pages.read(page.text)
    forms = [form for form in root.all("form") if form.get("action") == action]
    assert forms, f"no form to {action} on {page.request.path}"
    return [one for one in forms[0].all("input", "textarea", "select") if one.get("name")]


def _is_unticked(control: pages.Element) -> bool:
    return control.get("type") in {"checkbox", "radio"} and "checked" not in control.attributes
