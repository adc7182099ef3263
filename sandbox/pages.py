"""What the sandbox's pages for people share: who may send their forms, their headers, dates as people write them."""

from datetime import date, datetime

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from sandbox.clock import WARSAW, day_of

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

ERRORS = {
    403: "Ten formularz przyszedł z innej strony, więc go nie przyjęto. Wróć i spróbuj jeszcze raz.",
    404: "Nie ma tu takiej strony.",
    405: "Tej strony nie da się otworzyć wprost: prowadzi do niej przycisk.",
    413: "To za dużo danych naraz.",
}


def page_blueprint(name: str, prefix: str = "") -> Blueprint:
    """A blueprint of pages: forms only from the page itself, strict headers, errors as pages."""
    blueprint = Blueprint(name, __name__, url_prefix=prefix or None)
    blueprint.before_request(refuse_foreign_forms)
    blueprint.after_request(_protect)
    blueprint.register_error_handler(HTTPException, show_error)
    return blueprint


def refuse_foreign_forms() -> None:
    """403 for a form sent by another site. There are no cookies and so no token: the browser itself vouches.

    Every current browser says with a form where it comes from; the host's name is checked by the application.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    own = request.host_url.rstrip("/")
    site = request.headers.get("Sec-Fetch-Site")
    if site != "same-origin" and not (site is None and request.headers.get("Origin") == own):
        abort(403)


def show_error(error: HTTPException) -> Response:
    """The error as a page with a way on."""
    code = error.code or 500
    words = ERRORS.get(code, "Piaskownica nie umie na to odpowiedzieć.")
    return _protect(Response(render_template("error.html", code=code, words=words), status=code))


def written_day(day: str) -> str:
    """`2026-03-31` as `31.03.2026`."""
    one = date.fromisoformat(day)
    return f"{one.day}.{one.month:02d}.{one.year}"


def written_moment(at: float, seen_at: float | None = None) -> str:
    """Seconds since 1970 as `3.09.2025, 22:18:07` in Warsaw, without the day if it is that of `seen_at`."""
    one = datetime.fromtimestamp(at, WARSAW)
    if seen_at is not None and day_of(seen_at) == one.date():
        return f"{one:%H:%M:%S}"
    return f"{one.day}.{one.month:02d}.{one.year}, {one:%H:%M:%S}"


def written_count(number: int, one: str, few: str, many: str) -> str:
    """`1 karta`, `2 karty`, `5 kart`."""
    if number == 1:
        word = one
    elif number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        word = few
    else:
        word = many
    return f"{number} {word}"


def _protect(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer
