"""The counter: card after card, one always ready field, every scan a row on top; and taking one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import htmx
from portal.services import card_extensions, counter, extensions_made
from portal.services.numbers import NumberUnclear, NumberUnknown
from portal.views import counter_rows, undo_forms
from portal.views.counter_rows import Outcome, Row
from portal.views.current import settings
from portal.views.extension_choice import Choice, choice_from
from portal.views.security import staff
from portal.views.student_key import address_of

MOST_ROWS = 30
LONGEST_NUMBER = 100
SCREEN_LASTS = timedelta(hours=16)

pages = Blueprint("staff_counter", __name__, url_prefix="/dziekanat/przedluzanie")


@dataclass(frozen=True, slots=True)
class Screen:
    """The counter as somebody opened it: since when it counts, and until when it extends."""

    since: datetime
    choice: Choice

    def fields(self) -> dict[str, Any]:
        """The screen as the fields of a form or an address."""
        return {"od": str(int(self.since.timestamp())), **self.choice.fields()}

    def made_here(self, made: extensions_made.MadeExtension) -> bool:
        """Whether the visitor made this extension on this screen."""
        extension = made.extension
        singly = extension.batch_id is None and extension.extended_by == current_user.id
        return bool(singly and extension.extended_at >= self.since)

    def row(self, made: extensions_made.MadeExtension, undo: undo_forms.UndoForm | None = None) -> Row:
        """The row of an extension on this screen."""
        return counter_rows.row_of_made(made, here=self.made_here(made), undo=undo)


@pages.get("")
@staff
def show() -> Response:
    """The screen; its address says since when it counts, so that a reload loses nothing."""
    screen = _screen(request.args)
    if "od" not in request.args or screen is None:
        fresh = Screen(clock.now(), choice_from(request.args))
        return redirect(url_for("staff_counter.show", **fresh.fields()))
    return _page(screen, status=422 if screen.choice.problem else 200)


@pages.post("")
@staff
def choose() -> Response:
    """The screen with the date typed on it, at an address that keeps the legal basis to itself."""
    return redirect(url_for("staff_counter.show", **_screen_or_new(request.form).fields()), code=303)


@pages.post("/skan")
@staff
def scan() -> Response:
    """Extend whoever has the number; a second scan of the same card changes nothing."""
    screen = _screen_or_new(request.form)
    number = request.form.get("number", "").strip()[:LONGEST_NUMBER]
    row = _row_of_scan(number, screen)
    if htmx:
        return _fragment(row, screen)
    if row.outcome is Outcome.EXTENDED:
        if row.hint:
            flash(row.hint)
        return redirect(url_for("staff_counter.show", **screen.fields()), code=303)
    return _page(screen, row, status=200 if row.outcome is Outcome.ALREADY else 422)


@pages.get("/karta/<uuid:extension_id>")
@staff
def row(extension_id: UUID) -> Response:
    """One row again as it stands now: the undo was thought better of."""
    screen = _screen_or_new(request.args)
    if not htmx:
        return redirect(url_for("staff_counter.show", **screen.fields()))
    return _fragment(screen.row(_made(extension_id)), screen)


@pages.get("/karta/<uuid:extension_id>/cofnij")
@staff
def confirm_undo(extension_id: UUID) -> Response:
    """Ask for the reason, and say first which orders the undo would touch."""
    return _undo_answer(_made(extension_id), _screen_or_new(request.args))


@pages.post("/karta/<uuid:extension_id>/cofnij")
@staff
def undo(extension_id: UUID) -> Response:
    """Take the extension back, for a reason; the row says so."""
    screen = _screen_or_new(request.form)
    made = _made(extension_id)
    if made.extension.undone_at is None:
        form = undo_forms.undo_form(_affected(made), request.form)
        problem = undo_forms.problem_with(form, request.form)
        if problem is not None:
            return _undo_answer(made, screen, problem, status=422)
        _undo(made)
    if htmx:
        return _fragment(screen.row(_made(extension_id)), screen)
    return redirect(url_for("staff_counter.show", **screen.fields()), code=303)


def _row_of_scan(number: str, screen: Screen) -> Row:
    choice = screen.choice
    if choice.problem is not None:
        return Row(Outcome.REFUSED, choice.problem, number)
    try:
        result = counter.extend_by_number(
            number,
            settings().policy,
            actor=current_user.id,
            at=clock.now(),
            until=choice.until,
            legal_basis=choice.legal_basis,
        )
    except NumberUnknown:
        return counter_rows.row_of_unknown(number)
    except NumberUnclear as unclear:
        return counter_rows.row_of_unclear(number, unclear.students)
    return counter_rows.row_of_scan(result, choice, number, screen.made_here)


def _undo(made: extensions_made.MadeExtension) -> None:
    try:
        card_extensions.undo_extension(
            made.extension.id,
            settings().policy,
            actor=current_user.id,
            reason=request.form["powod"],
            at=clock.now(),
            revoke_collected=bool(request.form.get("odebrane")),
        )
    except card_extensions.ExtensionUnknown:
        return  # somebody else was faster; the row shows who


def _undo_answer(
    made: extensions_made.MadeExtension, screen: Screen, problem: str | None = None, status: int = 200
) -> Response:
    form = None
    if made.extension.undone_at is None:
        form = undo_forms.undo_form(_affected(made), request.form, problem)
    row = screen.row(made, form)
    if htmx:
        return _fragment(row, screen, status)
    page = render_template("staff/extensions/undo.html", row=row, **_shown(screen))
    return make_response(page, status)


def _affected(made: extensions_made.MadeExtension) -> list[card_extensions.AffectedOrder]:
    return card_extensions.affected_by_undo(made.extension.id, settings().policy, at=clock.now())


def _made(extension_id: UUID) -> extensions_made.MadeExtension:
    return extensions_made.made(str(extension_id)) or abort(404)


def _screen(fields: Mapping[str, str]) -> Screen | None:
    """The screen these fields name; None if they name none, or one of another day."""
    try:
        since = datetime.fromtimestamp(int(fields.get("od", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    recent = timedelta() <= clock.now() - since <= SCREEN_LASTS
    return Screen(since, choice_from(fields)) if recent else None


def _screen_or_new(fields: Mapping[str, str]) -> Screen:
    return _screen(fields) or Screen(clock.now(), choice_from(fields))


def _fragment(row: Row, screen: Screen, status: int = 200) -> Response:
    return make_response(render_template("staff/extensions/_row.html", row=row, **_shown(screen)), status)


def _shown(screen: Screen) -> dict[str, Any]:
    return {
        "screen": screen,
        "address_of": address_of,
        "studies_of": counter_rows.studies_of,
        "time_of_day": counter_rows.time_of_day,
        "longest_reason": undo_forms.LONGEST_REASON,
    }


def _page(screen: Screen, latest: Row | None = None, status: int = 200) -> Response:
    made = extensions_made.made_singly_since(current_user.id, screen.since, most=MOST_ROWS)
    rows = [screen.row(one) for one in made if not latest or one.extension.id != latest.extension_id]
    page = render_template(
        "staff/extensions/counter.html",
        rows=[latest, *rows] if latest else rows,
        extended=extensions_made.count_singly_since(current_user.id, screen.since),
        longest_number=LONGEST_NUMBER,
        owner=current_user.id,
        texts=texts,
        **_shown(screen),
    )
    return make_response(page, status)
