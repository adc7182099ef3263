"""Extending from a file: upload a list of album numbers, see what it would do, then do it as one act."""

from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import extension_files, uploads
from portal.services.bulk_extensions import FatesChanged
from portal.services.extension_fates import ExtensionPreview
from portal.services.extension_files import ExtensionFile, RejectedRow
from portal.services.tables import FileRefused
from portal.texts import extensions as extension_texts
from portal.texts import imports as import_texts
from portal.views import bulk_previews
from portal.views.extension_choice import Choice, choice_from
from portal.views.security import staff, takes_file

LARGEST_FILE = 4_000_000
MOST_ROWS_SHOWN = 200
LEFT_OUT = "left_out"
"""The part of an applied file that is kept: the rows that changed nothing."""

pages = Blueprint("staff_files", __name__, url_prefix="/dziekanat/przedluzanie/plik")


@pages.get("")
@staff
def show() -> Response:
    """The form."""
    return _form(choice_from(request.args))


@pages.post("")
@staff
@takes_file(2 * LARGEST_FILE)
def check() -> Response:
    """Keep the file, sealed and for an hour, and show what it would do."""
    choice = choice_from(request.form)
    upload = request.files.get("plik")
    if choice.problem is not None:
        return _form(choice, choice.problem)
    if upload is None or not upload.filename:
        return _form(choice, _("Wybierz plik z numerami albumów."))
    with closing(upload):
        content = upload.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return _form(
            choice, _("Plik jest za duży: może mieć najwyżej 4 MB. Zostaw w nim tylko numery i daty.")
        )
    try:
        extension_files.read_file(content, choice.until, choice.legal_basis)
    except FileRefused as refused:
        return _form(choice, import_texts.file_refused(refused))
    upload_id = uploads.keep_file(
        UploadKind.EXTENSIONS,
        content,
        {"do": choice.typed, "podstawa": choice.legal_basis or ""},
        account_id=current_user.id,
        at=clock.real_now(),
        state=UploadState.CHECKED,
    )
    return redirect(url_for("staff_files.dry_run", upload_id=upload_id), code=303)


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> Response:
    """What the file would do, row by row; once it was done, the batch that came of it."""
    kept = _kept(upload_id)
    if kept is None:
        return _gone()
    if kept.batch_id is not None:
        return redirect(url_for("staff_batches.batch", batch_id=kept.batch_id))
    file, choice = _read(kept)
    preview = bulk_previews.preview_of(file.request)
    page = render_template(
        "staff/extensions/file_preview.html",
        upload=kept,
        preview=bulk_previews.shown(preview),
        **_rows(file, preview),
        choice=choice,
        texts=texts,
        left_out_words=extension_texts.left_out,
        row_words=extension_texts.row,
    )
    return make_response(page)


@pages.post("/<uuid:upload_id>/przedluz")
@staff
def apply(upload_id: UUID) -> Response:
    """Carry out what the dry run showed, if it is still so; otherwise show what is so now."""
    kept = _kept(upload_id)
    if kept is None:
        return _gone()
    file, _choice = _read(kept)
    try:
        applied = bulk_previews.carry_out(file.request, request.form.get("znak", ""), file.rejected_for())
    except FatesChanged:
        flash(_("Od sprawdzenia coś się zmieniło, więc nic nie zapisano. Tak jest teraz:"))
        return redirect(url_for("staff_files.dry_run", upload_id=upload_id), code=303)
    if applied.batch_id is None:
        flash(_("Nie było kogo przedłużyć, więc nic się nie zmieniło."))
        return redirect(url_for("staff_files.show"), code=303)
    lines = [extension_files.kept_line(one) for one in file.left_out(applied.preview)]
    uploads.note_applied(str(upload_id), applied.batch_id, LEFT_OUT, lines)
    return redirect(url_for("staff_batches.batch", batch_id=applied.batch_id), code=303)


@pages.get("/<uuid:upload_id>/pominiete.csv")
@staff
def report(upload_id: UUID) -> Response:
    """The rows that change nothing, with the reasons, for the spreadsheet the file came from."""
    kept = _kept(upload_id)
    if kept is None:
        return _gone()
    answer = make_response(extension_files.report(_left_out(kept), extension_texts.row))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = 'attachment; filename="pominiete.csv"'
    return answer


@pages.errorhandler(uploads.UploadMoved)
def show_what_became_of_it(moved: uploads.UploadMoved) -> Response:
    """A second click, or a page from before: the file is applied."""
    return redirect(url_for("staff_files.dry_run", **request.view_args or {}), code=303)


def _kept(upload_id: UUID) -> UploadedFile | None:
    return uploads.find(str(upload_id), UploadKind.EXTENSIONS, current_user.id, clock.real_now())


def _gone() -> Response:
    flash(_("Tego pliku już tu nie ma: portal przechowuje go najwyżej godzinę. Wybierz go jeszcze raz."))
    return redirect(url_for("staff_files.show"), code=303)


def _read(kept: UploadedFile) -> tuple[ExtensionFile, Choice]:
    choice = choice_from(uploads.asked_of(kept))
    content = uploads.content_of(kept)
    return extension_files.read_file(content, choice.until, choice.legal_basis), choice


def _left_out(kept: UploadedFile) -> list[RejectedRow]:
    """The rows that change nothing; once the rest was applied, as they were then."""
    if kept.batch_id is not None:
        return [extension_files.row_of_line(line) for line in uploads.all_lines_of(kept.id, LEFT_OUT)]
    file, _choice = _read(kept)
    return file.left_out(bulk_previews.preview_of(file.request))


def _form(choice: Choice, problem: str | None = None) -> Response:
    page = render_template("staff/extensions/file.html", choice=choice, problem=problem)
    return make_response(page, 422 if problem else 200)


def _rows(file: ExtensionFile, preview: ExtensionPreview) -> dict[str, Any]:
    left_out = file.left_out(preview)
    return {
        "rows": left_out[:MOST_ROWS_SHOWN],
        "rows_left_out": len(left_out),
        "rows_rejected": len(file.rejected),
        "dates": sorted(set(file.request.until.values())),
    }
