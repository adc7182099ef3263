"""Extending a student and undoing it, with what rested on the extension."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason, ExtensionRefusal
from portal.rules.validity import proposed_until
from portal.services.card_extensions import (
    DATE_CHANGED,
    ExtensionNotAllowed,
    ExtensionUnknown,
    OrdersReachFurther,
    affected_by_undo,
    change_date,
    extend,
    undo_extension,
)
from portal.services.ordering import place_order
from tests.people import POLICY, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")


def confirm(student: Student, **values: object) -> CardExtension:
    until = values.pop("until", None) or proposed_until(clock.today(), POLICY)
    return extend(student.id, until, POLICY, actor=make_office().id, at=clock.now(), **values)  # type: ignore[arg-type]


def undo(extension: CardExtension, **values: object) -> None:
    undo_extension(
        extension.id,
        POLICY,
        actor=make_office().id,
        reason="pomyłka",
        at=clock.now(),
        **values,  # type: ignore[arg-type]
    )


def ordered(student: Student, status: OrderStatus, there: AtMinistry) -> Order:
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    codes = {"qr_payload": "0" * 32, "activation_code": "z8e+6Ys$"} if status is OrderStatus.READY else {}
    with transaction() as session:
        order = session.get_one(Order, order.id)
        order.status, order.at_ministry = status, there
        order.codes_expire_at = clock.now() + timedelta(days=30)
        for name, value in codes.items():
            setattr(order, name, value)
    return order


def test_an_extension_records_who_when_and_until() -> None:
    student = make_student(extended_until=None)
    office = make_office()

    extension = confirm(student)

    assert extension.extended_by == office.id
    assert extension.until == proposed_until(clock.today(), POLICY)
    assert extension.told_at is None


def test_a_second_scan_of_the_same_card_changes_nothing() -> None:
    student = make_student(extended_until=None)
    confirm(student)

    with pytest.raises(ExtensionNotAllowed) as refused:
        confirm(student)

    assert refused.value.refusal is ExtensionRefusal.ALREADY_EXTENDED
    assert len(db.session.scalars(select(CardExtension)).all()) == 1


def test_an_odd_date_needs_a_legal_basis() -> None:
    student = make_student(extended_until=None)
    odd = proposed_until(clock.today(), POLICY) - timedelta(days=3)
    with pytest.raises(ExtensionNotAllowed):
        confirm(student, until=odd)

    assert confirm(student, until=odd, legal_basis="zarządzenie nr 1").legal_basis == "zarządzenie nr 1"


def test_undoing_revokes_an_order_that_was_sent_and_sends_a_withdrawal() -> None:
    student = make_student(extended_until=None)
    extension = confirm(student)
    order = ordered(student, OrderStatus.READY, AtMinistry.PRESENT)

    affected = affected_by_undo(extension.id, POLICY, at=clock.now())
    assert [one.order.status for one in affected] == [OrderStatus.READY]
    undo(extension)

    order = db.session.get_one(Order, order.id)
    assert (order.status, order.end_reason) == (OrderStatus.REVOKED, EndReason.EXTENSION_UNDONE)
    assert order.at_ministry is AtMinistry.PRESENT
    assert order.qr_payload is None
    assert order.activation_code is None


def test_undoing_gives_an_order_never_sent_the_earlier_date_if_that_may_be_ordered() -> None:
    near, far = sorted(
        {proposed_until(clock.today(), POLICY), proposed_until(clock.today() + timedelta(days=200), POLICY)}
    )
    student = make_student(extended_until=near)
    extension = confirm(student, until=far)
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    assert order.planned_valid_until == far

    undo(extension)

    order = db.session.get_one(Order, order.id)
    assert (order.status, order.planned_valid_until) == (OrderStatus.WAITING, near)


def test_undoing_leaves_a_document_alone_unless_it_is_ticked() -> None:
    student = make_student(extended_until=None)
    extension = confirm(student)
    order = ordered(student, OrderStatus.COLLECTED, AtMinistry.PRESENT)

    undo(extension)

    assert db.session.get_one(Order, order.id).status is OrderStatus.COLLECTED
    again = confirm(student)
    undo(again, revoke_collected=True)
    assert db.session.get_one(Order, order.id).status is OrderStatus.REVOKED


def test_an_extension_is_undone_once_and_for_a_reason() -> None:
    student = make_student(extended_until=None)
    extension = confirm(student)
    with pytest.raises(ValueError, match="reason"):
        undo_extension(extension.id, POLICY, actor=make_office().id, reason=" ", at=clock.now())
    undo(extension)

    with pytest.raises(ExtensionUnknown):
        undo(extension)

    row = db.session.get_one(CardExtension, extension.id)
    assert (row.undo_reason, row.undone_at is not None) == ("pomyłka", True)


def changed(extension: CardExtension, until: date, **values: object) -> CardExtension:
    return change_date(
        extension.id,
        until,
        POLICY,
        actor=make_office().id,
        at=clock.now(),
        **values,  # type: ignore[arg-type]
    )


def far() -> date:
    """The semester end after the one the office proposes today."""
    return proposed_until(proposed_until(clock.today(), POLICY) + timedelta(days=20), POLICY)


def test_changing_the_date_keeps_the_old_row_and_names_its_successor() -> None:
    student = make_student(extended_until=None)
    old = confirm(student)

    new = changed(old, far())

    old = db.session.get_one(CardExtension, old.id)
    assert (old.replaced_by_id, old.undo_reason, old.undone_by) == (new.id, DATE_CHANGED, make_office().id)
    assert (new.until, new.undone_at) == (far(), None)


def test_a_later_date_reaches_the_order_that_was_never_sent() -> None:
    student = make_student(extended_until=None)
    old = confirm(student)
    order = place_order(student.id, POLICY, actor="test", at=clock.now())

    new = changed(old, far())

    order = db.session.get_one(Order, order.id)
    assert (order.planned_valid_until, order.extension_id) == (far(), new.id)


def test_a_date_is_not_changed_to_one_before_the_orders_that_rest_on_it() -> None:
    student = make_student(extended_until=None)
    old = confirm(student, until=far())
    ordered(student, OrderStatus.COLLECTED, AtMinistry.PRESENT)

    with pytest.raises(OrdersReachFurther):
        changed(old, proposed_until(clock.today(), POLICY))

    assert db.session.get_one(CardExtension, old.id).undone_at is None


def test_a_date_nobody_ordered_for_may_be_shortened() -> None:
    student = make_student(extended_until=None)
    old = confirm(student, until=far())

    assert changed(old, proposed_until(clock.today(), POLICY)).until < old.until


def test_a_new_date_obeys_the_same_rules_as_an_extension() -> None:
    student = make_student(extended_until=None)
    old = confirm(student)
    for until, refusal in [
        (old.until, ExtensionRefusal.ALREADY_EXTENDED),
        (old.until - timedelta(days=2), ExtensionRefusal.LEGAL_BASIS_MISSING),
        (clock.today() - timedelta(days=1), ExtensionRefusal.DATE_PASSED),
    ]:
        with pytest.raises(ExtensionNotAllowed) as refused:
            changed(old, until)
        assert refused.value.refusal is refusal


def test_a_replaced_extension_is_not_changed_again() -> None:
    student = make_student(extended_until=None)
    old = confirm(student)
    changed(old, far())

    with pytest.raises(ExtensionUnknown):
        changed(old, far())
