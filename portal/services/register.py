"""Reading the register: the facts about a student that rules reason over."""

from sqlalchemy import select, update

from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.people import Enrolment, Photo, PhotoSubmission, Student
from portal.rules.student import (
    Blocker,
    CardFacts,
    EnrolmentFacts,
    ExtensionFacts,
    PhotoFacts,
    StudentFacts,
    SubmissionStatus,
)


def facts_of(student: Student) -> StudentFacts:
    """What the rules need to know about `student`, as the database has it now."""
    return StudentFacts(
        enrolments=tuple(_enrolment_facts(enrolment) for enrolment in student.enrolments),
        has_pesel=student.pesel_sealed is not None,
        has_album_number=student.album_number is not None,
        photo=_photo_facts(student),
        card=_card_facts(student.id),
        extensions=_extension_facts(student.id),
        personal_data_changed_on=student.personal_data_changed_on,
        blockers=blockers_of(fees_unpaid=student.fees_unpaid, year_not_closed=student.year_not_closed),
        latest_submission=_latest_submission(student.id),
    )


def blockers_of(*, fees_unpaid: bool, year_not_closed: bool) -> frozenset[Blocker]:
    """The register's two flags as the rules see them."""
    flags = {Blocker.FEES_UNPAID: fees_unpaid, Blocker.YEAR_NOT_CLOSED: year_not_closed}
    return frozenset(blocker for blocker, raised in flags.items() if raised)


def note_change(student_id: str) -> None:
    """Count a change the student can see; every use case that makes one calls this in its transaction."""
    db.session.execute(update(Student).where(Student.id == student_id).values(revision=Student.revision + 1))


def _enrolment_facts(enrolment: Enrolment) -> EnrolmentFacts:
    return EnrolmentFacts(
        id=enrolment.id,
        level=enrolment.level,
        status=enrolment.status,
        status_since=enrolment.status_since,
        begins_on=enrolment.begins_on,
        oath_approved_on=enrolment.oath_approved_on,
    )


def _photo_facts(student: Student) -> PhotoFacts | None:
    if student.photo_sha256 is None:
        return None
    row = db.session.execute(
        select(Photo.width, Photo.height, Photo.size).where(Photo.sha256 == student.photo_sha256)
    ).one()
    return PhotoFacts(*row)


def _latest_submission(student_id: str) -> SubmissionStatus | None:
    return db.session.scalar(
        select(PhotoSubmission.status)
        .where(PhotoSubmission.student_id == student_id)
        .order_by(PhotoSubmission.submitted_at.desc(), PhotoSubmission.id)
        .limit(1)
    )


def _card_facts(student_id: str) -> CardFacts | None:
    # A valid card wins over void ones; among void ones the last to become void.
    row = db.session.execute(
        select(ElsCard.issued_on, ElsCard.first_valid_until, ElsCard.void_on)
        .where(ElsCard.student_id == student_id)
        .order_by(ElsCard.void_on.is_not(None), ElsCard.void_on.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CardFacts(*row)


def _extension_facts(student_id: str) -> tuple[ExtensionFacts, ...]:
    rows = db.session.execute(
        select(CardExtension.id, CardExtension.until)
        .where(CardExtension.student_id == student_id, CardExtension.undone_at.is_(None))
        .order_by(CardExtension.until)
    )
    return tuple(ExtensionFacts(*row) for row in rows)
