"""Orders and documents end with the last entitling studies, at once or on their day, and other programmes keep them."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, EndAfterRemoval, Policy
from portal.rules.reasons import EndReason
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import month_after
from portal.services.enrolment_status import would_end_with
from portal.services.entitlement import loss_ahead, revoke_all_ended
from portal.services.ordering import place_order
from portal.services.register_import import ImportOptions, apply_import, counts_of, prepare_import
from tests.people import POLICY, make_enrolment, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")

MONTH = Policy(basis=Basis.ELS, end_after_removal=EndAfterRemoval.MONTH_LATER)
STATUS_FILE = """Nr albumu;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Status
{album};Wanda;Próbna;Wydział Przykładów;Przykładoznawstwo;I stopień;2;skreślony
"""


def holder(status: OrderStatus = OrderStatus.COLLECTED) -> tuple[Student, str]:
    """A student with an order put into a state by hand."""
    student = make_student()
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    with transaction() as session:
        row = session.get_one(Order, order.id)
        row.status, row.at_ministry = status, AtMinistry.PRESENT
    return student, order.id


def set_status(student: Student, status: EnrolmentStatus, since: date) -> None:
    with transaction() as session:
        (enrolment,) = session.get_one(Student, student.id).enrolments
        enrolment.status, enrolment.status_since = status, since


def revoked(order_id: str) -> bool:
    db.session.rollback()
    order = db.session.get_one(Order, order_id)
    if order.status is not OrderStatus.REVOKED:
        return False
    assert order.end_reason is EndReason.ENTITLEMENT_ENDED
    assert order.at_ministry is AtMinistry.PRESENT, "what is there will be withdrawn"
    return True


def test_a_removal_ends_the_document_at_once() -> None:
    student, document = holder()
    set_status(student, EnrolmentStatus.REMOVED, clock.today())

    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 1

    assert revoked(document)
    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 0


def test_expired_codes_nobody_answered_about_are_withdrawn_with_the_entitlement() -> None:
    student, key = holder()
    with transaction() as session:
        order = session.get_one(Order, key)
        order.status, order.at_ministry = OrderStatus.CODES_EXPIRED, AtMinistry.KEPT
    assert revoke_all_ended(POLICY, actor="revoke_cards", at=clock.now()) == 0
    set_status(student, EnrolmentStatus.REMOVED, clock.today() - timedelta(days=1))

    revoke_all_ended(POLICY, actor="revoke_cards", at=clock.now())

    db.session.rollback()
    order = db.session.get_one(Order, key, populate_existing=True)
    assert next_step(order.status, order.at_ministry) is Step.WITHDRAW


def test_with_the_months_grace_the_document_stays_a_month() -> None:
    student, document = holder()
    set_status(student, EnrolmentStatus.REMOVED, clock.today())
    assert revoke_all_ended(MONTH, actor="test", at=clock.now()) == 0

    clock.move_to(timedelta(days=32))
    assert revoke_all_ended(MONTH, actor="test", at=clock.now()) == 1

    assert revoked(document)


def test_a_removal_still_to_come_waits_for_its_day() -> None:
    student, document = holder(OrderStatus.IN_PROGRESS)
    set_status(student, EnrolmentStatus.REMOVED, clock.today() + timedelta(days=3))
    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 0

    clock.move_to(timedelta(days=3))
    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 1

    assert revoked(document)


def test_another_programme_keeps_the_document() -> None:
    student, document = holder()
    with transaction() as session:
        session.add(make_enrolment(student.id, level=Level.SECOND_CYCLE, programme="Drugi"))
        first = session.query(Enrolment).filter_by(student_id=student.id, level=Level.FIRST_CYCLE).one()
        first.status, first.status_since = EnrolmentStatus.TRANSFERRED, clock.today()

    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 0

    assert not revoked(document)


def test_a_first_cycle_graduate_keeps_the_document_until_31_october() -> None:
    student, document = holder()
    graduated = clock.today()
    set_status(student, EnrolmentStatus.GRADUATED, graduated)
    last = max(graduated, date(graduated.year, 10, 31))

    clock.move_to(clock.end_of(last) - timedelta(hours=1) - clock.real_now())
    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 0
    clock.move_to(clock.end_of(last) + timedelta(hours=1) - clock.real_now())
    assert revoke_all_ended(POLICY, actor="test", at=clock.now()) == 1

    assert revoked(document)


def test_an_import_tells_how_many_it_would_revoke_and_then_does() -> None:
    student, document = holder()
    _, untouched = holder()
    content = STATUS_FILE.format(album=student.album_number).encode()

    prepared = prepare_import(content, ImportOptions(), POLICY, at=clock.now())
    assert [(one.status, one.on) for one in prepared.ending.orders] == [(OrderStatus.COLLECTED, None)]
    assert not revoked(document)
    apply_import(prepared, POLICY, fingerprint=prepared.fingerprint, actor=make_office().id, at=clock.now())

    assert revoked(document)
    assert not revoked(untouched)


def test_an_import_tells_apart_what_it_would_revoke_on_a_day_to_come() -> None:
    student, _ = holder()
    day = clock.today() + timedelta(days=3)
    content = STATUS_FILE.format(album=student.album_number).replace("Status\n", "Status;Status od\n")
    content = content.replace("skreślony", f"skreślony;{day}")

    prepared = prepare_import(content.encode(), ImportOptions(), POLICY, at=clock.now())

    assert prepared.ending.now == ()
    assert [(one.student_id, one.on) for one in prepared.ending.later] == [(student.id, day)]
    assert (counts_of(prepared)["revoked"], counts_of(prepared)["revoked_later"]) == (0, 1)


def test_a_loss_known_before_is_not_announced_once_more() -> None:
    student, _ = holder()
    day = clock.today() + timedelta(days=3)
    set_status(student, EnrolmentStatus.REMOVED, day)
    (enrolment,) = db.session.get_one(Student, student.id).enrolments

    assert not would_end_with(enrolment, EnrolmentStatus.REMOVED, day, POLICY, at=clock.now()).orders
    assert not would_end_with(enrolment, EnrolmentStatus.ACTIVE, clock.today(), POLICY, at=clock.now()).orders
    sooner = would_end_with(
        enrolment, EnrolmentStatus.REMOVED, day - timedelta(days=1), POLICY, at=clock.now()
    )
    assert [one.on for one in sooner.later] == [day - timedelta(days=1)]


def test_a_document_that_runs_out_before_the_loss_is_not_announced() -> None:
    student, _ = holder()
    (enrolment,) = db.session.get_one(Student, student.id).enrolments
    far = clock.today() + timedelta(days=1000)

    assert not would_end_with(enrolment, EnrolmentStatus.REMOVED, far, POLICY, at=clock.now()).orders
    assert loss_ahead(db.session.get_one(Student, student.id), POLICY, clock.today()) is None


def test_a_loss_ahead_is_known_until_its_day() -> None:
    student, _ = holder()
    day = clock.today() + timedelta(days=3)
    set_status(student, EnrolmentStatus.REMOVED, day)
    row = db.session.get_one(Student, student.id)

    assert loss_ahead(row, POLICY, clock.today()) == day
    assert loss_ahead(row, MONTH, clock.today()) == month_after(day) + timedelta(days=1)
    assert loss_ahead(row, POLICY, day) is None


def test_students_missing_from_a_full_list_count_among_the_revoked() -> None:
    student, document = holder()
    kept, _ = holder()
    content = STATUS_FILE.format(album=kept.album_number).replace("skreślony", "aktywny").encode()

    options = ImportOptions(full_list=True)
    prepared = prepare_import(content, options, POLICY, at=clock.now())
    assert prepared.missing == 1
    assert [(one.status, one.on) for one in prepared.ending.orders] == [(OrderStatus.COLLECTED, None)]
    apply_import(
        prepared,
        POLICY,
        fingerprint=prepared.fingerprint,
        actor=make_office().id,
        at=clock.now(),
        confirmed_missing=1,
    )

    assert revoked(document)
    assert student.album_number != kept.album_number
