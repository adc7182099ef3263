"""Photos for cards: a student's own waits until the office accepts it or sends it back, one by the office is accepted.

At most one photo of a student waits. „Masz zdjęcie” rests on the accepted one alone.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from portal.database import transaction
from portal.extensions import db
from portal.models.people import Photo, PhotoSubmission, Student
from portal.rules.notices import NoticeKind
from portal.rules.policy import Policy
from portal.rules.student import SubmissionStatus
from portal.services import journal
from portal.services.journal import Subject
from portal.services.notices import News, tell
from portal.services.order_contents import follow_register
from portal.services.photo_files import MEDIA_TYPE, CardPhoto
from portal.services.register import note_change


class SubmissionDecided(Exception):
    """The photo does not wait any more: somebody decided, or the student replaced it."""


class PhotoStanding(StrEnum):
    """Where a student's photo stands."""

    NONE = "none"
    WAITING = "waiting"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class PhotoState:
    """For pages. `has_accepted`: an earlier photo stands on cards meanwhile; `reason`: what to correct."""

    standing: PhotoStanding
    has_accepted: bool
    reason: str | None = None
    submission_id: str | None = None
    photo_sha256: str | None = None


def photo_state(student: Student) -> PhotoState:
    """Where the photo of `student` stands: the one submitted last, else the accepted one."""
    accepted = student.photo_sha256
    last = db.session.scalar(
        select(PhotoSubmission)
        .where(PhotoSubmission.student_id == student.id)
        .order_by(PhotoSubmission.submitted_at.desc(), PhotoSubmission.id)
        .limit(1)
    )
    if last is not None and last.status in {SubmissionStatus.WAITING, SubmissionStatus.SENT_BACK}:
        standing = PhotoStanding(last.status.value)
        return PhotoState(standing, accepted is not None, last.reason, last.id, last.photo_sha256)
    standing = PhotoStanding.NONE if accepted is None else PhotoStanding.ACCEPTED
    return PhotoState(standing, accepted is not None, photo_sha256=accepted)


def submit(student_id: str, photo: CardPhoto, *, actor: str, at: datetime) -> str:
    """A student hands in a photo; it takes the place of one that still waits. Answers the submission's id."""
    with transaction() as session:
        keep(photo, at)
        _withdraw_waiting(student_id, actor, at)
        submission = PhotoSubmission(
            student_id=student_id,
            photo_sha256=photo.sha256,
            status=SubmissionStatus.WAITING,
            submitted_at=at,
            submitted_by=actor,
        )
        session.add(submission)
        session.flush()
        note_change(student_id)
        return str(submission.id)


def put_photo(student_id: str, photo: CardPhoto, policy: Policy, *, actor: str, at: datetime) -> None:
    """The office gives a student a photo; it is accepted at once and a waiting one is withdrawn."""
    with transaction():
        keep(photo, at)
        details = _had_photo(student_id)
        record_accepted(student_id, photo.sha256, policy, actor=actor, at=at)
        journal.record("photo_given", Subject.STUDENT, student_id, actor=actor, at=at, details=details)


def record_accepted(
    student_id: str,
    photo_sha256: str,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    batch_id: str | None = None,
) -> None:
    """Give a student a photo that is kept already; part of the caller's transaction."""
    _withdraw_waiting(student_id, actor, at)
    db.session.add(
        PhotoSubmission(
            student_id=student_id,
            photo_sha256=photo_sha256,
            status=SubmissionStatus.ACCEPTED,
            submitted_at=at,
            submitted_by=actor,
            decided_at=at,
            decided_by=actor,
            batch_id=batch_id,
        )
    )
    _use(student_id, photo_sha256, policy, at)


def accept(submission_id: str, policy: Policy, *, actor: str, at: datetime) -> None:
    """The office accepts a waiting photo: it stands on the next card. Raises SubmissionDecided."""
    with transaction():
        submission = _decide(submission_id, SubmissionStatus.ACCEPTED, actor, at)
        student_id, details = submission.student_id, _had_photo(submission.student_id)
        _use(student_id, submission.photo_sha256, policy, at)
        journal.record("photo_accepted", Subject.STUDENT, student_id, actor=actor, at=at, details=details)


def send_back(submission_id: str, reason: str, *, actor: str, at: datetime) -> None:
    """The office sends a waiting photo back; the student is told and reads `reason`. An accepted one stays in use.

    Raises SubmissionDecided; ValueError for an empty or overlong reason.
    """
    if not 0 < len(reason.strip()) <= 300:
        raise ValueError("a photo is sent back with a reason of up to 300 characters")
    with transaction():
        submission = _decide(submission_id, SubmissionStatus.SENT_BACK, actor, at, reason.strip())
        student_id = submission.student_id
        note_change(student_id)
        tell([News(student_id, NoticeKind.PHOTO_SENT_BACK, about=submission.id)], at=at)
        journal.record(
            "photo_sent_back", Subject.STUDENT, student_id, actor=actor, at=at, reason=submission.reason
        )


def waiting_photos(limit: int = 50) -> list[PhotoSubmission]:
    """The queue of the office, the longest waiting first."""
    found = db.session.scalars(
        select(PhotoSubmission)
        .where(PhotoSubmission.status == SubmissionStatus.WAITING)
        .order_by(PhotoSubmission.submitted_at, PhotoSubmission.id)
        .limit(limit)
    )
    return list(found)


def count_waiting() -> int:
    """How many photos wait for the office."""
    waiting = select(func.count()).where(PhotoSubmission.status == SubmissionStatus.WAITING)
    return db.session.scalar(waiting) or 0


def keep(photo: CardPhoto, at: datetime) -> None:
    """Keep a photo under its fingerprint, once; part of the caller's transaction."""
    if db.session.get(Photo, photo.sha256) is None:
        db.session.add(
            Photo(
                sha256=photo.sha256,
                content=photo.content,
                media_type=MEDIA_TYPE,
                width=photo.width,
                height=photo.height,
                size=len(photo.content),
                stored_at=at,
            )
        )
        db.session.flush()


def _decide(
    submission_id: str, status: SubmissionStatus, actor: str, at: datetime, reason: str | None = None
) -> PhotoSubmission:
    submission = db.session.get(PhotoSubmission, submission_id, populate_existing=True)
    if submission is None or submission.status is not SubmissionStatus.WAITING:
        raise SubmissionDecided(submission_id)
    submission.status, submission.reason = status, reason
    submission.decided_at, submission.decided_by = at, actor
    db.session.flush()
    return submission


def _had_photo(student_id: str) -> dict[str, bool]:
    """For the journal: whether the new photo takes another one's place."""
    return {"had_photo": db.session.get_one(Student, student_id).photo_sha256 is not None}


def _withdraw_waiting(student_id: str, actor: str, at: datetime) -> None:
    waiting = db.session.scalar(
        select(PhotoSubmission).where(
            PhotoSubmission.student_id == student_id, PhotoSubmission.status == SubmissionStatus.WAITING
        )
    )
    if waiting is not None:
        waiting.status, waiting.decided_at, waiting.decided_by = SubmissionStatus.WITHDRAWN, at, actor
        db.session.flush()


def _use(student_id: str, photo_sha256: str, policy: Policy, at: datetime) -> None:
    student = db.session.get_one(Student, student_id)
    student.photo_sha256 = photo_sha256
    db.session.flush()
    note_change(student_id)
    follow_register(student, policy, at)
