"""Signing in and out, and the answer to whoever must sign in first."""

from datetime import timedelta
from math import ceil

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from portal import clock
from portal.demo.accounts import ACCOUNTS, PASSWORD
from portal.extensions import htmx, login_manager
from portal.models.accounts import Role
from portal.services import accounts, sessions
from portal.services.throttling import Limits
from portal.views import kept_forms, security
from portal.views.addresses import local_path, page_behind
from portal.views.browser_session import begin_session
from portal.views.current import settings, visitor
from portal.views.language import clear_session, settle_language

FIRST_PAGES = {
    Role.STUDENT: "student.page",
    Role.STAFF: "staff_overview.show",
    Role.ADMIN: "admin_overview.show",
}

pages = Blueprint("sign_in", __name__)


def register(app: Flask) -> None:
    """Join the pages to `app` and make them the answer to requests that need a session."""
    app.register_blueprint(pages)
    login_manager.unauthorized_handler(ask_to_sign_in)


@pages.get("/")
@security.signed_in
def home() -> Response:
    """Everybody's first page: the student's mLegitymacja, the office's overview, the administrator's."""
    present = visitor()
    return redirect(url_for(FIRST_PAGES[present.role] if present else "account.show"), code=303)


@pages.get("/logowanie")
@security.public
def show() -> Response:
    """The sign-in form; whoever is signed in goes on to where they wanted to be."""
    onward = local_path(request.args.get("dalej"))
    if visitor() is not None:
        return redirect(onward or url_for("sign_in.home"), code=303)
    return form_page(onward=onward)


@pages.post("/logowanie")
@security.public
def sign_in() -> Response:
    """Sign in; a form that an expired session left unsent is offered again, to the same person only."""
    try:
        newcomer = accounts.sign_in(
            request.form.get("user_name", ""),
            request.form.get("password", ""),
            address=request.remote_addr or "",
            limits=sign_in_limits(),
            lifetime=timedelta(hours=settings().security.session_hours),
            at=clock.real_now(),
            replacing=session.get("_user_id"),
        )
    except accounts.SignInRefused:
        problem = _("Nazwa użytkownika lub hasło się nie zgadza. Sprawdź oba pola i spróbuj ponownie.")
        return form_page_again(422, problem)
    except accounts.SignInThrottled as throttled:
        answer = form_page_again(429, wait_words(throttled.retry_after))
        answer.headers["Retry-After"] = str(ceil(throttled.retry_after.total_seconds()))
        return answer
    settle_language(newcomer)
    begin_session(newcomer)
    unsent = kept_forms.unseal(request.form.get("kept", ""))
    if unsent is not None and not unsent.belongs_to(newcomer):
        return redirect(url_for("sign_in.home"), code=303)  # neither the form nor its page is theirs
    onward = local_path(request.form.get("dalej")) or url_for("sign_in.home")
    if unsent is not None and (unsent.fields or not unsent.files):
        return make_response(render_template("sign_in/unsent_form.html", form=unsent, onward=onward))
    return redirect(onward, code=303)


@pages.post("/wyloguj")
@security.public
def sign_out() -> Response:
    """End this session, here and at the server; whoever's session is over already gets what they wanted."""
    session_id = session.get("_user_id")
    if session_id is not None:
        sessions.sign_out(session_id, clock.real_now())
    return signed_out(_("Wylogowano."))


@pages.post("/wyloguj-wszedzie")
@security.signed_in
def sign_out_everywhere() -> Response:
    """End all sessions of this account, in every browser."""
    present = visitor()
    assert present is not None
    sessions.sign_out_everywhere(present.id, clock.real_now())
    return signed_out(_("Wylogowano ze wszystkich urządzeń."))


def ask_to_sign_in() -> Response:
    """The answer to whoever must sign in first.

    A page redirects to the form and comes back afterwards. A fragment sends the whole browser there. A form is
    answered by the sign-in form, which carries what was typed where the browser vouches that the form was ours.
    """
    if request.method in security.SAFE_METHODS:
        if htmx:
            form = url_for("sign_in.show", dalej=page_behind())
            return Response(status=401, headers={"HX-Redirect": form})
        return redirect(url_for("sign_in.show", dalej=local_path(request.full_path.rstrip("?"))), code=303)
    unsent = kept_forms.present_form() if security.comes_from_here() else None
    kept = kept_forms.seal(unsent) if unsent is not None else None
    problem = _expired_words(kept is not None)
    if not htmx:
        return form_page(401, problem=problem, onward=page_behind(), kept=kept)
    answer = make_response(
        render_template("sign_in/_sign_in_again.html", problem=problem, onward=page_behind(), kept=kept), 401
    )
    answer.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"})
    return answer


def _expired_words(is_kept: bool) -> str:
    if kept_forms.sends_file():
        return str(_("Twoja sesja wygasła. Zaloguj się ponownie, a potem wybierz plik jeszcze raz."))
    if is_kept:
        return str(_("Twoja sesja wygasła. Zaloguj się ponownie, a potem potwierdź wysłanie."))
    return str(_("Twoja sesja wygasła. Zaloguj się ponownie."))


def form_page(
    status: int = 200,
    *,
    problem: str | None = None,
    user_name: str = "",
    onward: str | None = None,
    kept: str | None = None,
) -> Response:
    """The sign-in page. `onward`: where to go afterwards; `kept`: an unsent form travelling along."""
    page = render_template(
        "sign_in/page.html",
        problem=problem,
        user_name=user_name,
        onward=onward,
        kept=kept,
        demo_accounts=[(one.user_name, _(one.situation)) for one in ACCOUNTS] if settings().demo else (),
        demo_password=PASSWORD if settings().demo else None,
    )
    return make_response(page, status)


def form_page_again(status: int, problem: str) -> Response:
    """The sign-in page as it was sent, password excepted."""
    return form_page(
        status,
        problem=problem,
        user_name=request.form.get("user_name", ""),
        onward=local_path(request.form.get("dalej")),
        kept=request.form.get("kept") or None,
    )


def signed_out(message: str) -> Response:
    """Nothing of the session stays in this browser but its language; the sign-in page says `message`."""
    clear_session()
    flash(message)
    answer = redirect(url_for("sign_in.show"), code=303)
    # Not "cookies": that would reach the cookies of the university's other hosts, too.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def sign_in_limits() -> Limits:
    """How many wrong passwords are let through, as the settings say."""
    security_settings = settings().security
    return Limits(
        per_name=security_settings.sign_in_attempts,
        per_address=security_settings.address_attempts,
        window=timedelta(minutes=security_settings.sign_in_window_minutes),
    )


def wait_words(wait: timedelta) -> str:
    """How long to wait after too many wrong passwords."""
    minutes = max(1, ceil(wait.total_seconds() / 60))
    words: str = ngettext(
        "Za dużo nieudanych prób logowania. Spróbuj ponownie za %(num)d minutę.",
        "Za dużo nieudanych prób logowania. Spróbuj ponownie za %(num)d min.",
        minutes,
    )
    return words
