"""Extending by list: filter, select some or all who match, see what would happen, then do it as one act."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db
from portal.models.people import Student
from portal.services import student_lists
from portal.services.bulk_extensions import FatesChanged
from portal.services.extension_fates import ExtensionRequest
from portal.services.student_lines import lines_of
from portal.services.student_lists import Confirmed, Progress
from portal.texts import extensions as extension_texts
from portal.texts import studies as studies_texts
from portal.views import bulk_previews, counter_rows
from portal.views.current import settings
from portal.views.list_choices import choices
from portal.views.list_filters import ChosenList, chosen_list
from portal.views.security import staff

EVERYBODY, TICKED = "wszyscy", "zaznaczeni"
MOST_ON_PAPER = 2_000

pages = Blueprint("staff_lists", __name__, url_prefix="/dziekanat/przedluzanie/lista")


@pages.get("")
@staff
def show() -> Response:
    """The list, its counts, and the students to select."""
    return _page(chosen_list(request.args))


@pages.post("")
@staff
def choose() -> Response:
    """What the filter's form asks for, as an address: the legal basis typed in it has no place there as it is."""
    return redirect(url_for("staff_lists.show", **chosen_list(request.form).fields()), code=303)


@pages.get("/druk")
@staff
def print_out() -> str:
    """The whole list for paper."""
    chosen = chosen_list(request.args)
    students = student_lists.page(chosen.filter, settings().policy, size=MOST_ON_PAPER)
    shown = _shown(chosen)
    return render_template(
        "staff/extensions/list_print.html",
        people=[(one, one.confirmed_until) for one in students],
        is_whole=len(students) < MOST_ON_PAPER,
        for_ticking=True,
        back=url_for("staff_lists.show", **shown["fields"]),
        **shown,
    )


@pages.get("/podglad")
@staff
def preview() -> Response:
    """Who would be extended and who would be left out, and why; nothing is written.

    Its address names those who were ticked by their ids, or the filter, as chosen now, that all of them match: one can
    reload it and come back to it.
    """
    chosen, scope = chosen_list(request.args), request.args.get("zakres")
    if chosen.choice.problem is not None:
        return _page(chosen, chosen.choice.problem)
    if scope not in {TICKED, EVERYBODY}:
        return redirect(url_for("staff_lists.show", **chosen.fields()))
    if scope == TICKED and not _ticked():
        return _page(chosen, _("Zaznacz przynajmniej jedną osobę albo wybierz wszystkich pasujących."))
    return _preview_page(chosen)


@pages.post("/podglad")
@staff
def choose_and_preview() -> Response:
    """The preview's address for what the filter's form asks for."""
    chosen = chosen_list(request.form)
    return redirect(url_for("staff_lists.preview", **_scope(), **chosen.fields()), code=303)


@pages.post("/przedluz")
@staff
def apply() -> Response:
    """Carry out what the preview showed, if it is still so; otherwise show what is so now."""
    chosen = chosen_list(request.form)
    try:
        applied = bulk_previews.carry_out(_request(chosen), request.form.get("znak", ""))
    except FatesChanged:
        flash(_("W międzyczasie coś się zmieniło, więc nic nie zapisano. Tak jest teraz:"))
        return redirect(url_for("staff_lists.preview", **_scope(), **chosen.fields()), code=303)
    if applied.batch_id is None:
        flash(_("Nie było kogo przedłużyć, więc nic się nie zmieniło."))
        return redirect(url_for("staff_lists.show", **chosen.fields()), code=303)
    return redirect(url_for("staff_batches.batch", batch_id=applied.batch_id), code=303)


def _request(chosen: ChosenList) -> ExtensionRequest:
    """Whom the form asks to extend: the ticked ones, or everybody who matches now."""
    if request.values.get("zakres") == EVERYBODY:
        ids = student_lists.matching_ids(chosen.filter, settings().policy)
        chosen_by = {"zakres": EVERYBODY, **chosen.filter_fields()}
    else:
        ids = _ticked()
        chosen_by = {"ticked": str(len(ids)), **chosen.filter_fields()}
    return ExtensionRequest.same_date(ids, chosen.choice.until, chosen.choice.legal_basis, chosen_by)


def _ticked() -> list[str]:
    return request.values.getlist("kto")


def _scope() -> dict[str, Any]:
    """Whom the request is about, as the fields of a form or an address."""
    if request.values.get("zakres") == EVERYBODY:
        return {"zakres": EVERYBODY}
    return {"zakres": TICKED, "kto": _ticked()}


def _preview_page(chosen: ChosenList) -> Response:
    page = render_template(
        "staff/extensions/list_preview.html",
        preview=bulk_previews.shown(bulk_previews.preview_of(_request(chosen))),
        scope=request.args["zakres"],
        ticked=_ticked(),
        **_shown(chosen),
    )
    return make_response(page)


def _page(chosen: ChosenList, problem: str | None = None) -> Response:
    policy = settings().policy
    problem = problem or chosen.choice.problem
    students = student_lists.page(chosen.filter, policy, after=_after(), size=student_lists.PAGE + 1)
    students, more = students[: student_lists.PAGE], len(students) > student_lists.PAGE
    progress = student_lists.progress(chosen.filter, policy)
    page = render_template(
        "staff/extensions/list.html",
        students=students,
        lines=lines_of([one.id for one in students], policy, on=clock.today()),
        more=more,
        progress=progress,
        matching=_matching(chosen, progress),
        choices=choices(chosen),
        ticked=frozenset(_ticked()),
        problem=problem,
        **_shown(chosen),
    )
    return make_response(page, 422 if problem else 200)


def _matching(chosen: ChosenList, progress: Progress) -> int:
    match chosen.filter.confirmed:
        case Confirmed.UNTIL_THEN:
            return progress.extended
        case Confirmed.NOT_UNTIL_THEN:
            return progress.remaining
        case Confirmed.NEVER:
            return len(student_lists.matching_ids(chosen.filter, settings().policy))
    return progress.extended + progress.remaining


def _after() -> tuple[str, str] | None:
    """Where this page begins: the address names the last student before it by id, names stay out of addresses."""
    before = db.session.get(Student, request.args.get("po", "")) if request.args.get("po") else None
    return None if before is None else (before.sort_name, before.id)


def _shown(chosen: ChosenList) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "choice": chosen.choice,
        "wanted": chosen.filter,
        "fields": chosen.fields(),
        "texts": texts,
        "left_out_words": extension_texts.left_out,
        "studies_texts": studies_texts,
        "studies_words": counter_rows.studies_words,
        "everybody": EVERYBODY,
        "only_ticked": TICKED,
    }
