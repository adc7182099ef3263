"""Photos from a ZIP, named by album number: upload, look at what each file would do, then do it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock, photo_texts
from portal.extensions import htmx
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.photo_archive import MOST_PHOTOS, ArchiveFault, PhotoFate
from portal.services.photo_files import PhotoRefusal
from portal.views.security import staff, takes_file
from portal.views.uploading import progress_of, sent_file, whole_pages

LARGEST_ARCHIVE = 100 * 1024 * 1024
TAKEN = (PhotoFate.NEW, PhotoFate.REPLACED)

pages = Blueprint("staff_photo_archives", __name__, url_prefix="/dziekanat/zdjecia/archiwum")


@pages.get("")
@staff
def show() -> str:
    """The form."""
    return _form()


@pages.post("")
@staff
@takes_file(LARGEST_ARCHIVE)
def upload() -> AnyResponse:
    """Keep the archive; the jobs find out what it would do."""
    content = sent_file("file")
    if content is None:
        return make_response(_form(_("Wybierz plik ZIP.")), 422)
    upload_id = uploads.keep_file(
        UploadKind.PHOTOS, content, {}, account_id=current_user.id, at=clock.real_now()
    )
    return redirect(url_for("staff_photo_archives.dry_run", upload_id=upload_id), code=303)


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> str | AnyResponse:
    """What the archive would do, or did, file by file; while that is being found out, how it goes."""
    kept = _own(upload_id)
    if kept is None:
        return _gone()
    found = uploads.found_in(kept)
    if kept.state in uploads.WORK:
        return render_template("staff/photos/progress.html", **_progress(kept))
    if found is None or "archive_fault" in found:
        fault = ArchiveFault((found or {}).get("archive_fault", ArchiveFault.NOT_A_ZIP))
        return make_response(_form(photo_texts.archive_fault(fault)), 422)
    return _result(kept, found)


@pages.get("/<uuid:upload_id>/postep")
@staff
def progress(upload_id: UUID) -> AnyResponse:
    """The polled fragment; at the end it sends the browser to the result."""
    page = url_for("staff_photo_archives.dry_run", upload_id=upload_id)
    if not htmx:
        return redirect(page)
    kept = _own(upload_id)
    if kept is None or kept.state not in uploads.WORK:
        return Response(headers={"HX-Redirect": page})
    return make_response(render_template("staff/import/_import_progress.html", **_progress(kept)))


@pages.post("/<uuid:upload_id>/zastosuj")
@staff
def apply(upload_id: UUID) -> AnyResponse:
    """Confirm: what was shown is done, unless a photo changed meanwhile."""
    try:
        uploads.ask(
            str(upload_id),
            {},
            state=UploadState.CONFIRMED,
            account_id=current_user.id,
            at=clock.real_now(),
        )
    except uploads.UploadMoved:
        if _own(upload_id) is None:
            return _gone()
    return redirect(url_for("staff_photo_archives.dry_run", upload_id=upload_id), code=303)


@pages.post("/<uuid:upload_id>/porzuc")
@staff
def discard(upload_id: UUID) -> AnyResponse:
    """Throw the archive away."""
    uploads.forget(str(upload_id), current_user.id)
    flash(_("Plik został usunięty z portalu."))
    return redirect(url_for("staff_photos.queue"), code=303)


def _own(upload_id: UUID) -> UploadedFile | None:
    return uploads.find(str(upload_id), UploadKind.PHOTOS, current_user.id, clock.real_now())


def _gone() -> AnyResponse:
    flash(_("Tego pliku już tu nie ma: portal przechowuje go najwyżej godzinę. Wgraj go ponownie."))
    return redirect(url_for("staff_photo_archives.show"), code=303)


def _form(problem: str | None = None) -> str:
    return render_template(
        "staff/photos/archive.html",
        problem=problem,
        largest_mb=LARGEST_ARCHIVE // 1024**2,
        most_photos=MOST_PHOTOS,
    )


def _result(kept: UploadedFile, found: Mapping[str, Any]) -> str:
    counts = {fate: found["counts"].get(fate, 0) for fate in PhotoFate}
    parts = [fate for fate in (*(one for one in PhotoFate if one not in TAKEN), *TAKEN) if counts[fate]]
    part = request.args.get("los", "")
    part = part if part in parts else (parts[0] if parts else PhotoFate.NEW)
    last_page = whole_pages(counts[PhotoFate(part)])
    page = min(max(request.args.get("strona", 1, type=int), 1), last_page)
    return render_template(
        "staff/photos/dry_run.html",
        upload=kept,
        counts=counts,
        taken=sum(counts[fate] for fate in TAKEN),
        left_out=sum(counts[fate] for fate in PhotoFate if fate not in (*TAKEN, PhotoFate.UNCHANGED)),
        parts=parts,
        part=PhotoFate(part),
        page=page,
        last_page=last_page,
        lines=[_line(*line) for line in uploads.lines_of(kept.id, part, page)],
        is_applied=kept.state is UploadState.APPLIED,
        moved=found["moved"],
        names=photo_texts.PHOTO_FATES,
        fates=PhotoFate,
    )


def _line(name: str, refusal: str | None) -> tuple[str, str]:
    return name, photo_texts.photo_refusal(PhotoRefusal(refusal)) if refusal else ""


def _progress(kept: UploadedFile) -> dict[str, object]:
    addresses = (
        url_for(f"staff_photo_archives.{name}", upload_id=kept.id) for name in ("progress", "dry_run")
    )
    fragment, page = addresses
    return {"progress": progress_of(kept, fragment, page)}
