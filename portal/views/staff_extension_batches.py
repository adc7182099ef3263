"""Bulk extensions that were made: the history, one of them with its students, and the undo of a whole one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.services import batch_undo, extensions_made, uploads
from portal.services.extensions_made import MadeBatch
from portal.texts import extensions as extension_texts
from portal.views import staff_batch_names, undo_forms
from portal.views.current import settings
from portal.views.security import staff
from portal.views.student_key import address_of

pages = Blueprint("staff_batches", __name__, url_prefix="/dziekanat/przedluzanie/partie")


@pages.get("")
@staff
def show() -> str:
    """All bulk extensions, newest first."""
    page = page_asked_for()
    batches, more = extensions_made.batches(page)
    return render_template(
        "staff/extensions/batches.html",
        batches=batches,
        page=page,
        more=more,
        texts=texts,
        name_of=staff_batch_names.name_of,
    )


@pages.get("/<uuid:batch_id>")
@staff
def batch(batch_id: UUID) -> str:
    """One bulk extension: what it did, whom it extended, what of it still stands."""
    found, page = _batch(batch_id), page_asked_for()
    members, more = extensions_made.members_of(found.batch.id, page)
    return render_template(
        "staff/extensions/batch.html",
        **_facts(found),
        members=members,
        page=page,
        more=more,
        file=uploads.find_applied(found.batch.id, current_user.id, clock.real_now()),
    )


@pages.get("/<uuid:batch_id>/druk")
@staff
def print_out(batch_id: UUID) -> str:
    """The same for paper: everybody, without pages."""
    found = _batch(batch_id)
    members, more = extensions_made.members_of(found.batch.id, 1, size=extensions_made.MOST_ON_PAPER)
    return render_template(
        "staff/extensions/batch_print.html",
        people=[(one.student, one.extension.until) for one in members if one.extension.undone_at is None],
        is_whole=not more,
        for_ticking=False,
        back=url_for("staff_batches.batch", batch_id=batch_id),
        **_facts(found),
    )


@pages.get("/<uuid:batch_id>/cofnij")
@staff
def confirm_undo(batch_id: UUID) -> Response:
    """Ask for the reason, and say first how many orders of which state the undo would touch."""
    return _undo_page(_batch(batch_id))


@pages.post("/<uuid:batch_id>/cofnij")
@staff
def undo(batch_id: UUID) -> Response:
    """Take everything of the batch back that still stands."""
    found = _batch(batch_id)
    try:
        form = undo_forms.undo_form(_affected(found).affected, request.form)
        problem = undo_forms.problem_with(form, request.form)
        if problem is not None:
            return _undo_page(found, problem, status=422)
        undone = batch_undo.undo_batch(
            found.batch.id,
            settings().policy,
            actor=current_user.id,
            reason=request.form["powod"],
            at=clock.now(),
            revoke_collected=bool(request.form.get("odebrane")),
        )
    except batch_undo.BatchUnknown:
        flash(_("Tej partii nie ma już czego cofać."))
    else:
        count = len(undone.extensions)
        flash(ngettext("Cofnięto %(num)d przedłużenie.", "Cofnięte przedłużenia: %(num)d.", count))
    return redirect(url_for("staff_batches.batch", batch_id=batch_id), code=303)


def page_asked_for() -> int:
    """The page number in the address, from 1."""
    asked = request.args.get("strona", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _undo_page(found: MadeBatch, problem: str | None = None, status: int = 200) -> Response:
    try:
        undo = _affected(found)
    except batch_undo.BatchUnknown:
        flash(_("Tej partii nie ma już czego cofać."))
        return redirect(url_for("staff_batches.batch", batch_id=found.batch.id), code=303)
    page = render_template(
        "staff/extensions/undo_batch.html",
        **_facts(found),
        form=undo_forms.undo_form(undo.affected, request.form, problem),
        standing=len(undo.extensions),
        longest_reason=undo_forms.LONGEST_REASON,
    )
    return make_response(page, status)


def _affected(found: MadeBatch) -> batch_undo.BatchUndo:
    return batch_undo.affected_by_batch_undo(found.batch.id, settings().policy, at=clock.now())


def _batch(batch_id: UUID) -> MadeBatch:
    return extensions_made.batch(str(batch_id)) or abort(404)


def _facts(found: MadeBatch) -> dict[str, Any]:
    return {
        "made": found,
        "batch": found.batch,
        "batch_name": staff_batch_names.name_of(found.batch),
        "extent": extensions_made.extent_of(found.batch.id),
        "refused_for": found.batch.counts.get("refused_for", {}),
        "texts": texts,
        "address_of": address_of,
        "left_out_words": extension_texts.LEFT_OUT_OF_A_BATCH,
    }
