"""What the office does about single orders and students, and what the journal keeps of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import JournalEntry
from portal.models.orders import Order, OrderEvent
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services.office_orders import (
    NotUnclear,
    decide_unclear,
    keep_document,
    order_for_student,
    revoke_order,
)
from portal.services.ordering import OrderNotCancellable, OrderUnknown
from portal.services.polish_order import sort_name
from portal.services.student_records import (
    DataMistaken,
    EnrolmentUnknown,
    Mistake,
    StudentChanged,
    approve_oath,
    correct_student,
    reveal_pesel,
)
from tests.people import POLICY, make_office, make_student, pesel_of

pytestmark = pytest.mark.usefixtures("database")


def order_in(status: OrderStatus, there: AtMinistry) -> str:
    """A student's order as it stands after some time."""
    order = order_for_student(make_student().id, POLICY, actor=make_office().id, at=clock.now())
    with transaction() as session:
        row = session.get_one(Order, order.id)
        row.status, row.at_ministry = status, there
    return order.id


def order_of(order_id: str) -> Order:
    return db.session.get_one(Order, order_id, populate_existing=True)


def entries() -> list[tuple[str, str, str | None, dict[str, object]]]:
    found = db.session.scalars(select(JournalEntry).order_by(JournalEntry.at, JournalEntry.act))
    assert all(entry.actor_id == make_office().id for entry in found)
    found = db.session.scalars(select(JournalEntry).order_by(JournalEntry.at, JournalEntry.act))
    return [(entry.act, entry.subject_id, entry.reason, entry.details) for entry in found]


def decide(order_id: str, *, arrived: bool, reason: str = " sprawdzono w panelu ") -> None:
    decide_unclear(order_id, arrived=arrived, reason=reason, actor=make_office().id, at=clock.now())


def correct(student: Student, revision: int | None = None, **changes: object) -> Student:
    return correct_student(
        student.id, changes, revision or student.revision, POLICY, actor=make_office().id, at=clock.now()
    )


def test_an_order_placed_at_the_students_request_names_the_office() -> None:
    order_id = order_in(OrderStatus.WAITING, AtMinistry.ABSENT)

    assert db.session.scalars(select(OrderEvent.actor)).all() == [make_office().id]
    assert order_of(order_id).status is OrderStatus.WAITING


def test_what_arrived_is_in_progress_and_will_be_asked_about() -> None:
    order_id = order_in(OrderStatus.WAITING, AtMinistry.UNCERTAIN)

    decide(order_id, arrived=True)

    order = order_of(order_id)
    assert order.status is OrderStatus.IN_PROGRESS
    assert next_step(order.status, order.at_ministry) is Step.LOOK_UP
    assert entries() == [("doubt_cleared", order_id, "sprawdzono w panelu", {"arrived": True})]


def test_what_did_not_arrive_is_sent_again() -> None:
    order_id = order_in(OrderStatus.WAITING, AtMinistry.UNCERTAIN)

    decide(order_id, arrived=False)

    order = order_of(order_id)
    assert order.status is OrderStatus.WAITING
    assert next_step(order.status, order.at_ministry, repeatable=False) is Step.SUBMIT
    assert order.due_at <= clock.real_now()
    assert entries() == [("doubt_cleared", order_id, "sprawdzono w panelu", {"arrived": False})]


def test_a_doubt_is_cleared_once_and_for_a_reason() -> None:
    order_id = order_in(OrderStatus.WAITING, AtMinistry.UNCERTAIN)
    with pytest.raises(ValueError, match="reason"):
        decide(order_id, arrived=True, reason=" ")
    assert order_of(order_id).status is OrderStatus.WAITING
    decide(order_id, arrived=False)

    with pytest.raises(NotUnclear):
        decide(order_id, arrived=True)


def test_nothing_is_decided_while_a_call_is_under_way() -> None:
    order_id = order_in(OrderStatus.WAITING, AtMinistry.UNCERTAIN)
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.lease_token, order.leased_until = "x", clock.real_now() + timedelta(minutes=1)

    with pytest.raises(NotUnclear):
        decide(order_id, arrived=True)


def test_revoking_keeps_the_typed_reason_in_the_journal() -> None:
    order_id = order_in(OrderStatus.COLLECTED, AtMinistry.PRESENT)

    revoke_order(order_id, reason="zgubiony telefon", actor=make_office().id, at=clock.now())

    order = order_of(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.REVOKED, EndReason.OFFICE_REVOKED)
    assert next_step(order.status, order.at_ministry) is Step.WITHDRAW
    assert entries() == [("order_revoked", order_id, "zgubiony telefon", {"from": "collected"})]
    with pytest.raises(OrderNotCancellable):
        revoke_order(order_id, reason="jeszcze raz", actor=make_office().id, at=clock.now())


def test_an_unknown_order_is_neither_revoked_nor_decided_about() -> None:
    with pytest.raises(OrderUnknown):
        revoke_order("x", reason="y", actor=make_office().id, at=clock.now())
    with pytest.raises(OrderUnknown):
        decide("x", arrived=True)
    with pytest.raises(OrderUnknown):
        keep_document(
            order_in(OrderStatus.WAITING, AtMinistry.ABSENT),
            reason="y",
            actor=make_office().id,
            at=clock.now(),
        )


def test_a_correction_changes_the_place_in_lists_and_is_written_down() -> None:
    student = make_student(surname="Próbna", first_names="Wanda")
    seen = student.revision

    student = correct(student, surname="Żółć", email="w@example.edu.pl")

    assert (student.surname, student.sort_name) == ("Żółć", sort_name("Żółć", "Wanda"))
    assert student.revision == seen + 1
    assert student.personal_data_changed_on == clock.today()
    assert entries() == [
        (
            "student_corrected",
            student.id,
            None,
            {"surname": ["Próbna", "Żółć"], "email": [None, "w@example.edu.pl"]},
        )
    ]


def test_without_a_card_or_a_personal_datum_no_change_is_noted_on_the_card() -> None:
    assert correct(make_student(card=False), surname="Żółć").personal_data_changed_on is None
    assert correct(make_student(), email="w@example.edu.pl").personal_data_changed_on is None


def test_two_people_editing_at_once_see_both_values_and_overwrite_nothing() -> None:
    student = make_student(surname="Próbna")
    seen = student.revision
    correct(student, surname="Pierwsza")

    with pytest.raises(StudentChanged) as changed:
        correct(student, seen, surname="Druga", first_names="Wanda")

    conflicts = changed.value.conflicts
    assert {name: (one.theirs, one.ours) for name, one in conflicts.items()} == {
        "surname": ("Pierwsza", "Druga")
    }
    assert "Pierwsza" not in repr(conflicts)
    assert db.session.scalars(select(Student.surname)).one() == "Pierwsza"
    assert correct(student, changed.value.revision, surname="Druga").surname == "Druga"


def test_what_stands_there_already_is_no_change() -> None:
    student = make_student()
    seen = student.revision

    assert correct(student, seen - 1 or 99, surname=student.surname).revision == seen
    assert entries() == []


def test_a_corrected_pesel_is_found_again_and_never_written_down() -> None:
    student = make_student(birth_date=date(1872, 4, 17))
    fresh = pesel_of(date(1872, 4, 17), 9001)

    student = correct(student, pesel=fresh)

    assert student.pesel == fresh
    assert entries()[0][3] == {"pesel": None}


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"pesel": "12345678901"}, Mistake.NOT_A_PESEL),
        ({"pesel": "x"}, Mistake.NOT_A_PESEL),
        ({"birth_date": date(1880, 1, 1)}, Mistake.PESEL_OF_OTHER_BIRTH_DATE),
        ({"surname": " "}, Mistake.NAME_MISSING),
        ({"album_number": "000009"}, Mistake.TAKEN),
    ],
)
def test_what_cannot_be_so_is_refused_and_changes_nothing(
    changes: dict[str, object], mistake: Mistake
) -> None:
    make_student(album_number="000009")
    student = make_student()
    seen = student.revision

    with pytest.raises(DataMistaken) as mistaken:
        correct(student, None, **changes)

    assert mistaken.value.mistake is mistake
    student_now = db.session.get_one(Student, student.id, populate_existing=True)
    assert student_now.revision == seen
    assert entries() == []


def test_an_oath_is_approved_once() -> None:
    student = make_student(oath_approved_on=None)
    enrolment_id = db.session.scalars(select(Enrolment.id)).one()
    seen = student.revision

    approve_oath(enrolment_id, clock.today(), POLICY, actor=make_office().id, at=clock.now())

    assert db.session.scalars(select(Enrolment.oath_approved_on)).one() == clock.today()
    assert db.session.scalars(select(Student.revision)).one() == seen + 1
    assert [entry[0] for entry in entries()] == ["oath_approved"]
    for unknown in (enrolment_id, "x"):
        with pytest.raises(EnrolmentUnknown):
            approve_oath(unknown, clock.today(), POLICY, actor=make_office().id, at=clock.now())


def test_a_pesel_is_shown_only_with_an_entry_in_the_journal() -> None:
    student = make_student()

    shown = reveal_pesel(student.id, actor=make_office().id, at=clock.now())

    assert shown == db.session.get_one(Student, student.id).pesel
    assert entries() == [("pesel_shown", student.id, None, {})]
