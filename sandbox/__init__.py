"""The ministry and the phone, imitated: for demonstrations and tests, on this machine only.

A small application of its own with storage of its own. It speaks the contract of docs/ministry-openapi.yaml,
which is this project's and not the ministry's. Nothing it issues is a document.
"""

from pathlib import Path

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from sandbox import contract, operator, operator_page, pages, panel_page, phone, phone_pages, phone_steps
from sandbox.control import Control
from sandbox.forms import answer_with_error, answer_with_refusal
from sandbox.register import Refusal
from sandbox.storage import Storage


def create_app(
    storage: Path,
    token: str | None = None,
    *,
    university: str = "Uniwersytet Przykładowy",
    control: Control | None = None,
) -> Flask:
    """The sandbox on the database file `storage`, made if it does not exist.

    `token` is the bearer token the contract then demands. `control` is how a new storage begins; an existing
    one goes on as it was left. `university` stands on the cards. It answers only to this machine's own names,
    so that no web page can reach it through a name of its own (DNS rebinding).
    """
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.config["MAX_CONTENT_LENGTH"] = 64_000_000
    app.extensions["sandbox_storage"] = Storage(storage, control or Control())
    app.extensions["sandbox_token"] = token
    app.extensions["sandbox_university"] = university
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {"day": pages.written_day, "moment": pages.written_moment}
    app.jinja_env.globals["count"] = pages.written_count
    for part in (contract, operator, operator_page, panel_page, phone, phone_pages, phone_steps):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(Refusal, answer_with_refusal)
    app.register_error_handler(HTTPException, _answer)
    return app


def _answer(error: HTTPException) -> Response | tuple[Response, int]:
    """A page for people who lost their way, JSON for programs."""
    by_person = "text/html" in request.accept_mimetypes.values()
    lost = error.code in (404, 405) and by_person
    return pages.show_error(error) if lost else answer_with_error(error)
