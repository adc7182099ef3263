"""A demonstration's mail: what students and the office would have found in their letter boxes.

Joined to a demonstration only: its people are invented.
"""

from uuid import UUID

from flask import Blueprint, Flask, abort, render_template

from portal import texts
from portal.mail import files
from portal.mail.letters import STYLE_SHEET
from portal.views.current import settings
from portal.views.security import public
from portal.views.static_files import static_url

pages = Blueprint("demo_mail", __name__)


def register(app: Flask, *, demo: bool) -> None:
    """Join the pages to a demonstration; in any case let every page ask whether they are there."""
    if demo:
        app.register_blueprint(pages)
    app.jinja_env.globals["has_demo_mail"] = demo


@pages.get("/demo/poczta")
@public
def index() -> str:
    """The letters sent last, the newest first."""
    letters = files.kept_letters(settings().instance / files.FOLDER)
    return render_template("demo_mail/list.html", letters=letters, texts=texts)


@pages.get("/demo/poczta/<uuid:letter_id>")
@public
def show(letter_id: UUID) -> str:
    """One letter in both forms."""
    letter = files.kept_letter(settings().instance / files.FOLDER, letter_id)
    if letter is None:
        abort(404)
    return render_template("demo_mail/letter.html", letter=letter, framed=_framed(letter.html), texts=texts)


def _framed(html: str) -> str:
    """The letter for a frame within our page: its style sheet comes as a file, since nothing inline is allowed."""
    sheet = f'<base target="_top"><link rel="stylesheet" href="{static_url(STYLE_SHEET)}">'
    before, _opened, styled = html.partition("<style>")
    _style, _closed, after = styled.partition("</style>")
    return before + sheet + after
