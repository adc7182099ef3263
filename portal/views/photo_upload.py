"""The student's own photo: handed in here, shown with where it stands, used once the office accepts it."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock, texts
from portal.extensions import db
from portal.models.people import Student
from portal.services import photos
from portal.services.photo_files import LARGEST_FILE, least_width
from portal.services.photo_queue import submitted_photo
from portal.texts.photos import photo_remark
from portal.views.current import settings
from portal.views.security import student, takes_file
from portal.views.typed_crop import PictureUnusable, sent_photo

pages = Blueprint("photo_upload", __name__, url_prefix="/mlegitymacja/zdjecie")


@pages.get("")
@student
def show() -> str:
    """Where the photo stands, and the form for a new one."""
    return _page()


@pages.post("")
@student
@takes_file(LARGEST_FILE)
def send() -> AnyResponse:
    """Hand a photo in; it takes the place of one that still waits."""
    try:
        photo = sent_photo(settings().policy)
    except PictureUnusable as reason:
        return make_response(_page(reason.words), 422)
    photos.submit(current_user.student_id, photo, actor=current_user.id, at=clock.now())
    flash(_("Zdjęcie zostało wysłane. Dziekanat je sprawdzi, a wynik zobaczysz tutaj."))
    return redirect(url_for("photo_upload.show"), code=303)


@pages.get("/przeslane/<uuid:submission_id>")
@student
def picture(submission_id: UUID) -> Response:
    """The picture the student handed in."""
    found = submitted_photo(str(submission_id), student_id=current_user.student_id)
    if found is None:
        abort(404)
    return Response(found.content, mimetype=found.media_type)


def _page(problem: str | None = None) -> str:
    person = db.session.get_one(Student, current_user.student_id)
    return render_template(
        "photo_upload/page.html",
        problem=problem,
        photo_remark=photo_remark,
        state=photos.photo_state(person),
        standing=photos.PhotoStanding,
        student=person,
        least=least_width(settings().policy),
        texts=texts,
    )
