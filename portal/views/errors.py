"""Answers when something is in the way: a page or a fragment, in plain words, with the right status.

Every one leaves a log line with ids only: neither the address (people paste things into it) nor what was typed.
"""

import traceback
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, make_response, render_template, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug import Response
from werkzeug.exceptions import HTTPException, SecurityError, ServiceUnavailable

from portal.extensions import htmx
from portal.views import kept_forms, security, sign_in
from portal.views.addresses import page_behind
from portal.views.current import known_visitor, visitor
from portal.views.kept_forms import KeptForm

RETRY_AFTER_SECONDS = 5
# PostgreSQL's classes and codes for "not now": connection, resources, operator, lock.
BUSY_STATES = ("08", "53", "57", "55P03")
BUSY_SQLITE = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN"})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Words:
    """What is in the way, and what to do about it."""

    title: LazyString
    advice: LazyString


WORDS = {
    400: Words(
        _("Nie udało się tego odczytać"),
        _("Wróć do poprzedniej strony, odśwież ją i spróbuj ponownie."),
    ),
    401: Words(_("Zaloguj się"), _("Ta strona jest dostępna po zalogowaniu.")),
    403: Words(
        _("Nie masz dostępu do tej strony"),
        _("Jeśli to pomyłka, napisz do nas."),
    ),
    404: Words(
        _("Nie ma takiej strony"),
        _("Adres jest błędny albo strona została usunięta. Zacznij od strony głównej."),
    ),
    405: Words(
        _("Tak nie można otworzyć tej strony"),
        _("Zacznij od strony głównej i użyj przycisków na stronie."),
    ),
    409: Words(
        _("Coś zmieniło się w międzyczasie"),
        _("Odśwież stronę, sprawdź, jak jest teraz, i w razie potrzeby spróbuj ponownie."),
    ),
    413: Words(_("Za dużo danych"), _("Wróć do formularza, zmniejsz to, co wysyłasz, i spróbuj ponownie.")),
    415: Words(_("Nie ten rodzaj pliku"), _("Wybierz plik innego rodzaju i spróbuj ponownie.")),
    422: Words(_("Nie da się tego wykonać"), _("Sprawdź wpisane dane i spróbuj ponownie.")),
    429: Words(_("Za dużo prób"), _("Odczekaj kilka minut i spróbuj ponownie.")),
    500: Words(
        _("Coś się zepsuło po naszej stronie"),
        _("Spróbuj ponownie za chwilę. Jeśli to nie pomoże, napisz do nas i podaj numer zgłoszenia."),
    ),
    503: Words(
        _("Portal jest teraz zajęty"),
        _("Twoje dane są bezpieczne. Spróbuj ponownie za chwilę."),
    ),
}
EXPIRED_FORM = Words(
    _("Formularz stracił ważność"),
    _(
        "Tak bywa po wylogowaniu w innej karcie albo gdy przeglądarka nie przyjmuje ciasteczek. Nic nie zmieniliśmy."
    ),
)


def register(app: Flask) -> None:
    """Make `app` answer every error in its own words."""
    app.register_error_handler(HTTPException, answer_error)
    app.register_error_handler(CSRFError, answer_expired_form)
    app.register_error_handler(OperationalError, answer_database_error)
    app.register_error_handler(NoFreeConnection, answer_database_error)
    # Flask would log the exception's message, which may quote what somebody typed.
    app.log_exception = _log_failure  # type: ignore[method-assign]  # the one place Flask logs from


def answer_error(error: HTTPException) -> Response:
    """Any refusal or failure with an HTTP status."""
    if error.response is not None:  # a redirect by routing, for example
        return make_response(error.response)
    status = error.code or 500
    _log.info(
        "refused", status=status, endpoint=request.endpoint, method=request.method, account=_account_id()
    )
    if isinstance(error, SecurityError):
        # The host is none of ours, so no address can be made for it.
        return Response("400\n", 400, content_type="text/plain")
    known = status if status in WORDS else (500 if status >= 500 else 400)
    if status == 413 and request.method not in security.SAFE_METHODS:
        answer = _answer(_too_large(), status, back=page_behind())
    else:
        answer = _answer(WORDS[known], status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def answer_expired_form(error: CSRFError) -> Response:
    """A form without a valid token: nothing was done; it comes back with what was typed and a fresh token.

    Only where the browser vouches that the form was ours, and to whom its page was made for: neither another site nor
    whoever used this browser before gets a form re-offered here.
    """
    _log.warning("form_token_refused", endpoint=request.endpoint, account=_account_id())
    ours = security.comes_from_here() is True
    if request.endpoint == "sign_in.sign_in" and ours:
        return sign_in.form_page_again(400, str(EXPIRED_FORM.title))
    if request.endpoint == "sign_in.sign_out" and ours and visitor() is None:
        return sign_in.signed_out(str(_("Wylogowano.")))
    return _answer(EXPIRED_FORM, 400, form=_form_of_visitor() if ours else None)


def _form_of_visitor() -> KeptForm | None:
    """What this request sent, where the page it stood on was made for whoever is signed in now."""
    form, present = kept_forms.present_form(), visitor()
    return form if form is not None and present is not None and form.belongs_to(present) else None


def answer_database_error(error: OperationalError | NoFreeConnection) -> Response:
    """A database that cannot answer now: come again; any other trouble with it is a failure of ours."""
    if isinstance(error, OperationalError) and not _is_busy(error):
        raise error
    return answer_error(ServiceUnavailable(retry_after=RETRY_AFTER_SECONDS))


def _too_large() -> Words:
    """The limit that was passed, and what to do about it."""
    most = security.most_bytes_of_file()
    if most is not None:
        advice = _("Plik może mieć najwyżej %(size)s MB. Wybierz mniejszy.", size=_megabytes(most))
        return Words(_("Za duży plik"), advice)
    advice = _("Naraz można wysłać najwyżej %(size)s MB.", size=_megabytes(request.max_content_length or 0))
    return Words(WORDS[413].title, advice)


def _megabytes(size: int) -> int:
    """`size` in bytes as the megabytes a form promises: 10 MB are 10 × 1024 × 1024 bytes, or fewer."""
    return max(1, size // 1_000_000 if size % 1_000_000 == 0 else size // 1024**2)


def _answer(words: Words, status: int, form: KeptForm | None = None, back: str | None = None) -> Response:
    template = "errors/_error.html" if htmx else "errors/page.html"
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    body = render_template(
        template, words=words, form=form, back=back, request_id=request_id if status >= 500 else None
    )
    answer = make_response(body, status)
    if htmx:
        answer.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"})
    return answer


def _is_busy(error: OperationalError) -> bool:
    cause: Any = error.orig
    state = getattr(cause, "sqlstate", None) or ""
    return (
        error.connection_invalidated
        or str(getattr(cause, "sqlite_errorname", "")).startswith(tuple(BUSY_SQLITE))
        or state.startswith(BUSY_STATES)
    )


def _log_failure(exc_info: Any) -> None:
    kind, error, _trace = exc_info
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("failed", error=kind.__name__, endpoint=request.endpoint, account=_account_id(), places=places)


def _account_id() -> str | None:
    known = known_visitor()
    return known.id if known else None
