"""Photos from a ZIP, named by album number: upload, look at what each file would do, then do it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response as AnyResponse

from portal import texts
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.photo_archive import MOST_PHOTOS, ArchiveFault, PhotoFate
from portal.services.photo_files import PhotoRefusal
from portal.texts import photos as photo_texts
from portal.texts import quantities
from portal.views.security import staff, takes_file
from portal.views.upload_pages import UploadPages
from portal.views.upload_parts import counted, shown_part
from portal.views.uploading import sent_file

LARGEST_ARCHIVE = 100 * 1024 * 1024
TAKEN = (PhotoFate.NEW, PhotoFate.REPLACED)
# What somebody should look at stands first.
PARTS = (*(fate for fate in PhotoFate if fate not in TAKEN), *TAKEN)

pages = Blueprint("staff_photo_archives", __name__, url_prefix="/dziekanat/zdjecia/archiwum")
files = UploadPages(UploadKind.PHOTOS, pages.name)


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
    return files.keep(content, {})


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> str | AnyResponse:
    """What the archive would do, or did, file by file; while that is being found out, how it goes."""
    kept = files.find(upload_id)
    if kept is None:
        return files.gone()
    found = uploads.found_in(kept)
    if kept.state in uploads.WORK:
        return files.waiting(kept, _("Zdjęcia z archiwum"))
    if found is None or "archive_fault" in found:
        fault = ArchiveFault((found or {}).get("archive_fault", ArchiveFault.NOT_A_ZIP))
        return make_response(_form(photo_texts.archive_fault(fault)), 422)
    return _result(kept, found)


@pages.get("/<uuid:upload_id>/postep")
@staff
def progress(upload_id: UUID) -> AnyResponse:
    """The polled fragment; at the end it sends the browser to the result."""
    return files.progress(upload_id)


@pages.post("/<uuid:upload_id>/zastosuj")
@staff
def apply(upload_id: UUID) -> AnyResponse:
    """Confirm: what was shown is done, unless a photo changed meanwhile."""
    return files.ask(upload_id, {}, UploadState.CONFIRMED)


@pages.post("/<uuid:upload_id>/porzuc")
@staff
def discard(upload_id: UUID) -> AnyResponse:
    """Throw the archive away."""
    return files.throw_away(upload_id, url_for("staff_photos.queue"))


def _form(problem: str | None = None) -> str:
    return render_template(
        "staff/photos/archive.html",
        problem=problem,
        largest_mb=LARGEST_ARCHIVE // 1024**2,
        most_photos=MOST_PHOTOS,
        kept=files.own(),
        quantities=quantities,
        texts=texts,
    )


def _result(kept: UploadedFile, found: Mapping[str, Any]) -> str:
    counts = {fate: found["counts"].get(fate, 0) for fate in PhotoFate}
    parts = counted(found["counts"], PARTS, lambda code: str(photo_texts.PHOTO_FATES[PhotoFate(code)]))
    return render_template(
        "staff/photos/dry_run.html",
        upload=kept,
        counts=counts,
        taken=sum(counts[fate] for fate in TAKEN),
        left_out=sum(counts[fate] for fate in PhotoFate if fate not in (*TAKEN, PhotoFate.UNCHANGED)),
        found_part=shown_part(kept.id, parts, _line),
        is_applied=kept.state is UploadState.APPLIED,
        moved=found["moved"],
        fates=PhotoFate,
    )


def _line(_part: str, line: Sequence[str | None]) -> tuple[str | None, str]:
    name, refusal = line
    return name, photo_texts.photo_refusal(PhotoRefusal(refusal)) if refusal else ""
