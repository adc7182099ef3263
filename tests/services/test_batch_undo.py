"""Undoing a bulk extension: what rested on it, state by state."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.reasons import EndReason
from portal.rules.validity import proposed_until
from portal.services import batch_undo
from portal.services.batch_undo import BatchUndo, BatchUnknown, affected_by_batch_undo, undo_batch
from portal.services.bulk_extensions import apply_extension
from portal.services.card_extensions import affected_by_undo, undo_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.services.ordering import place_order
from portal.services.register import note_change
from tests.people import POLICY, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")

SENT = AtMinistry.PRESENT


def near() -> date:
    return proposed_until(clock.today(), POLICY)


def far() -> date:
    return proposed_until(near() + timedelta(days=20), POLICY)


def extended(*students: Student, until: date | None = None) -> str:
    """The batch that extended all of them."""
    request = ExtensionRequest.same_date([student.id for student in students], until or near())
    fingerprint = preview_extension(request, POLICY, at=clock.now()).fingerprint
    done = apply_extension(request, fingerprint, POLICY, actor=make_office().id, at=clock.now())
    assert done.batch_id is not None
    return done.batch_id


def undo(batch_id: str, *, revoke_collected: bool = False) -> BatchUndo:
    return undo_batch(
        batch_id,
        POLICY,
        actor=make_office().id,
        reason=" zła grupa ",
        at=clock.now(),
        revoke_collected=revoke_collected,
    )


def ordered(student: Student, status: OrderStatus, there: AtMinistry) -> str:
    """An order of the student as it stands after some time."""
    order_id: str = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = status, there
        order.codes_expire_at = clock.now() + timedelta(days=30)
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = "0" * 32, "z8e+6Ys$"
    return order_id


def order_of(order_id: str) -> Order:
    return db.session.get_one(Order, order_id, populate_existing=True)


def one_of_each() -> tuple[str, dict[str, str]]:
    """A batch and, by name, the orders of its students."""
    states = {
        "sent": (OrderStatus.IN_PROGRESS, SENT),
        "uncertain": (OrderStatus.WAITING, AtMinistry.UNCERTAIN),
        "ready": (OrderStatus.READY, SENT),
        "collected": (OrderStatus.COLLECTED, SENT),
        "superseded": (OrderStatus.SUPERSEDED, AtMinistry.KEPT),
        "cancelled": (OrderStatus.CANCELLED, AtMinistry.GONE),
    }
    students = {name: make_student(extended_until=None) for name in states}
    students["waiting"] = make_student(extended_until=None)
    students["earlier"] = make_student()
    batch_id = extended(*(one for name, one in students.items() if name != "earlier"))
    orders = {name: ordered(students[name], *state) for name, state in states.items()}
    orders["waiting"] = ordered(students["waiting"], OrderStatus.WAITING, AtMinistry.ABSENT)
    orders["earlier"] = ordered(students["earlier"], OrderStatus.WAITING, AtMinistry.ABSENT)
    return batch_id, orders


def test_the_office_sees_counts_per_state_before_anything_happens() -> None:
    batch_id, orders = one_of_each()

    seen = affected_by_batch_undo(batch_id, POLICY, at=clock.now())

    assert seen.by_status() == {
        OrderStatus.WAITING: 2,
        OrderStatus.IN_PROGRESS: 1,
        OrderStatus.READY: 1,
        OrderStatus.COLLECTED: 1,
    }
    assert len(seen.extensions) == 7
    assert order_of(orders["ready"]).status is OrderStatus.READY


def test_what_was_sent_or_is_ready_is_revoked_and_will_be_withdrawn() -> None:
    batch_id, orders = one_of_each()

    undo(batch_id)

    for name in ("sent", "uncertain", "ready"):
        order = order_of(orders[name])
        assert (order.status, order.end_reason) == (OrderStatus.REVOKED, EndReason.EXTENSION_UNDONE)
        assert (order.qr_payload, order.activation_code) == (None, None)
        assert next_step(order.status, order.at_ministry) is Step.WITHDRAW
    assert order_of(orders["waiting"]).status is OrderStatus.REVOKED
    assert next_step(OrderStatus.REVOKED, order_of(orders["waiting"]).at_ministry) is Step.NOTHING


def test_what_has_ended_and_what_does_not_rest_on_the_batch_stays_as_it_is() -> None:
    batch_id, orders = one_of_each()
    names = ("superseded", "cancelled", "earlier")
    before = {name: (order_of(orders[name]).status, order_of(orders[name]).version) for name in names}

    undo(batch_id, revoke_collected=True)

    assert {name: (order_of(orders[name]).status, order_of(orders[name]).version) for name in names} == before


@pytest.mark.parametrize("ticked", [False, True])
def test_documents_are_revoked_only_when_it_is_ticked(*, ticked: bool) -> None:
    batch_id, orders = one_of_each()

    undo(batch_id, revoke_collected=ticked)

    status = order_of(orders["collected"]).status
    assert status is (OrderStatus.REVOKED if ticked else OrderStatus.COLLECTED)


def test_an_order_never_sent_takes_the_earlier_date_where_that_may_be_ordered() -> None:
    student = make_student(extended_until=near())
    batch_id = extended(student, until=far())
    order_id = ordered(student, OrderStatus.WAITING, AtMinistry.ABSENT)
    assert order_of(order_id).planned_valid_until == far()

    undo(batch_id)

    order = order_of(order_id)
    assert (order.status, order.planned_valid_until, order.version) == (OrderStatus.WAITING, near(), 1)
    assert json.loads(str(order.payload))["valid_until"] == str(near())


def test_an_order_sent_in_that_very_moment_is_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    student = make_student(extended_until=near())
    batch_id = extended(student, until=far())
    order_id = ordered(student, OrderStatus.WAITING, AtMinistry.ABSENT)

    def sent_meanwhile() -> None:
        with transaction() as session:
            session.get_one(Order, order_id).at_ministry = AtMinistry.UNCERTAIN

    just_after_working_out(monkeypatch, sent_meanwhile)
    undo(batch_id)

    order = order_of(order_id)
    assert (order.status, order.planned_valid_until) == (OrderStatus.REVOKED, far())
    assert next_step(order.status, order.at_ministry) is Step.WITHDRAW


def test_an_order_placed_in_that_very_moment_is_revoked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    student, other = make_student(extended_until=None), make_student(extended_until=None)
    batch_id = extended(student, other)
    placed: list[str] = []

    def ordered_meanwhile() -> None:
        placed.append(place_order(student.id, POLICY, actor="test", at=clock.now()).id)

    just_after_working_out(monkeypatch, ordered_meanwhile)
    done = undo(batch_id)

    assert order_of(placed[0]).status is OrderStatus.REVOKED
    assert done.by_status() == {OrderStatus.WAITING: 1}


def test_an_extension_undone_in_that_very_moment_is_not_undone_again(monkeypatch: pytest.MonkeyPatch) -> None:
    student, other = make_student(extended_until=None), make_student(extended_until=None)
    batch_id = extended(student, other)
    mine = db.session.scalars(select(CardExtension).where(CardExtension.student_id == student.id)).one()
    extension_id = mine.id

    def undone_meanwhile() -> None:
        undo_extension(extension_id, POLICY, actor=make_office().id, reason="sam", at=clock.now())

    just_after_working_out(monkeypatch, undone_meanwhile)
    done = undo(batch_id)

    reasons = {row.student_id: row.undo_reason for row in db.session.scalars(select(CardExtension))}
    assert reasons == {student.id: "sam", other.id: "zła grupa"}
    assert len(done.extensions) == 1


def test_every_undone_row_keeps_who_when_and_why_and_the_batch_its_time() -> None:
    batch_id, _ = one_of_each()
    at = clock.now()

    undo_batch(batch_id, POLICY, actor=make_office().id, reason="zła grupa", at=at)

    rows = db.session.scalars(select(CardExtension).where(CardExtension.batch_id == batch_id)).all()
    assert {(row.undone_at, row.undone_by, row.undo_reason) for row in rows} == {
        (at, make_office().id, "zła grupa")
    }
    assert db.session.get_one(Batch, batch_id).undone_at == at


def test_events_name_the_batch_and_versions_step_by_one() -> None:
    batch_id, orders = one_of_each()

    undo(batch_id, revoke_collected=True)

    order = order_of(orders["collected"])
    events = db.session.scalars(
        select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.version)
    ).all()
    assert [event.version for event in events] == [1, 2]
    assert order.version == 2
    last = events[-1]
    assert (last.from_status, last.to_status) == (OrderStatus.COLLECTED, OrderStatus.REVOKED)
    assert (last.batch_id, last.actor, last.reason) == (batch_id, make_office().id, "extension_undone")


def test_students_see_the_undo() -> None:
    student = make_student(extended_until=None)
    batch_id = extended(student)
    before = db.session.scalars(select(Student.revision)).one()

    undo(batch_id)

    assert db.session.scalars(select(Student.revision)).one() > before


def test_a_batch_is_undone_once_and_for_a_reason() -> None:
    batch_id = extended(make_student(extended_until=None))
    with pytest.raises(ValueError, match="reason"):
        undo_batch(batch_id, POLICY, actor=make_office().id, reason=" ", at=clock.now())
    undo(batch_id)

    with pytest.raises(BatchUnknown):
        undo(batch_id)


def test_a_batch_of_another_kind_is_no_bulk_extension() -> None:
    office = make_office().id
    with transaction() as session:
        session.add(Batch(id="a", kind=BatchKind.IMPORT, actor_id=office, counts={}, checked_at=clock.now()))

    for batch_id in ("a", "b"):
        with pytest.raises(BatchUnknown):
            affected_by_batch_undo(batch_id, POLICY, at=clock.now())


@pytest.mark.parametrize(
    "state", sorted((status, there) for status in [*OPEN, OrderStatus.COLLECTED] for there in (SENT,))
)
def test_a_batch_of_one_is_undone_like_a_single_extension(state: tuple[OrderStatus, AtMinistry]) -> None:
    student = make_student(extended_until=None)
    batch_id = extended(student)
    ordered(student, *state)
    extension_id = db.session.scalars(select(CardExtension.id)).one()

    together = affected_by_batch_undo(batch_id, POLICY, at=clock.now()).affected
    alone = affected_by_undo(extension_id, POLICY, at=clock.now())

    assert [(one.order.id, one.fate) for one in together] == [(one.order.id, one.fate) for one in alone]


def just_after_working_out(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let `act` happen between working an undo out and writing it."""
    work_out = batch_undo.affected_by_batch_undo

    def then_act(*arguments: object, **named: object) -> BatchUndo:
        undo = work_out(*arguments, **named)  # type: ignore[arg-type]
        act()
        return undo

    monkeypatch.setattr(batch_undo, "affected_by_batch_undo", then_act)


def test_a_change_that_touches_no_order_does_not_stop_the_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    student = make_student(extended_until=None)
    batch_id = extended(student)
    order_id = ordered(student, OrderStatus.READY, SENT)

    def noted() -> None:
        with transaction():
            note_change(student.id)

    just_after_working_out(monkeypatch, noted)
    undo(batch_id)

    assert order_of(order_id).status is OrderStatus.REVOKED
