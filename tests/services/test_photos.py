"""The queue of photos, and many at once from an archive."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch, BatchKind
from portal.models.notices import Notice
from portal.models.people import Photo, PhotoSubmission, Student
from portal.rules.eligibility import check_conditions
from portal.rules.notices import NoticeKind
from portal.rules.reasons import Reason
from portal.rules.student import SubmissionStatus
from portal.services import photos
from portal.services.ordering import place_order
from portal.services.photo_archive import (
    MOST_PHOTOS,
    ArchiveFault,
    ArchiveRefused,
    PhotoFate,
    PhotosMoved,
    apply_photos,
    prepare_photos,
)
from portal.services.photo_files import CardPhoto, PhotoRefusal, make_card_photo
from portal.services.photos import PhotoStanding, SubmissionDecided, photo_state
from portal.services.register import facts_of
from tests.people import POLICY, account_of, make_office, make_student
from tests.pictures import archive, picture, pixel_bomb

pytestmark = pytest.mark.usefixtures("database")

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def photo(colour: str = "teal") -> CardPhoto:
    return make_card_photo(picture(colour=colour), POLICY)


def submit(student: Student, colour: str = "teal", at: datetime = AT) -> str:
    return photos.submit(student.id, photo(colour), actor=account_of(student).id, at=at)


def why_no_photo(student: Student) -> set[Reason | None]:
    facts = facts_of(db.session.get_one(Student, student.id, populate_existing=True))
    reasons = {one.reason for one in check_conditions(facts, POLICY, AT.date())}
    return reasons & {Reason.NO_PHOTO, Reason.PHOTO_WAITING, Reason.PHOTO_SENT_BACK}


def test_a_students_photo_waits_and_the_student_reads_so() -> None:
    student = make_student(photo=None)
    assert photo_state(student).standing is PhotoStanding.NONE
    revision = student.revision
    submission_id = submit(student)
    db.session.refresh(student)
    state = photo_state(student)
    assert (state.standing, state.has_accepted, state.submission_id) == (
        PhotoStanding.WAITING,
        False,
        submission_id,
    )
    assert why_no_photo(student) == {Reason.PHOTO_WAITING}
    assert student.revision == revision + 1
    assert [one.id for one in photos.waiting_photos()] == [submission_id]


def test_an_accepted_photo_stands_on_the_next_card() -> None:
    student = make_student(photo=None)
    photos.accept(submit(student), POLICY, actor=make_office().id, at=LATER)
    db.session.refresh(student)
    assert student.photo_sha256 == photo().sha256
    assert photo_state(student).standing is PhotoStanding.ACCEPTED
    assert why_no_photo(student) == set()
    assert photos.waiting_photos() == []


def test_a_photo_that_is_sent_back_says_what_to_correct() -> None:
    student = make_student(photo=None)
    photos.send_back(submit(student), " Twarz jest w cieniu. ", actor=make_office().id, at=LATER)
    state = photo_state(student)
    assert (state.standing, state.reason) == (PhotoStanding.SENT_BACK, "Twarz jest w cieniu.")
    assert why_no_photo(student) == {Reason.PHOTO_SENT_BACK}
    submit(student, "navy", at=LATER + timedelta(minutes=1))
    assert photo_state(student).standing is PhotoStanding.WAITING


def test_a_photo_that_is_sent_back_is_news_each_time_and_the_reason_stays_on_the_page() -> None:
    student = make_student(photo=None)
    for hours, colour in enumerate(("navy", "teal")):
        at = LATER + timedelta(hours=hours)
        photos.send_back(submit(student, colour, at=at), "Za ciemne.", actor=make_office().id, at=at)
    told = db.session.scalars(select(Notice).where(Notice.student_id == student.id)).all()
    assert [(one.kind, one.read_at) for one in told] == [(NoticeKind.PHOTO_SENT_BACK, None)] * 2
    assert {one.day for one in told} == {None}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_sending_back_needs_a_reason_that_fits(reason: str) -> None:
    submission_id = submit(make_student(photo=None))
    with pytest.raises(ValueError, match="reason"):
        photos.send_back(submission_id, reason, actor=make_office().id, at=LATER)


def test_an_accepted_photo_stays_in_use_while_a_newer_one_waits_or_is_sent_back() -> None:
    student = make_student()
    before = student.photo_sha256
    submission_id = submit(student)
    assert why_no_photo(student) == set()
    photos.send_back(submission_id, "Za ciemne.", actor=make_office().id, at=LATER)
    db.session.refresh(student)
    assert (student.photo_sha256, photo_state(student).has_accepted) == (before, True)


def test_a_newer_photo_takes_the_place_of_the_one_that_waits() -> None:
    student = make_student(photo=None)
    first = submit(student)
    second = submit(student, "navy", at=LATER)
    assert [one.id for one in photos.waiting_photos()] == [second]
    assert db.session.get_one(PhotoSubmission, first).status is SubmissionStatus.WITHDRAWN
    with pytest.raises(SubmissionDecided):
        photos.accept(first, POLICY, actor=make_office().id, at=LATER)


def test_a_photo_is_decided_once() -> None:
    submission_id = submit(make_student(photo=None))
    photos.accept(submission_id, POLICY, actor=make_office().id, at=LATER)
    with pytest.raises(SubmissionDecided):
        photos.send_back(submission_id, "Za ciemne.", actor=make_office().id, at=LATER)


def test_the_offices_own_photo_is_accepted_at_once_and_ends_the_waiting_one() -> None:
    student = make_student(photo=None)
    submit(student)
    photos.put_photo(student.id, photo("navy"), POLICY, actor=make_office().id, at=LATER)
    db.session.refresh(student)
    assert student.photo_sha256 == photo("navy").sha256
    assert photos.waiting_photos() == []
    assert photo_state(student).standing is PhotoStanding.ACCEPTED


def test_an_order_that_was_never_sent_takes_the_new_photo() -> None:
    student = make_student()
    order = place_order(student.id, POLICY, actor="test", at=datetime.now(UTC))
    photos.put_photo(student.id, photo(), POLICY, actor=make_office().id, at=datetime.now(UTC))
    db.session.refresh(order)
    assert order.photo_sha256 == photo().sha256


def test_an_archive_is_shown_first_and_applied_whole() -> None:
    make_student(album_number="100", photo=None)
    make_student(album_number="200")
    make_student(album_number="300")
    content = archive(
        {
            "zdjecia/100.jpg": picture(colour="teal"),
            "200.PNG": picture(colour="navy", kind="PNG"),
            "300.jpg": pixel_bomb(),
            "999.jpg": picture(),
            "spis.txt": b"100",
            "__MACOSX/._100.jpg": b"x",
        }
    )
    prepared = prepare_photos(content, POLICY)
    assert {one.name: one.fate for one in prepared.fates} == {
        "zdjecia/100.jpg": PhotoFate.NEW,
        "200.PNG": PhotoFate.REPLACED,
        "300.jpg": PhotoFate.REFUSED,
        "999.jpg": PhotoFate.UNKNOWN_STUDENT,
        "spis.txt": PhotoFate.NOT_A_PICTURE,
    }
    assert [one.refusal for one in prepared.fates if one.refusal] == [PhotoRefusal.TOO_MANY_PIXELS]
    assert db.session.scalar(select(func.count()).select_from(PhotoSubmission)) == 0
    office = make_office().id
    batch_id = apply_photos(prepared, POLICY, fingerprint=prepared.fingerprint, actor=office, at=AT)
    assert db.session.get_one(Batch, batch_id).kind is BatchKind.PHOTOS
    student = db.session.scalars(select(Student).where(Student.album_number == "100")).one()
    assert student.photo_sha256 == make_card_photo(picture(colour="teal"), POLICY).sha256
    again = prepare_photos(content, POLICY)
    assert again.counts[PhotoFate.UNCHANGED] == 2
    assert apply_photos(again, POLICY, fingerprint=again.fingerprint, actor=office, at=AT) is None


def test_two_photos_of_one_student_are_both_refused() -> None:
    make_student(album_number="100", photo=None)
    prepared = prepare_photos(archive({"a/100.jpg": picture(), "b/100.png": picture(kind="PNG")}), POLICY)
    assert prepared.counts == {PhotoFate.TWICE_IN_ARCHIVE: 2}


def test_an_archive_whose_fates_changed_since_is_not_applied() -> None:
    student = make_student(album_number="100", photo=None)
    prepared = prepare_photos(archive({"100.jpg": picture()}), POLICY)
    office = make_office().id
    with pytest.raises(PhotosMoved):
        apply_photos(prepared, POLICY, fingerprint="another", actor=office, at=AT)
    photos.put_photo(student.id, photo("navy"), POLICY, actor=office, at=AT)
    with pytest.raises(PhotosMoved):
        apply_photos(prepared, POLICY, fingerprint=prepared.fingerprint, actor=office, at=AT)
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no archive", ArchiveFault.NOT_A_ZIP),
        (archive({"100.jpg": bytes(9_000_000)}), ArchiveFault.UNPACKS_TOO_LARGE),
        (archive({f"{number}.jpg": b"" for number in range(MOST_PHOTOS + 1)}), ArchiveFault.TOO_MANY_PHOTOS),
    ],
)
def test_an_archive_is_refused_by_its_directory(content: bytes, fault: ArchiveFault) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        prepare_photos(content, POLICY)
    assert refused.value.fault is fault


def test_progress_is_told_picture_by_picture() -> None:
    told: list[tuple[int, int]] = []
    prepare_photos(archive({"1.jpg": b"", "2.jpg": b""}), POLICY, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_the_database_keeps_one_waiting_photo_per_student() -> None:
    student = make_student(photo=None)
    submit(student)
    second = PhotoSubmission(
        student_id=student.id,
        photo_sha256=photo().sha256,
        status=SubmissionStatus.WAITING,
        submitted_at=LATER,
        submitted_by=account_of(student).id,
    )
    with transaction() as session:
        session.add(second)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
