"""„Zmień hasło”: everybody's, and the only page of whoever signed in with a slip."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from werkzeug import Response

from portal import clock
from portal.services import own_password, passwords
from portal.services.accounts import SignInThrottled
from portal.services.passwords import PasswordFault, PasswordRefused
from portal.views.browser_session import begin_session
from portal.views.current import settings, visitor
from portal.views.security import signed_in_by_slip
from portal.views.sign_in import sign_in_limits, wait_words

FAULTS: dict[PasswordFault, LazyString] = {
    PasswordFault.TOO_SHORT: lazy_gettext(
        "Nowe hasło jest za krótkie: potrzeba co najmniej %(least)s znaków. Kilka słów wystarczy.",
        least=passwords.MIN_LENGTH,
    ),
    PasswordFault.TOO_LONG: lazy_gettext(
        "Nowe hasło jest za długie: może mieć najwyżej %(most)s znaków.", most=passwords.MAX_LENGTH
    ),
    PasswordFault.COMMON: lazy_gettext(
        "Nowe hasło łatwo zgadnąć: składa się z popularnych słów lub powtórzeń. Ułóż inne."
    ),
    PasswordFault.SPEAKS_OF_ACCOUNT: lazy_gettext(
        "Nowe hasło łatwo zgadnąć: składa się z Twojego nazwiska, nazwy konta albo nazwy uczelni. Ułóż inne."
    ),
}

SAME = lazy_gettext("Nowe hasło jest takie samo jak obecne. Ułóż inne.")
SAME_AS_SLIP = lazy_gettext("Nowe hasło jest takie samo jak hasło z kartki. Ułóż inne.")
WRONG = lazy_gettext("Obecne hasło się nie zgadza. Wpisz je jeszcze raz.")
WRONG_SLIP = lazy_gettext("Hasło z kartki się nie zgadza. Przepisz je jeszcze raz.")

pages = Blueprint("own_password", __name__)


@pages.get("/haslo")
@signed_in_by_slip
def show() -> str:
    """The form."""
    return _form()


@pages.post("/haslo")
@signed_in_by_slip
def change() -> Response:
    """Take the new password; this browser stays signed in, all others are signed out."""
    present = visitor()
    assert present is not None
    by_slip = present.must_change_password
    fresh = request.form.get("new_password", "")
    if fresh != request.form.get("again", ""):
        return _again(_("Nowe hasło i jego powtórzenie różnią się. Wpisz je jeszcze raz."))
    try:
        newcomer = own_password.change_own_password(
            present.id,
            request.form.get("password", ""),
            fresh,
            university=settings().university.name,
            address=request.remote_addr or "",
            limits=sign_in_limits(),
            lifetime=timedelta(hours=settings().security.session_hours),
            at=clock.real_now(),
        )
    except PasswordRefused as refused:
        return _again(str(FAULTS[refused.fault]))
    except own_password.SamePassword:
        return _again(str(SAME_AS_SLIP if by_slip else SAME))
    except own_password.WrongPassword:
        return _again(str(WRONG_SLIP if by_slip else WRONG))
    except SignInThrottled as throttled:
        return _again(wait_words(throttled.retry_after), status=429)
    begin_session(newcomer)
    if by_slip:
        flash(_("Hasło zostało ustalone. Od teraz loguj się nim, kartka nie będzie już potrzebna."))
    else:
        flash(_("Hasło zostało zmienione. Na innych urządzeniach nastąpiło wylogowanie."))
    return redirect(url_for("sign_in.home"), code=303)


def _again(problem: str, status: int = 422) -> Response:
    """The form once more; passwords are typed anew."""
    return make_response(_form(problem), status)


def _form(problem: str | None = None) -> str:
    present = visitor()
    assert present is not None
    return render_template(
        "own_password/page.html",
        problem=problem,
        by_slip=present.must_change_password,
        user_name=present.user_name,
        least=passwords.MIN_LENGTH,
        most=passwords.MAX_LENGTH,
    )
