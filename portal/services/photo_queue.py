"""Pictures of the queue: for the office, which decides, and for the student who handed one in."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from portal.extensions import db
from portal.models.people import Enrolment, Photo, PhotoSubmission, Student
from portal.rules.student import SubmissionStatus
from portal.services.photos import count_waiting


@dataclass(frozen=True, slots=True)
class WaitingPhoto:
    """A photo to decide about, and whom it should show. `waiting`: how many there are, this one included."""

    submission_id: str
    student_id: str
    submitted_at: datetime
    name: str = field(repr=False)
    album_number: str | None = field(repr=False)
    programmes: str
    has_accepted: bool
    waiting: int


def next_waiting(after: str | None = None, *, same: str | None = None) -> WaitingPhoto | None:
    """The photo that waits longest: the one `same` names if it still waits, else the next `after` another.

    After the last comes the first again; None when none waits.
    """
    skipped = db.session.get(PhotoSubmission, after) if after else None
    queue = _waiting().order_by(PhotoSubmission.submitted_at, PhotoSubmission.id).limit(1)
    row = None
    if same is not None:
        row = db.session.execute(queue.where(PhotoSubmission.id == same)).one_or_none()
    elif skipped is not None:
        row = db.session.execute(
            queue.where(
                (PhotoSubmission.submitted_at > skipped.submitted_at)
                | ((PhotoSubmission.submitted_at == skipped.submitted_at) & (PhotoSubmission.id > skipped.id))
            )
        ).one_or_none()
    row = row or db.session.execute(queue).one_or_none()
    if row is None:
        return None
    submission, student = row
    programmes = db.session.scalars(
        select(Enrolment.programme).where(Enrolment.student_id == student.id).order_by(Enrolment.begins_on)
    )
    return WaitingPhoto(
        submission_id=submission.id,
        student_id=student.id,
        submitted_at=submission.submitted_at,
        name=f"{student.first_names} {student.surname}",
        album_number=student.album_number,
        programmes=", ".join(dict.fromkeys(programmes)),
        has_accepted=student.photo_sha256 is not None,
        waiting=count_waiting(),
    )


def submitted_photo(submission_id: str, *, student_id: str | None = None) -> Photo | None:
    """The picture of a submission; with `student_id`, only if it is that student's."""
    query = (
        select(Photo)
        .join(PhotoSubmission, PhotoSubmission.photo_sha256 == Photo.sha256)
        .where(PhotoSubmission.id == submission_id)
        .options(undefer(Photo.content))
    )
    if student_id is not None:
        query = query.where(PhotoSubmission.student_id == student_id)
    return db.session.scalar(query)


def _waiting() -> Select[PhotoSubmission, Student]:
    return (
        select(PhotoSubmission, Student)
        .join(Student, Student.id == PhotoSubmission.student_id)
        .where(PhotoSubmission.status == SubmissionStatus.WAITING)
    )
