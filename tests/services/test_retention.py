"""What is kept long enough is forgotten; what somebody still needs never is. On both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import SignInSession, SignInThrottle
from portal.models.base import Base, new_id
from portal.models.data_reports import DataReport, DataReportKind
from portal.models.ministry_calls import Attempt, JobRun
from portal.models.notices import Message, MessageState, Notice
from portal.models.orders import Order
from portal.models.people import Photo, PhotoSubmission, Student
from portal.rules.next_step import AtMinistry, Step
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.student import SubmissionStatus
from portal.services import retention
from portal.services.ordering import place_order
from tests.people import POLICY, account_of, jpeg, make_account, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")

YEAR = timedelta(days=365)
ENDED = sorted(set(OrderStatus) - OPEN - {OrderStatus.COLLECTED})


def always() -> bool:
    return True


def a_year_ago() -> datetime:
    return clock.now() - YEAR


def make_order(
    status: OrderStatus,
    *,
    days_ago: int,
    there: AtMinistry = AtMinistry.GONE,
    student: Student | None = None,
) -> str:
    """An order that has been in `status` for so many days, as a bare row."""
    student = student or make_student(photo=jpeg(colour=f"#{abs(hash(new_id())) % 0xFFFFFF:06x}"))
    order_id = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    since = clock.now() - timedelta(days=days_ago)
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.status_since, order.at_ministry = status, since, there
        order.planned_valid_until = since.date()
        order.codes_expire_at = since
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = new_id(), "z8e+6Ys$"
    return order_id


def look(order_id: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order_id, populate_existing=True)


def erase() -> int:
    return retention.erase_order_data(a_year_ago(), always)


def forgetting(forget: Callable[..., int], before: datetime | None = None) -> int:
    return forget(before or a_year_ago(), always)


@pytest.mark.parametrize("status", ENDED)
def test_contents_and_photo_leave_an_order_a_year_after_its_end(status: OrderStatus) -> None:
    old, young = make_order(status, days_ago=366), make_order(status, days_ago=364)

    assert erase() == 1

    assert look(old).payload_sealed is None
    assert look(old).photo_sha256 is None
    assert look(old).status is status
    assert look(young).payload is not None
    assert erase() == 0


@pytest.mark.parametrize("status", sorted(OPEN | {OrderStatus.COLLECTED}))
def test_an_order_that_lasts_keeps_its_contents(status: OrderStatus) -> None:
    order = make_order(status, days_ago=4000, there=AtMinistry.PRESENT)
    assert erase() == 0
    assert look(order).payload is not None


@pytest.mark.parametrize("there", [AtMinistry.PRESENT, AtMinistry.UNCERTAIN])
def test_expired_codes_that_may_still_turn_out_collected_keep_theirs(there: AtMinistry) -> None:
    order = make_order(OrderStatus.CODES_EXPIRED, days_ago=400, there=there)
    assert erase() == 0
    assert look(order).payload is not None


def test_expired_codes_wait_until_the_planned_validity_is_as_long_over() -> None:
    order_id = make_order(OrderStatus.CODES_EXPIRED, days_ago=400, there=AtMinistry.KEPT)
    with transaction() as session:
        session.get_one(Order, order_id).planned_valid_until = clock.today() - timedelta(days=300)
    assert erase() == 0
    with transaction() as session:
        session.get_one(Order, order_id).planned_valid_until = clock.today() - timedelta(days=366)
    assert erase() == 1


def test_only_photos_nobody_needs_go() -> None:
    student = make_student(photo=jpeg(colour="#010203"))
    kept_by_student = student.photo_sha256
    erased = make_order(OrderStatus.CANCELLED, days_ago=400)
    kept_order = make_order(OrderStatus.CANCELLED, days_ago=100)
    photos = {which: look(which).photo_sha256 for which in (erased, kept_order)}
    with transaction() as session:  # they have newer photos by now
        for order_id in (erased, kept_order):
            order = session.get_one(Order, order_id)
            session.get_one(Student, order.student_id).photo_sha256 = kept_by_student
    erase()

    later = clock.real_now() + timedelta(minutes=1)
    assert retention.forget_photos(later, always) == 1
    left = set(db.session.scalars(select(Photo.sha256)))
    assert left == {kept_by_student, photos[kept_order]}


def test_photos_just_stored_are_left_alone() -> None:
    student = make_student()
    with transaction() as session:
        session.get_one(Student, student.id).photo_sha256 = None
    assert retention.forget_photos(clock.real_now() - timedelta(days=1), always) == 0
    assert retention.forget_photos(clock.real_now() + timedelta(minutes=1), always) == 1


def test_decided_photos_are_forgotten_but_not_what_is_still_to_be_corrected() -> None:
    office = make_office().id
    long_ago = a_year_ago() - timedelta(days=2)
    told, answered = make_student(), make_student()
    waiting = make_student()
    with transaction() as session:
        for student, status, at in (
            (told, SubmissionStatus.SENT_BACK, long_ago),
            (answered, SubmissionStatus.SENT_BACK, long_ago),
            (answered, SubmissionStatus.ACCEPTED, long_ago + timedelta(hours=1)),
            (waiting, SubmissionStatus.WAITING, long_ago),
        ):
            decided = status is not SubmissionStatus.WAITING
            session.add(
                PhotoSubmission(
                    student_id=student.id,
                    photo_sha256=student.photo_sha256,
                    status=status,
                    submitted_at=at,
                    submitted_by=office,
                    decided_at=at if decided else None,
                    decided_by=office if decided else None,
                    reason="Za ciemne." if status is SubmissionStatus.SENT_BACK else None,
                )
            )
    assert forgetting(retention.forget_photo_submissions) == 2
    left = set(db.session.scalars(select(PhotoSubmission.student_id)))
    assert left == {told.id, waiting.id}


def make_notice(student: Student, *, day_in: int | None, order_id: str | None = None) -> str:
    long_ago = a_year_ago() - timedelta(days=1)
    notice = Notice(
        student_id=student.id,
        kind=NoticeKind.MAY_ORDER,
        about=new_id(),
        order_id=order_id,
        day=None if day_in is None else clock.today() + timedelta(days=day_in),
        at=long_ago,
    )
    notice_id = notice.id
    with transaction() as session:
        session.add(notice)
    return str(notice_id)


def make_message(notice_id: str, state: MessageState) -> None:
    long_ago = a_year_ago() - timedelta(days=1)
    with transaction() as session:
        session.add(
            Message(
                notice_id=notice_id,
                state=state,
                queued_at=long_ago,
                due_at=long_ago,
                sent_at=long_ago if state is MessageState.SENT else None,
            )
        )


def test_old_news_and_mail_are_forgotten_but_none_that_would_be_told_again() -> None:
    student = make_student()
    order = make_order(OrderStatus.COLLECTED, days_ago=500, there=AtMinistry.PRESENT)
    with transaction() as session:
        session.execute(text("DELETE FROM messages"))
        session.execute(text("DELETE FROM notices"))
    past, lasting = make_notice(student, day_in=-1), make_notice(student, day_in=0)
    of_document = make_notice(student, day_in=-1, order_id=order)
    unsent = make_notice(student, day_in=None)
    make_message(past, MessageState.SENT)
    make_message(unsent, MessageState.WAITING)

    assert forgetting(retention.forget_messages) == 1
    assert forgetting(retention.forget_notices) == 1
    assert set(db.session.scalars(select(Notice.id))) == {lasting, of_document, unsent}


def test_settled_reports_are_forgotten_and_open_ones_are_not() -> None:
    student, office = make_student(), make_office().id
    long_ago = a_year_ago() - timedelta(days=1)
    for settled in (long_ago, None):
        report = DataReport(
            student_id=student.id,
            kind=DataReportKind.NAME,
            reported_at=long_ago,
            settled_at=settled,
            settled_by=office if settled else None,
        )
        report.words = "Literówka."
        with transaction() as session:
            session.add(report)
    assert forgetting(retention.forget_settled_reports) == 1
    assert [report.settled_at for report in db.session.scalars(select(DataReport))] == [None]


def test_runs_are_forgotten_by_their_end_not_by_their_beginning() -> None:
    now, long_ago = clock.real_now(), a_year_ago() - timedelta(days=1)
    with transaction() as session:
        session.add(JobRun(job="old", started_at=long_ago, finished_at=long_ago))
        session.add(JobRun(job="idle for a year", started_at=long_ago, finished_at=now, runs=9000))
    assert forgetting(retention.forget_runs) == 1
    assert db.session.scalars(select(JobRun.job)).all() == ["idle for a year"]


def test_attempts_of_orders_with_something_left_to_do_stay() -> None:
    long_ago = a_year_ago() - timedelta(days=1)
    done = make_order(OrderStatus.CANCELLED, days_ago=400)
    lasting = make_order(OrderStatus.COLLECTED, days_ago=400, there=AtMinistry.PRESENT)
    owed = make_order(OrderStatus.CANCELLED, days_ago=400, there=AtMinistry.PRESENT)
    with transaction() as session:
        for order_id in (done, lasting, owed):
            session.add(
                Attempt(
                    order_id=order_id,
                    step=Step.SUBMIT,
                    at_ministry_before=AtMinistry.ABSENT,
                    started_at=long_ago,
                    finished_at=long_ago,
                    outcome="accepted",
                )
            )
    assert forgetting(retention.forget_attempts) == 1
    assert set(db.session.scalars(select(Attempt.order_id))) == {lasting, owed}


def test_sessions_and_counters_past_their_time_are_forgotten() -> None:
    account = make_account()
    now, long_ago = clock.real_now(), a_year_ago() - timedelta(days=1)
    with transaction() as session:
        for number, expires in enumerate((long_ago, now)):
            session.add(
                SignInSession(
                    id_hash=bytes([number]) * 32,
                    account_id=account.id,
                    created_at=expires - timedelta(hours=12),
                    expires_at=expires,
                )
            )
            session.add(SignInThrottle(subject=bytes([number]) * 32, window_began_at=expires, failures=1))
    assert forgetting(retention.forget_sessions) == 1
    assert forgetting(retention.forget_sign_in_counters) == 1
    assert db.session.scalars(select(SignInSession.expires_at)).one() > long_ago


def test_it_works_in_chunks_and_stops_between_two_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    long_ago = a_year_ago() - timedelta(days=1)
    with transaction() as session:
        for _ in range(7):
            session.add(JobRun(job="old", started_at=long_ago, finished_at=long_ago))
    asked = iter([True, True])
    assert retention.forget_runs(a_year_ago(), lambda: next(asked, False)) == 4
    assert forgetting(retention.forget_runs) == 3


def test_nothing_is_left_that_refers_to_nothing() -> None:
    student = make_student()
    account_of(student)
    for status in ENDED:
        make_order(status, days_ago=500)
    for forget in (
        retention.erase_order_data,
        retention.forget_photo_submissions,
        retention.forget_photos,
        retention.forget_messages,
        retention.forget_notices,
        retention.forget_attempts,
        retention.forget_sessions,
    ):
        forget(clock.now() - timedelta(days=100), always)
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            orphans = select(func.count()).where(
                key.parent.is_not(None),
                key.parent.not_in(select(key.column.table.alias().c[key.column.name])),
            )
            assert db.session.scalar(orphans) == 0, key.parent
