"""The demonstration's calendar: a page that moves it forward, and the day every page shows once it runs ahead.

Joined to a demonstration only; a real university has no such address.
"""

from datetime import date, timedelta

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from portal import clock
from portal.services.deployment import move_calendar_to
from portal.services.landmarks import Landmark, landmarks
from portal.texts import day
from portal.views import security
from portal.views.current import visitor

FARTHEST = timedelta(days=3660)

pages = Blueprint("demo_calendar", __name__)


def register(app: Flask, *, demo: bool) -> None:
    """Join the page to a demonstration; in any case let every page ask which day to show."""
    if demo:
        app.register_blueprint(pages)
    app.jinja_env.globals["moved_calendar_day"] = moved_calendar_day


def moved_calendar_day() -> str | None:
    """Today by a calendar that runs ahead of the real one, else None."""
    return day(clock.today()) if clock.ahead() else None


@pages.get("/demo/kalendarz")
@security.public
def show() -> Response:
    """What day it is, and where to go from there."""
    return _page()


@pages.post("/demo/kalendarz")
@security.public
def move() -> Response:
    """Move the calendar forward to the day that was chosen."""
    chosen = _day_typed(request.form.get("day", ""))
    if chosen is None or not clock.today() <= chosen <= clock.today() + FARTHEST:
        problem = _("Wybierz dzień po %(today)s, najdalej %(last)s.", **_bounds())
        return _page(422, problem=problem)
    move_calendar_to(chosen)
    flash(_("Kalendarz pokazuje %(day)s. Zadania w tle już według niego pracują.", day=day(chosen)))
    return redirect(url_for(".show"), code=303)


def _page(status: int = 200, *, problem: str | None = None) -> Response:
    visitor()  # greeted as on their other pages
    today, words = clock.today(), _words()
    choices = [(one, day(one), words[landmark]) for landmark, one in landmarks(clock.now()).items()]
    page = render_template(
        "demo_calendar/page.html",
        problem=problem,
        today=day(today),
        real_day=day(clock.day_of(clock.real_now())),
        first=today + timedelta(days=1),
        last=today + FARTHEST,
        choices=choices,
    )
    return make_response(page, status)


def _day_typed(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bounds() -> dict[str, str]:
    today = clock.today()
    return {"today": day(today), "last": day(today + FARTHEST)}


def _words() -> dict[Landmark, str]:
    return {
        Landmark.TOMORROW: _("jutro"),
        Landmark.WEEK_LATER: _("za tydzień"),
        Landmark.CODES_ABOUT_TO_EXPIRE: _("3 dni przed wygaśnięciem ostatnich kodów"),
        Landmark.CODES_EXPIRED: _("dzień po wygaśnięciu ostatnich kodów"),
        Landmark.SEMESTER_ABOUT_TO_END: _("2 tygodnie przed końcem semestru"),
        Landmark.SEMESTER_OVER: _("dzień po końcu semestru"),
    }
