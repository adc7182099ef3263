"""The register from a file: upload, look at what it would do to every row, then do it.

The upload is kept and the jobs work on it: an import of 100,000 rows takes longer than a page may take to answer, and
would slow down everybody whom the same web process serves. Meanwhile a fragment tells how it goes.
"""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response as AnyResponse

from portal import texts
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.imports.columns import HEADERS, Field
from portal.services.imports.plan import Fate
from portal.services.past_imports import past_imports
from portal.services.register_import import ImportOptions
from portal.services.register_uploads import MISSING, REVOKED, REVOKED_LATER, Wishes
from portal.services.tables import LARGEST_FILE, write_csv
from portal.texts import entitlement as entitlement_texts
from portal.texts import imports as import_texts
from portal.texts import quantities
from portal.views import import_lines
from portal.views.security import staff, takes_file
from portal.views.upload_pages import UploadPages
from portal.views.upload_parts import counted, shown_part
from portal.views.uploading import sent_file

REPORT_HEADING = ("wiersz", "numer albumu", "kolumna", "powód")

# What somebody should look at stands first.
PARTS = (Fate.REJECTED, REVOKED, REVOKED_LATER, MISSING, Fate.CHANGED, Fate.NEW, Fate.UNCHANGED)

pages = Blueprint("staff_import", __name__, url_prefix="/dziekanat/import")
files = UploadPages(UploadKind.REGISTER, pages.name)


@pages.get("")
@staff
def show() -> str:
    """The form, and what was imported before."""
    return _form()


@pages.get("/wzor.csv")
@staff
def template_file() -> Response:
    """A file with every column the portal knows, to be filled in."""
    content = write_csv([[HEADERS[field][0] for field in Field]])
    return _download(content, "wzor-studenci.csv")


@pages.post("")
@staff
@takes_file(LARGEST_FILE)
def upload() -> AnyResponse:
    """Keep the file; the jobs find out what it would do."""
    content = sent_file("file")
    if content is None:
        return make_response(_form(_("Wybierz plik.")), 422)
    return files.keep(content, Wishes(_typed_options({})).asked())


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> str | AnyResponse:
    """What the file would do, or did, to every row; while that is being found out, how it goes."""
    kept = files.find(upload_id)
    if kept is None:
        return files.gone()
    return _dry_run(kept)


@pages.get("/<uuid:upload_id>/postep")
@staff
def progress(upload_id: UUID) -> AnyResponse:
    """The polled fragment; at the end it sends the browser to the result."""
    return files.progress(upload_id)


@pages.post("/<uuid:upload_id>/ustawienia")
@staff
def change_wishes(upload_id: UUID) -> AnyResponse:
    """Check again with other options or other meanings of columns."""
    return files.ask(upload_id, Wishes(_typed_options(_typed_mapping())).asked(), UploadState.WAITING)


@pages.post("/<uuid:upload_id>/zastosuj")
@staff
def apply(upload_id: UUID) -> AnyResponse:
    """Confirm: what was shown is done, unless the register changed meanwhile."""
    kept = files.find(upload_id)
    if kept is None:
        return files.gone()
    found = uploads.found_in(kept)
    if kept.state is not UploadState.CHECKED or found is None or "counts" not in found:
        return redirect(url_for("staff_import.dry_run", upload_id=upload_id), code=303)
    missing = found["counts"]["missing"]
    typed = request.form.get("confirmed_missing", "").strip()
    if missing and typed != str(missing):
        problem = _(
            "Aby skreślić studentów, których nie ma w pliku, wpisz ich liczbę: %(count)d.", count=missing
        )
        return make_response(_dry_run(kept, problem, typed), 422)
    wishes = Wishes(Wishes.read(uploads.asked_of(kept)).options, confirmed_missing=missing)
    return files.ask(upload_id, wishes.asked(), UploadState.CONFIRMED)


@pages.post("/<uuid:upload_id>/porzuc")
@staff
def discard(upload_id: UUID) -> AnyResponse:
    """Throw the file away."""
    return files.throw_away(upload_id, url_for("staff_import.show"))


@pages.get("/<uuid:upload_id>/odrzucone.csv")
@staff
def rejected(upload_id: UUID) -> AnyResponse:
    """The refused rows and why, to correct the file by."""
    if files.find(upload_id) is None:
        return files.gone()
    lines = map(import_lines.fate_line, uploads.all_lines_of(str(upload_id), Fate.REJECTED))
    return _download(
        write_csv([REPORT_HEADING, *([str(one.number), one.album, one.column, one.reason] for one in lines)]),
        "odrzucone-wiersze.csv",
    )


def _form(problem: str | None = None) -> str:
    return render_template(
        "staff/import/page.html",
        problem=problem,
        typed=request.form,
        past=past_imports(),
        kept=files.own(),
        quantities=quantities,
        largest_mb=LARGEST_FILE // 1024**2,
        texts=texts,
    )


def _dry_run(kept: UploadedFile, problem: str | None = None, typed: str = "") -> str:
    found = uploads.found_in(kept)
    if kept.state in uploads.WORK:
        return files.waiting(kept, _("Import studentów"))
    if kept.state is UploadState.REFUSED or found is None or "counts" not in found:
        words = import_lines.refusal_words(found or {})
        return render_template("staff/import/refused.html", words=words, **_meaning(kept))
    counts = found["counts"]
    parts = counted(counts, PARTS, import_lines.part_name)
    ending = import_lines.ending_counts(found)
    return render_template(
        "staff/import/dry_run.html",
        counts=counts,
        found_part=shown_part(kept.id, parts, import_lines.line_of),
        is_applied=kept.state is UploadState.APPLIED,
        hindrance=import_lines.hindrance_words(found),
        warnings=entitlement_texts.ending_warnings(ending),
        revoked_words=entitlement_texts.ending_words(ending, None),
        new_names=import_lines.new_names_words(found),
        problem=problem,
        typed=typed,
        **_meaning(kept),
    )


def _meaning(kept: UploadedFile) -> dict[str, object]:
    """What templates need to show the options and the meaning of columns."""
    found = uploads.found_in(kept) or {}
    wishes = Wishes.read(uploads.asked_of(kept))
    headers = [*wishes.options.mapping, *found.get("headers", found.get("unknown", []))]
    return {
        "upload": kept,
        "found": found,
        "options": wishes.options,
        "headers": list(dict.fromkeys(headers)),
        "fields": list(Field),
        "import_texts": import_texts,
        "import_lines": import_lines,
        "texts": texts,
    }


def _typed_options(mapping: Mapping[str, Field | None]) -> ImportOptions:
    return ImportOptions(mapping, full_list="full_list" in request.form, strict="strict" in request.form)


def _typed_mapping() -> dict[str, Field | None]:
    """Headers and what the office says they mean; those left alone are not in it."""
    headers, meanings = request.form.getlist("header"), request.form.getlist("meaning")
    chosen = dict(zip(headers, meanings, strict=False))
    if not set(chosen.values()) <= {"", *Field}:
        abort(400)
    return {header: Field(one) for header, one in chosen.items() if one}


def _download(content: bytes, name: str) -> Response:
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
