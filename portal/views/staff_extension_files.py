"""Extending from a file: upload a list of album numbers, see what it would do, then do it as one act."""

from contextlib import closing
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from portal import texts
from portal.services import extension_files
from portal.services.bulk_extensions import FatesChanged
from portal.services.extension_fates import ExtensionPreview
from portal.services.extension_files import ExtensionFile
from portal.services.tables import FileRefused
from portal.texts import extensions as extension_texts
from portal.texts import imports as import_texts
from portal.views import bulk_previews, kept_files
from portal.views.extension_choice import Choice, choice_from
from portal.views.security import staff, takes_file

LARGEST_FILE = 4_000_000
# What comes back is sealed and written in letters, which makes four of every three bytes.
LARGEST_BODY = 2 * LARGEST_FILE
MOST_ROWS_SHOWN = 200

pages = Blueprint("staff_files", __name__, url_prefix="/dziekanat/przedluzanie/plik")


@pages.url_value_preprocessor
def let_long_fields_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The kept file is a field like any other; `takes_file` says how large the whole body may be."""
    request.max_form_memory_size = LARGEST_BODY


@pages.get("")
@staff
def show() -> Response:
    """The form."""
    return _form(choice_from(request.args))


@pages.post("/sprawdz")
@staff
@takes_file(LARGEST_BODY)
def check() -> Response:
    """The dry run: what the file would do, row by row; nothing is written."""
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
        file = _read(content, choice)
    except FileRefused as refused:
        return _form(choice, import_texts.file_refused(refused))
    return _dry_run(file, content, choice)


@pages.post("/przedluz")
@staff
@takes_file(LARGEST_BODY)
def apply() -> Response:
    """Carry out what the dry run showed, if it is still so; otherwise show what is so now."""
    choice = choice_from(request.form)
    try:
        content = kept_files.take_back(request.form.get("zawartosc", ""))
    except kept_files.FileGone:
        return _form(choice, _("Od sprawdzenia minęło za dużo czasu. Wybierz plik jeszcze raz."))
    file = _read(content, choice)
    try:
        applied = bulk_previews.carry_out(file.request, request.form.get("znak", ""))
    except FatesChanged:
        news = _("Od sprawdzenia coś się zmieniło, więc nic nie zapisano. Tak jest teraz:")
        return _dry_run(file, content, choice, news, status=409)
    if applied.batch_id is None:
        flash(_("Nie było kogo przedłużyć, więc nic się nie zmieniło."))
        return redirect(url_for("staff_files.show"), code=303)
    return redirect(url_for("staff_batches.batch", batch_id=applied.batch_id), code=303)


@pages.post("/pominiete.csv")
@staff
@takes_file(LARGEST_BODY)
def report() -> Response:
    """The rows that change nothing, with the reasons, for the spreadsheet the file came from."""
    choice = choice_from(request.form)
    try:
        file = _read(kept_files.take_back(request.form.get("zawartosc", "")), choice)
    except kept_files.FileGone:
        return _form(choice, _("Od sprawdzenia minęło za dużo czasu. Wybierz plik jeszcze raz."))
    left_out = file.left_out(bulk_previews.preview_of(file.request))
    answer = make_response(extension_files.report(left_out, extension_texts.row))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = 'attachment; filename="pominiete.csv"'
    return answer


def _read(content: bytes, choice: Choice) -> ExtensionFile:
    return extension_files.read_file(content, choice.until, choice.legal_basis)


def _form(choice: Choice, problem: str | None = None) -> Response:
    page = render_template("staff/extensions/file.html", choice=choice, problem=problem)
    return make_response(page, 422 if problem else 200)


def _dry_run(
    file: ExtensionFile, content: bytes, choice: Choice, news: str | None = None, status: int = 200
) -> Response:
    preview = bulk_previews.preview_of(file.request)
    return make_response(
        render_template(
            "staff/extensions/file_preview.html",
            preview=bulk_previews.shown(preview, news),
            content=kept_files.give_out(content),
            **_rows(file, preview),
            choice=choice,
            texts=texts,
            left_out_words=extension_texts.left_out,
            row_words=extension_texts.row,
        ),
        status,
    )


def _rows(file: ExtensionFile, preview: ExtensionPreview) -> dict[str, Any]:
    left_out = file.left_out(preview)
    return {
        "rows": left_out[:MOST_ROWS_SHOWN],
        "rows_left_out": len(left_out),
        "rows_rejected": len(file.rejected),
        "dates": sorted(set(file.request.until.values())),
    }
