"""Any order of acts by students, office, jobs, phone and a failing ministry keeps every promise."""

from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import Step, next_step
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy, ReceiptFrom, StandingOrders
from portal.rules.reasons import EndReason
from portal.services.card_extensions import ExtensionUnknown, undo_extension
from portal.services.order_offers import find_offers
from portal.services.ordering import OrderNotAllowed, OrderNotCancellable, cancel, place_order, revoke
from portal.services.receipts import ReceiptNotPossible, confirm_receipt, deny_receipt
from portal.services.standing_orders import place_standing_orders
from tests.invariants import broken_promises
from tests.jobs.conftest import JOBS, Office
from tests.ministry_server import SandboxServer
from tests.people import POLICY, extend, make_office, make_student

MODES = ("ok", "ok", "ok", "ok", "ok", "down", "lose_answers", "http_500", "http_429", "nonsense")
people = st.integers(0, 1)


class OrderLife(RuleBasedStateMachine):
    """Two students, one office, one ministry."""

    office: Office
    policy: Policy = POLICY

    def __init__(self) -> None:
        super().__init__()
        self.students = [make_student().id for _ in range(2)]
        self.acknowledged: list[str] = []
        self.periods = 1
        self.office.sandbox.control(mode="ok", processing_seconds=0)

    @rule(who=people)
    def order(self, who: int) -> None:
        try:
            order = place_order(self.students[who], self.policy, actor="student", at=clock.now())
        except OrderNotAllowed:
            return
        self.acknowledged.append(order.id)

    @rule(who=people, which=st.sampled_from([0, 0, 0, 1, 2]))
    def cancel(self, who: int, which: int) -> None:
        mine = self._orders(self.students[who])
        if mine:
            order = mine[-1 - which % len(mine)]
            with nullcontext() if order.status in CANCELLABLE else pytest.raises(OrderNotCancellable):
                cancel(order.id, self.students[who], actor="student", at=clock.now())

    @rule(who=people)
    def revoke(self, who: int) -> None:
        for order in self._orders(self.students[who]):
            if order.status in CANCELLABLE:
                revoke(order.id, EndReason.OFFICE_REVOKED, actor="office", at=clock.now())
                return

    @precondition(lambda self: self.periods < 4)
    @rule()
    def extend_everybody(self) -> None:
        self.periods += 1
        for student_id in self.students:
            student = db.session.get_one(Student, student_id)
            extend(student, clock.today() + timedelta(days=200 * self.periods))

    @rule(who=people, ticked=st.booleans())
    def undo_the_last_extension(self, who: int, ticked: bool) -> None:
        latest = db.session.scalar(
            select(CardExtension.id)
            .where(CardExtension.student_id == self.students[who], CardExtension.undone_at.is_(None))
            .order_by(CardExtension.until.desc())
        )
        office_id = make_office().id
        if latest is not None:
            try:
                undo_extension(
                    latest,
                    self.policy,
                    actor=office_id,
                    reason="próba",
                    at=clock.now(),
                    revoke_collected=ticked,
                )
            except ExtensionUnknown as gone:
                raise AssertionError("it stood a moment ago") from gone

    @rule(name=st.sampled_from(sorted(JOBS)))
    def run_job(self, name: str) -> None:
        self.office.make_due()
        self.office.run(name)

    @rule(who=people)
    def order_and_forward(self, who: int) -> None:
        self.order(who)
        self.run_job("forward_orders")

    @rule(mode=st.sampled_from(MODES))
    def ministry_turns(self, mode: str) -> None:
        self.office.sandbox.control(mode=mode)

    @rule(seconds=st.sampled_from([0, 3600]))
    def ministry_hurries_or_takes_its_time(self, seconds: int) -> None:
        self.office.sandbox.control(processing_seconds=seconds)

    @rule(who=people)
    def scan_the_codes(self, who: int) -> None:
        for order in self._orders(self.students[who]):
            if order.status is OrderStatus.READY:
                assert order.qr_payload is not None
                assert order.activation_code is not None
                self.office.sandbox.redeem(order.qr_payload, order.activation_code, phone=f"phone-{who}")

    @rule(who=people)
    def let_the_codes_grow_old(self, who: int) -> None:
        with transaction() as session:
            session.execute(
                update(Order)
                .where(Order.student_id == self.students[who], Order.status == OrderStatus.READY)
                .values(codes_expire_at=clock.now() - timedelta(seconds=1))
            )

    @invariant()
    def every_promise_holds(self) -> None:
        assert broken_promises(self.acknowledged, self._ledger()) == []

    def teardown(self) -> None:
        """Once the faults stop, everything comes to rest."""
        self.office.sandbox.control(mode="ok", processing_seconds=0)
        for _ in range(6):
            self.office.make_due()
            self.office.run()
        for student_id in self.students:
            for order in self._orders(student_id):
                at_rest = next_step(order.status, order.at_ministry) is Step.NOTHING
                assert at_rest or order.status is OrderStatus.READY, (order.status, order.at_ministry)
        self.every_promise_holds()

    def _orders(self, student_id: str) -> list[Order]:
        db.session.rollback()
        return list(
            db.session.scalars(
                select(Order).where(Order.student_id == student_id).order_by(Order.placed_at, Order.id)
            )
        )

    def _ledger(self) -> dict[str, Any]:
        """The ministry's cards of this test's database; other tests share the sandbox."""
        ours = set(db.session.scalars(select(Student.album_number)))
        ledger = self.office.sandbox.ledger()
        return {"cards": [card for card in ledger["cards"] if card["album_number"] in ours]}


class StudentsWord(OrderLife):
    """The same where students tell of receipt, and where the portal orders for everybody."""

    policy = replace(
        POLICY,
        receipt_from=ReceiptFrom.STUDENT,
        standing_orders=StandingOrders.ALL,
        standing_order_delay_minutes=0,
    )

    @rule(who=people, which=st.sampled_from([0, 0, 0, 1, 2]))
    def confirm_receipt(self, who: int, which: int) -> None:
        for order in self._orders(self.students[who])[which : which + 1]:
            with suppress(ReceiptNotPossible):
                confirm_receipt(order.id, self.students[who], self.policy, actor="student", at=clock.now())

    @rule(who=people)
    def deny_receipt(self, who: int) -> None:
        for order in self._orders(self.students[who]):
            with suppress(ReceiptNotPossible):
                deny_receipt(order.id, self.students[who], at=clock.now())

    @rule()
    def reopen_orders(self) -> None:
        find_offers(self.policy, at=clock.now())
        place_standing_orders(self.policy, actor="reopen_orders", at=clock.now())


def live(machine: type[OrderLife], office: Office, examples: int) -> None:
    """Any order of acts of this machine."""
    machine.office = office
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_order_of_events_breaks_a_promise(office: Office) -> None:
    live(OrderLife, office, examples=40)


def test_no_order_of_events_breaks_a_promise_where_the_students_word_counts(
    app: Flask, database: object, sandbox: SandboxServer
) -> None:
    office = Office(app, sandbox, StudentsWord.policy)
    live(StudentsWord, office, examples=30)
    office.ministry.close()
