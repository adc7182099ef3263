"""The switch „Polski / English” on top of every page of students and of whoever is not signed in."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug import Response

from portal.rules.language import Language
from portal.services.languages import choose_language
from portal.views import security
from portal.views.addresses import page_behind
from portal.views.current import visitor
from portal.views.language import present_language, speak, wish

NAMES = {Language.POLISH: "Polski", Language.ENGLISH: "English"}
"""Each in its own words, so that its readers find it."""

pages = Blueprint("language_switch", __name__)


def other_language() -> Language:
    """The language the present page can be had in besides its own."""
    (other,) = set(Language) - {present_language()}
    return other


@pages.post("/jezyk")
@security.public
def choose() -> Response:
    """Speak the chosen language, here and, to a student, wherever they sign in; then back to where they were."""
    chosen = request.form.get("language")
    if chosen not in set(Language):
        abort(400)
    present = visitor()
    if present is None:
        wish(Language(chosen))
    elif present.student_id is not None:
        choose_language(present.student_id, Language(chosen))
        speak(Language(chosen))
    return redirect(page_behind() or url_for("sign_in.home"), code=303)
