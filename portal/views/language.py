"""In which language this browser is answered.

Its session remembers the language: what the student chose last, or the switch before anybody signed in. Where neither
was ever used the browser's own wish decides: asked for by every page until somebody signs in, and once as they do,
so that an open page and its polls agree for as long as they are signed in. The office's and the administrator's pages
speak Polish only.
"""

from flask import Flask, has_request_context, request, session
from flask_babel import get_babel, gettext

from portal.rules.language import Language
from portal.services.languages import choose_language, chosen_language
from portal.services.sessions import Visitor
from portal.settings_groups import THE_OFFICE
from portal.views.current import settings

SPOKEN = "language"
WISHED = "language_wished"
SESSION_ID = "_user_id"  # Flask-Login's own


def register(app: Flask) -> None:
    """Let every word of `app` be said in the language of who asks."""
    get_babel(app).locale_selector = present_language
    app.jinja_env.globals["help_contact"] = help_contact


def present_language() -> Language:
    """The language of this request's answer; Polish outside requests."""
    if not has_request_context():
        return Language.POLISH
    spoken = session.get(SPOKEN)
    if spoken in set(Language):
        return Language(spoken)
    return Language.POLISH if SESSION_ID in session else _wish_of_the_browser()


def speak(language: Language) -> None:
    """Answer this browser in that language from the next word on; call it before the first."""
    session[SPOKEN] = language.value


def wish(language: Language) -> None:
    """The same for somebody not signed in yet: whoever signs in next here chose it."""
    speak(language)
    session[WISHED] = True


def settle_language(newcomer: Visitor) -> None:
    """Before `newcomer`'s session begins: speak their language from now on.

    Students who used the switch before signing in chose by that; so did who comes with a password from a slip and was
    just asked to sign in in that language. Whoever never chose is answered as their browser wishes.
    """
    if newcomer.student_id is None:
        speak(Language.POLISH)
    elif session.get(WISHED) or newcomer.must_change_password:
        language = present_language()
        choose_language(newcomer.student_id, language)
        speak(language)
    else:
        speak(chosen_language(newcomer.student_id) or _wish_of_the_browser())


def clear_session() -> None:
    """Nothing of the session stays in this browser but the language it was answered in."""
    spoken = session.get(SPOKEN)
    session.clear()
    if spoken is not None:
        session[SPOKEN] = spoken


def help_contact() -> str:
    """Where help is, as the settings say; the dean's office by its name in the reader's language."""
    contact = settings().university.help_contact
    return str(gettext("dziekanat")) if contact == THE_OFFICE else contact


def _wish_of_the_browser() -> Language:
    # The first language of the browser's list that we speak, whatever its region: „pl-PL, en” is Polish.
    for tag, quality in request.accept_languages:
        spoken = tag.partition("-")[0].lower()
        if quality > 0 and spoken in set(Language):
            return Language(spoken)
    return Language.POLISH
