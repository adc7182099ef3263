"""Students' photos: the queue to accept or send back, a photo put in by the office, and pictures for its pages."""

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
from sqlalchemy import select
from werkzeug import Response as AnyResponse

from portal import clock, texts
from portal.extensions import db, htmx
from portal.models.journal import BatchKind
from portal.models.people import Photo, Student
from portal.services import photos, standing
from portal.services.past_imports import past_batches
from portal.services.photo_files import LARGEST_FILE, least_width
from portal.services.photo_queue import next_waiting, submitted_photo
from portal.texts import photos as photo_texts
from portal.views.current import settings
from portal.views.security import staff, takes_file
from portal.views.typed_crop import PictureUnusable, sent_photo

LONGEST_REASON = 300

pages = Blueprint("staff_photos", __name__, url_prefix="/dziekanat/zdjecia")


@pages.get("")
@staff
def queue() -> str:
    """The photo that waits longest; `po`: the one after that."""
    return _queue()


@pages.get("/nastepne")
@staff
def waiting_photo() -> AnyResponse:
    """The fragment with the photo to decide about."""
    if not htmx:
        return redirect(url_for("staff_photos.queue", po=request.args.get("po")))
    return make_response(_fragment(after=request.args.get("po")))


@pages.post("/<uuid:submission_id>/przyjmij")
@staff
def accept(submission_id: UUID) -> AnyResponse:
    """Accept: the photo stands on the next card; the next one is shown at once."""
    try:
        photos.accept(str(submission_id), settings().policy, actor=current_user.id, at=clock.now())
    except photos.SubmissionDecided:
        return _decided(submission_id, _("Tym zdjęciem ktoś się już zajął albo student przysłał nowe."))
    return _decided(submission_id, _("Zdjęcie przyjęte."))


@pages.post("/<uuid:submission_id>/odeslij")
@staff
def send_back(submission_id: UUID) -> AnyResponse:
    """Send back for correction; the student reads the reason."""
    reason = " ".join(
        part for part in (request.form.get("why", "").strip(), request.form.get("words", "").strip()) if part
    )
    if not 0 < len(reason) <= LONGEST_REASON:
        problem = _("Wybierz powód albo napisz, co poprawić (najwyżej %(most)d znaków).", most=LONGEST_REASON)
        return _again(submission_id, problem)
    try:
        photos.send_back(str(submission_id), reason, actor=current_user.id, at=clock.now())
    except photos.SubmissionDecided:
        return _decided(submission_id, _("Tym zdjęciem ktoś się już zajął albo student przysłał nowe."))
    return _decided(submission_id, _("Zdjęcie odesłane. Student przeczyta, co poprawić."))


@pages.get("/<uuid:submission_id>/obraz")
@staff
def submitted(submission_id: UUID) -> Response:
    """The picture of a submission."""
    return _picture(submitted_photo(str(submission_id)))


@pages.get("/student/<uuid:student_id>")
@staff
def student_photo(student_id: UUID) -> Response:
    """The photo that stands on this student's card now."""
    return _picture(standing.photo_of(str(student_id)))


@pages.post("/student")
@staff
def choose_student() -> AnyResponse:
    """From an album number to the form for that student's photo."""
    album = request.form.get("album_number", "").strip()
    found = db.session.scalar(select(Student.id).where(Student.album_number == album)) if album else None
    if found is None:
        problem = _("Nie ma studenta o tym numerze albumu. Sprawdź numer.")
        return make_response(_queue(album=album, problem=problem), 422)
    return redirect(url_for("staff_photos.new_photo", student_id=found), code=303)


@pages.get("/student/<uuid:student_id>/nowe")
@staff
def new_photo(student_id: UUID) -> str:
    """The form for a photo the office puts in."""
    return _new_photo(student_id)


@pages.post("/student/<uuid:student_id>/nowe")
@staff
@takes_file(LARGEST_FILE)
def put_photo(student_id: UUID) -> AnyResponse:
    """Take the photo; it is accepted at once."""
    student = _student(student_id)
    try:
        photo = sent_photo(settings().policy)
    except PictureUnusable as reason:
        return make_response(_new_photo(student_id, reason.words), 422)
    photos.put_photo(student.id, photo, settings().policy, actor=current_user.id, at=clock.now())
    flash(_("Zdjęcie zostało zapisane."))
    return redirect(url_for("staff_photos.new_photo", student_id=student_id), code=303)


def _decided(submission_id: UUID, message: str) -> AnyResponse:
    if htmx:
        return make_response(_fragment(after=str(submission_id), message=message))
    flash(message)
    return redirect(url_for("staff_photos.queue", po=submission_id), code=303)


def _again(submission_id: UUID, problem: str) -> AnyResponse:
    """The same photo with what is missing."""
    if htmx:
        return make_response(_fragment(same=str(submission_id), problem=problem), 422)
    return make_response(_queue(same=str(submission_id), reason_problem=problem), 422)


def _fragment(
    *, after: str | None = None, same: str | None = None, message: str = "", problem: str | None = None
) -> str:
    return render_template(
        "staff/photos/_waiting_photo.html", message=message, **_waiting(after, same, problem)
    )


def _waiting(after: str | None, same: str | None, problem: str | None) -> dict[str, object]:
    return {
        "photo": next_waiting(after, same=same),
        "reason_problem": problem,
        "reasons": [str(one) for one in photo_texts.PHOTO_REMARKS],
        "typed": request.form if problem else {},
        "longest_reason": LONGEST_REASON,
        "texts": texts,
    }


def _queue(
    *,
    same: str | None = None,
    reason_problem: str | None = None,
    album: str = "",
    problem: str | None = None,
) -> str:
    return render_template(
        "staff/photos/page.html",
        message="",
        album=album,
        problem=problem,
        past=past_batches(BatchKind.PHOTOS),
        **_waiting(request.args.get("po"), same, reason_problem),
    )


def _new_photo(student_id: UUID, problem: str | None = None) -> str:
    student = _student(student_id)
    return render_template(
        "staff/photos/new_photo.html",
        student=student,
        problem=problem,
        least=least_width(settings().policy),
    )


def _student(student_id: UUID) -> Student:
    student = db.session.get(Student, str(student_id))
    if student is None:
        abort(404)
    return student


def _picture(photo: Photo | None) -> Response:
    if photo is None:
        abort(404)
    return Response(photo.content, mimetype=photo.media_type)
