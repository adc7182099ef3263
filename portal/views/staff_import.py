"""The register from a file: upload, look at what it would do to every row, then do it.

The upload is kept and the jobs work on it: an import of 100,000 rows takes longer than a page may take to answer, and
would slow down everybody whom the same web process serves. Meanwhile a fragment tells how it goes.
"""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock, import_texts, texts
from portal.extensions import htmx
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.imports.columns import HEADERS, Field
from portal.services.imports.plan import Fate
from portal.services.past_imports import past_imports
from portal.services.register_import import ImportOptions
from portal.services.register_uploads import MISSING, Wishes
from portal.services.tables import LARGEST_FILE, write_csv
from portal.views import import_lines
from portal.views.security import staff, takes_file
from portal.views.uploading import progress_of, sent_file, whole_pages

IGNORED = "-"
REPORT_HEADING = ("wiersz", "numer albumu", "kolumna", "powód")

pages = Blueprint("staff_import", __name__, url_prefix="/dziekanat/import")


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
    options = ImportOptions(full_list="full_list" in request.form, strict="strict" in request.form)
    upload_id = uploads.keep_file(
        UploadKind.REGISTER,
        content,
        Wishes(options).asked(),
        account_id=current_user.id,
        at=clock.real_now(),
    )
    return redirect(url_for("staff_import.dry_run", upload_id=upload_id), code=303)


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> str | AnyResponse:
    """What the file would do, or did, to every row; while that is being found out, how it goes."""
    kept = _own(upload_id)
    if kept is None:
        return _gone()
    return _dry_run(kept)


@pages.get("/<uuid:upload_id>/postep")
@staff
def progress(upload_id: UUID) -> AnyResponse:
    """The polled fragment; at the end it sends the browser to the result."""
    page = url_for("staff_import.dry_run", upload_id=upload_id)
    if not htmx:
        return redirect(page)
    kept = _own(upload_id)
    if kept is None or kept.state not in uploads.WORK:
        return Response(headers={"HX-Redirect": page})
    return make_response(render_template("staff/import/_import_progress.html", **_progress(kept)))


@pages.post("/<uuid:upload_id>/ustawienia")
@staff
def change_wishes(upload_id: UUID) -> AnyResponse:
    """Check again with other options or other meanings of columns."""
    options = ImportOptions(
        _typed_mapping(), full_list="full_list" in request.form, strict="strict" in request.form
    )
    return _ask(upload_id, Wishes(options), UploadState.WAITING)


@pages.post("/<uuid:upload_id>/zastosuj")
@staff
def apply(upload_id: UUID) -> AnyResponse:
    """Confirm: what was shown is done, unless the register changed meanwhile."""
    kept = _own(upload_id)
    if kept is None:
        return _gone()
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
    return _ask(upload_id, wishes, UploadState.CONFIRMED)


@pages.post("/<uuid:upload_id>/porzuc")
@staff
def discard(upload_id: UUID) -> AnyResponse:
    """Throw the file away."""
    uploads.forget(str(upload_id), current_user.id)
    flash(_("Plik został usunięty z portalu."))
    return redirect(url_for("staff_import.show"), code=303)


@pages.get("/<uuid:upload_id>/odrzucone.csv")
@staff
def rejected(upload_id: UUID) -> AnyResponse:
    """The refused rows and why, to correct the file by."""
    if _own(upload_id) is None:
        return _gone()
    lines = map(import_lines.rejected_line, uploads.all_lines_of(str(upload_id), Fate.REJECTED))
    return _download(
        write_csv([REPORT_HEADING, *([str(one.number), one.album, one.column, one.reason] for one in lines)]),
        "odrzucone-wiersze.csv",
    )


def _own(upload_id: UUID) -> UploadedFile | None:
    return uploads.find(str(upload_id), UploadKind.REGISTER, current_user.id, clock.real_now())


def _ask(upload_id: UUID, wishes: Wishes, state: UploadState) -> AnyResponse:
    try:
        uploads.ask(
            str(upload_id), wishes.asked(), state=state, account_id=current_user.id, at=clock.real_now()
        )
    except uploads.UploadMoved:
        if _own(upload_id) is None:
            return _gone()
    return redirect(url_for("staff_import.dry_run", upload_id=upload_id), code=303)


def _gone() -> AnyResponse:
    flash(_("Tego pliku już tu nie ma: portal przechowuje go najwyżej godzinę. Wgraj go ponownie."))
    return redirect(url_for("staff_import.show"), code=303)


def _form(problem: str | None = None) -> str:
    return render_template(
        "staff/import/page.html",
        problem=problem,
        typed=request.form,
        past=past_imports(),
        largest_mb=LARGEST_FILE // 1024**2,
        texts=texts,
    )


def _dry_run(kept: UploadedFile, problem: str | None = None, typed: str = "") -> str:
    found = uploads.found_in(kept)
    if kept.state in uploads.WORK:
        return render_template("staff/import/progress.html", **_progress(kept))
    if kept.state is UploadState.REFUSED or found is None or "counts" not in found:
        words = import_lines.refusal_words(found or {})
        return render_template("staff/import/refused.html", words=words, **_meaning(kept))
    counts = found["counts"]
    parts = [part for part in (*Fate, MISSING) if counts[part]]
    part = request.args.get("los", "")
    part = part if part in parts else _first_to_look_at(parts)
    page = min(max(request.args.get("strona", 1, type=int), 1), whole_pages(counts.get(part, 0)))
    shape = import_lines.missing_line if part == MISSING else import_lines.fate_line
    return render_template(
        "staff/import/dry_run.html",
        counts=counts,
        part=part,
        parts=parts,
        page=page,
        last_page=whole_pages(counts.get(part, 0)),
        lines=[shape(line) for line in uploads.lines_of(kept.id, part, page)],
        is_applied=kept.state is UploadState.APPLIED,
        hindrance=import_lines.hindrance_words(found),
        problem=problem,
        typed=typed,
        **_meaning(kept),
    )


def _first_to_look_at(parts: list[str]) -> str:
    for part in (Fate.REJECTED, MISSING, Fate.CHANGED):
        if part in parts:
            return part
    return parts[0] if parts else Fate.NEW


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


def _progress(kept: UploadedFile) -> dict[str, object]:
    fragment, page = (url_for(f"staff_import.{name}", upload_id=kept.id) for name in ("progress", "dry_run"))
    return {"progress": progress_of(kept, fragment, page)}


def _typed_mapping() -> dict[str, Field | None]:
    """Headers and what the office says they mean; those left alone are not in it."""
    headers, meanings = request.form.getlist("header"), request.form.getlist("meaning")
    chosen = dict(zip(headers, meanings, strict=False))
    if not set(chosen.values()) <= {"", IGNORED, *Field}:
        abort(400)
    return {header: Field(one) if one in set(Field) else None for header, one in chosen.items() if one}


def _download(content: bytes, name: str) -> Response:
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
