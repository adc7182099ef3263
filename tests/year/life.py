"""A year of one university: the calendar moves, the jobs run, people act through the real use cases."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select, update

from jobs import (
    deliver_withdrawals,
    expire_cards,
    expire_codes,
    forward_orders,
    refresh_orders,
    reopen_orders,
    revoke_cards,
)
from jobs.demo_calendar import DemoCalendar
from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.rules.policy import Policy, ReceiptFrom
from portal.rules.student import EnrolmentStatus
from portal.services import card_extensions, enrolment_status, ordering, receipts, standing_orders
from portal.services.deployment import move_calendar
from portal.services.register import note_change
from tests.invariants import broken_promises, unfinished
from tests.jobs.conftest import Office
from tests.ministry_server import SandboxServer
from tests.people import account_of, make_office, make_student
from tests.year.schedule import PEOPLE, YEAR, Day

NOON = 12
ASKING = (forward_orders, refresh_orders, deliver_withdrawals, expire_codes)
BY_THEMSELVES = (revoke_cards, expire_cards, reopen_orders)

Job = Callable[[], object]


class Life:
    """Everybody of the schedule at a university with the policy in the application's settings."""

    def __init__(self, app: Flask, sandbox: SandboxServer, *, without: Sequence[str] = ()) -> None:
        self.policy: Policy = current_app.extensions["settings"].policy
        self.sandbox = sandbox
        self.office = Office(app, sandbox, self.policy, parallel=1)
        self._jobs = self._all_jobs(without)
        self._calendar = DemoCalendar(sandbox.url, lambda: None)
        self._autumn = clock.today().year + 1
        self._days = self._schedule()
        self.acknowledged: list[str] = []
        self._go_to(self._days[0][0] - timedelta(hours=2))
        self.dean = make_office().id
        self._students = {who: make_student(extended_until=None, **how) for who, how in PEOPLE.items()}
        self.ids = {who: student.id for who, student in self._students.items()}
        self.accounts = {who: account_of(student).id for who, student in self._students.items()}

    def live_until(self, month: int, day: int) -> list[str]:
        """Live on to the end of that day (its last one); answers every promise broken on the way, with its day."""
        last = max(moment for moment, one in self._days if (one.month, one.day) == (month, day))
        broken = []
        while self._days and self._days[0][0] <= last:
            moment, one = self._days.pop(0)
            self._go_to(moment)
            self._work()
            broken += self._promises(one, "after the night")
            for act in one.acts:
                getattr(self, act.verb)(act.who, *act.told)
            if one.acts:
                broken += self._promises(one, "after what people did")
                self._work()
                broken += self._promises(one, "in the evening")
        return broken

    def outcomes(self) -> dict[str, str]:
        """What became of everybody's orders, as `tests.year.variants` writes it."""
        db.session.rollback()
        found: dict[str, list[str]] = {who: [] for who in PEOPLE}
        names = {student_id: who for who, student_id in self.ids.items()}
        for order in db.session.scalars(select(Order).order_by(Order.placed_at, Order.id)):
            placed, since = clock.day_of(order.placed_at), clock.day_of(order.status_since)
            found[names[order.student_id]].append(f"{placed:%-d.%m} {order.status.value} {since:%-d.%m}")
        return {who: ", ".join(orders) for who, orders in found.items()}

    def unfinished(self) -> list[str]:
        """Orders for which something is still to be done."""
        return unfinished(db.session.scalars(select(Order.id)).all())

    def live_cards(self) -> set[str]:
        """Whose cards live at the ministry."""
        albums = {student.album_number: student.id for student in db.session.scalars(select(Student))}
        names = {student_id: who for who, student_id in self.ids.items()}
        return {names[albums[card["album_number"]]] for card in self.sandbox.live_cards()}

    # What people do; the schedule names these.

    def switch_standing_order_on(self, who: str) -> None:
        try:
            standing_orders.choose_standing_order(self.ids[who], self.policy, wanted=True)
        except standing_orders.StandingOrderNotOffered:
            return

    def extend(self, who: str, until: tuple[int, int]) -> None:
        day = date(self._autumn + 1, *until)
        try:
            card_extensions.extend(self.ids[who], day, self.policy, actor=self.dean, at=clock.now())
        except card_extensions.ExtensionNotAllowed:
            assert who == "has no plastic card"

    def undo_extension(self, who: str) -> None:
        latest = db.session.scalars(
            select(CardExtension.id).where(
                CardExtension.student_id == self.ids[who], CardExtension.undone_at.is_(None)
            )
        ).one()
        card_extensions.undo_extension(
            latest,
            self.policy,
            actor=self.dean,
            reason="nie ten student",
            at=clock.now(),
            revoke_collected=True,
        )

    def order(self, who: str) -> None:
        """Try to; where the rules say no, nothing happens."""
        try:
            order = ordering.place_order(self.ids[who], self.policy, actor=self.accounts[who], at=clock.now())
        except ordering.OrderNotAllowed:
            return
        self.acknowledged.append(order.id)

    def cancel(self, who: str) -> None:
        for order in self._orders(who, *CANCELLABLE):
            ordering.cancel(order.id, self.ids[who], actor=self.accounts[who], at=clock.now())

    def cancel_and_order_unless_renewed(self, who: str) -> None:
        if len(self._orders(who)) == 1:
            self.cancel(who)
            self.order(who)

    def scan(self, who: str) -> None:
        """Put the card on the phone if there are codes; where receipt is their word, the ministry never learns."""
        for order in self._orders(who, OrderStatus.READY):
            if self.policy.receipt_from is ReceiptFrom.STUDENT:
                self._confirm(order, who)
            else:
                assert order.qr_payload is not None
                assert order.activation_code is not None
                self.sandbox.redeem(order.qr_payload, order.activation_code, phone=who)

    def confirm_late(self, who: str) -> None:
        """Say that the card is in the phone after the codes' time; where nobody asks, nothing happens."""
        for order in self._orders(who, OrderStatus.CODES_EXPIRED):
            try:
                self._confirm(order, who)
            except receipts.ReceiptNotPossible:
                assert self.policy.receipt_from is ReceiptFrom.MINISTRY

    def change_status(self, who: str, status: EnrolmentStatus, since: tuple[int, int]) -> None:
        enrolment = db.session.scalars(select(Enrolment).where(Enrolment.student_id == self.ids[who])).one()
        enrolment_status.change_status(
            enrolment.id,
            status,
            date(self._year_of(since[0]), *since),
            self.policy,
            seen=enrolment.status,
            actor=self.dean,
            at=clock.now(),
        )

    def void_card(self, who: str) -> None:
        """As the next import from the dean's-office system would."""
        with transaction() as session:
            session.execute(
                update(ElsCard).where(ElsCard.student_id == self.ids[who]).values(void_on=clock.today())
            )
            note_change(self.ids[who])

    def _confirm(self, order: Order, who: str) -> None:
        receipts.confirm_receipt(
            order.id, self.ids[who], self.policy, actor=self.accounts[who], at=clock.now()
        )

    def _orders(self, who: str, *statuses: OrderStatus) -> list[Order]:
        db.session.rollback()
        mine = select(Order).where(Order.student_id == self.ids[who]).order_by(Order.placed_at)
        if statuses:
            mine = mine.where(Order.status.in_(statuses))
        return list(db.session.scalars(mine))

    # How time passes.

    def _all_jobs(self, without: Sequence[str]) -> Mapping[str, Job]:
        jobs: dict[str, Job] = {job.NAME: job.run for job in BY_THEMSELVES}
        for job in ASKING:
            jobs[job.NAME] = lambda run=job.run: run(self.office.calls)  # type: ignore[misc]
        return {name: run for name, run in jobs.items() if name not in without}

    def _work(self) -> None:
        """Every job, again and again until nothing changes: one round may make work for the next."""
        before, now = None, self._state()
        while before != now:
            self.office.make_due()
            for run in self._jobs.values():
                run()
                db.session.rollback()
            before, now = now, self._state()

    def _state(self) -> list[tuple[object, ...]]:
        known = select(Order.id, Order.version, Order.at_ministry, Order.attention).order_by(Order.id)
        found: list[tuple[object, ...]] = [tuple(row) for row in db.session.execute(known)]
        db.session.rollback()
        return found

    def _go_to(self, moment: datetime) -> None:
        move_calendar(moment - clock.now())
        self._calendar.follow()

    def _year_of(self, month: int) -> int:
        return self._autumn if month >= YEAR[0].month else self._autumn + 1

    def _schedule(self) -> list[tuple[datetime, Day]]:
        """Every day with its moment: the months begin anew once."""
        found, year, before = [], self._autumn, YEAR[0].month
        for one in YEAR:
            year += one.month < before
            before = one.month
            noon = datetime(year, one.month, one.day, NOON, tzinfo=clock.OFFICE_ZONE)
            found.append((noon + timedelta(minutes=one.minutes), one))
        return found

    def _promises(self, one: Day, when: str) -> list[str]:
        ledger: dict[str, Any] = self.sandbox.ledger()
        return [
            f"{one.day}.{one.month} {when}: {fault}" for fault in broken_promises(self.acknowledged, ledger)
        ]
