"""The queue of mail: who gets a message, what is passed over, and what becomes of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.notices import MailChoice, Message, MessageState
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import NoticeKind, RenewalStep
from portal.rules.order_status import OrderStatus
from portal.services import mail_queue, photos, undelivered_mail
from portal.services.card_extensions import extend
from portal.services.mail_choices import choices_of, choose
from portal.services.mail_queue import Claim
from portal.services.notices import News, tell
from portal.services.ordering import place_order
from portal.services.photo_files import CardPhoto
from tests.mailing import make_due, messages, order_in, student_with_mail, tell_of
from tests.people import POLICY, account_of, jpeg, make_office
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")

LEASE = timedelta(minutes=1)
WAITING, SENT, DROPPED, GIVEN_UP = (
    (MessageState(state), None) for state in ("waiting", "sent", "dropped", "given_up")
)


def claim() -> Claim | None:
    return mail_queue.claim_next(POLICY, lease=LEASE, at=clock.now())


def claimed() -> Claim:
    found = claim()
    assert found is not None
    return found


def ready(address: str | None = "wanda@example.edu.pl") -> Order:
    order = order_in(student_with_mail(address), OrderStatus.READY)
    tell_of(order, NoticeKind.READY)
    return order


def test_a_message_is_leased_to_one_worker_and_sent_once() -> None:
    order = ready()

    found = claimed()
    assert (found.address, found.kind, found.language) == (
        "wanda@example.edu.pl",
        NoticeKind.READY,
        Language.POLISH,
    )
    assert found.day == order.planned_valid_until
    assert claim() is None
    assert not mail_queue.any_due()

    mail_queue.settle_sent(found)
    make_due()
    assert claim() is None
    assert messages() == [SENT]


def test_what_a_dead_worker_held_goes_out_under_the_same_id() -> None:
    ready()
    first = claimed()
    make_due()
    second = claimed()
    assert second.message_id == first.message_id
    assert (second.queued_at, second.token == first.token) == (first.queued_at, False)

    mail_queue.settle_later(first, "smtp_450")
    assert messages() == [WAITING], "who lost the lease changes nothing"
    mail_queue.settle_sent(first)
    assert messages() == [SENT], "but the server's word is a fact"
    mail_queue.settle_given_up(second, "smtp_550")
    assert messages() == [SENT]


def test_a_message_put_off_waits_longer_each_time_and_one_given_back_not_at_all() -> None:
    ready()
    mail_queue.give_back(claimed())
    found = claimed()
    assert found.failures == 0
    mail_queue.settle_later(found, "smtp_450")
    assert not mail_queue.any_due()
    make_due()
    assert claimed().failures == 1
    waits = [min(mail_queue.backoff(failures) for _ in range(50)) for failures in (0, 3, 30)]
    assert 30 <= waits[0] < waits[1] < waits[2] <= mail_queue.LONGEST_BACKOFF_SECONDS


def test_after_three_days_it_is_given_up_and_the_office_sees_it() -> None:
    ready()
    with transaction() as session:
        long_ago = clock.real_now() - timedelta(days=3, minutes=1)
        session.execute(update(Message).values(queued_at=long_ago))
    assert claim() is None
    assert messages() == [(MessageState.GIVEN_UP, "too_old")]
    assert undelivered_mail.count() == 1
    (row,) = undelivered_mail.newest()
    assert (row.kind, row.error) == (NoticeKind.READY, "too_old")


def test_what_a_server_refused_is_given_up_at_once() -> None:
    ready()
    mail_queue.settle_given_up(claimed(), "smtp_550")
    assert messages() == [(MessageState.GIVEN_UP, "smtp_550")]


@pytest.mark.parametrize(
    "status",
    [OrderStatus.COLLECTED, OrderStatus.CODES_EXPIRED, OrderStatus.CANCELLED, OrderStatus.REVOKED],
)
@pytest.mark.parametrize("kind", [NoticeKind.READY, NoticeKind.CODES_EXPIRE_SOON])
def test_codes_that_are_gone_are_no_news(status: OrderStatus, kind: NoticeKind) -> None:
    order = order_in(student_with_mail(), OrderStatus.READY)
    tell_of(order, kind)
    with transaction() as session:
        moved = session.get_one(Order, order.id)
        moved.status = status
        moved.qr_payload_sealed = moved.activation_code_sealed = None
    assert claim() is None
    assert messages() == [(MessageState.DROPPED, "old_news")]


def test_codes_past_their_time_are_no_news_even_before_the_jobs_say_so() -> None:
    ready()
    clock.move_to(timedelta(days=31))
    assert claim() is None
    assert messages() == [(MessageState.DROPPED, "old_news")]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(OrderStatus.CODES_EXPIRED, NoticeKind.CODES_EXPIRED), (OrderStatus.ERROR, NoticeKind.REFUSED)],
)
@pytest.mark.parametrize("again", [False, True])
def test_a_failure_is_news_until_the_student_ordered_again(
    status: OrderStatus, kind: NoticeKind, again: bool
) -> None:
    student = student_with_mail()
    order = order_in(student, status, age=timedelta(minutes=5))
    tell_of(order, kind)
    if again:
        place_order(student.id, POLICY, actor="test", at=clock.now())
    assert (claim() is None) is again


def test_who_ordered_meanwhile_need_not_hear_that_they_may() -> None:
    student = student_with_mail()
    with transaction():
        tell([News(student.id, NoticeKind.MAY_ORDER, "2027-03-31", day=date(2027, 3, 31))], at=clock.now())
    found = claimed()
    assert found.kind is NoticeKind.MAY_ORDER
    mail_queue.give_back(found)
    place_order(student.id, POLICY, actor="test", at=clock.now())
    assert claim() is None
    assert messages() == [(MessageState.DROPPED, "old_news")]


def test_who_handed_in_another_photo_need_not_hear_that_the_last_was_sent_back() -> None:
    student = student_with_mail()
    own = account_of(student).id
    photo = CardPhoto(jpeg(), 246, 304)
    sent_back = photos.submit(student.id, photo, actor=own, at=clock.now())
    photos.send_back(sent_back, "Za ciemne.", actor=make_office().id, at=clock.now())
    found = claimed()
    assert found.kind is NoticeKind.PHOTO_SENT_BACK
    mail_queue.give_back(found)
    photos.submit(student.id, photo, actor=own, at=clock.now() + timedelta(minutes=1))
    assert claim() is None
    assert messages() == [(MessageState.DROPPED, "old_news")]


def test_the_end_of_a_document_comes_with_what_to_do_now() -> None:
    student = student_with_mail()
    document = order_in(student, OrderStatus.COLLECTED)
    tell_of(document, NoticeKind.SEMESTER_ENDS)
    found = claimed()
    assert found.step is RenewalStep.EXTEND
    mail_queue.give_back(found)
    until = document.planned_valid_until + timedelta(days=200)
    extend(student.id, until, POLICY, actor=make_office().id, at=clock.now(), legal_basis="próba")
    found = claimed()
    assert found.step is RenewalStep.ORDER
    mail_queue.give_back(found)
    place_order(student.id, POLICY, actor="test", at=clock.now())
    assert claim() is None


def test_an_address_taken_away_and_a_kind_switched_off_count_until_the_last_moment() -> None:
    order = ready()
    choose(order.student_id, set(), Language.ENGLISH)
    assert claim() is None
    other = ready()
    with transaction() as session:
        session.get_one(Student, other.student_id).email = None
    assert claim() is None
    assert messages() == [(MessageState.DROPPED, "switched_off"), (MessageState.DROPPED, "no_address")]


def test_the_language_is_the_student_s_and_polish_until_they_choose() -> None:
    order = ready()
    choose(order.student_id, set(NoticeKind), None)
    assert claimed().language is Language.POLISH
    order = ready()
    choose(order.student_id, set(NoticeKind), Language.ENGLISH)
    assert claimed().language is Language.ENGLISH


def test_choices_stay_as_they_were_made() -> None:
    student = student_with_mail()
    assert choices_of(student.id).wanted == set(NoticeKind) - {NoticeKind.ORDERED}
    for wanted in ({NoticeKind.ORDERED}, set(NoticeKind), set()):
        choose(student.id, wanted, Language.POLISH)
        assert choices_of(student.id).wanted == wanted
    assert db.session.scalar(select(func.count()).select_from(MailChoice)) == len(NoticeKind)


def test_without_a_server_nothing_is_kept_for_later() -> None:
    ready()
    assert mail_queue.waiting() == 1
    assert mail_queue.drop_all(mail_queue.NO_SERVER) == 1
    assert mail_queue.drop_all(mail_queue.NO_SERVER) == 0
    assert messages() == [(MessageState.DROPPED, "no_server")]


def test_many_old_messages_do_not_keep_the_one_that_counts_waiting() -> None:
    for _ in range(3):
        order = ready()
        choose(order.student_id, set(), Language.POLISH)
    wanted = ready("inna@example.edu.pl")
    assert claimed().address == "inna@example.edu.pl"
    assert wanted.status is OrderStatus.READY


def test_looking_for_work_reads_an_index() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL forgets at a rollback that it is to explain as if tables were large")
    ready()
    with watched_plans() as plans:
        mail_queue.any_due()
        claim()
        mail_queue.drop_all(mail_queue.NO_SERVER)
        undelivered_mail.count()
    assert plans.statements > 3
    assert plans.whole_tables == set()
