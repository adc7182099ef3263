"""Orders of the past: each was allowed on its day, and went from state to state as the law has it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.clock import day_of, end_of
from portal.demo.student import DemoStudent, fixed_id
from portal.rules.eligibility import Assessment, PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus, check_move
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason

STUDENT = "student"
"""The actor that stands for the student's own account."""

FORWARDED_AFTER = timedelta(seconds=20)
PROCESSED_AFTER = timedelta(minutes=9)


class AtSandbox(StrEnum):
    """In which state the sandbox ministry is to remember a request, in its own words."""

    READY = "ready"
    COLLECTED = "collected"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NotAllowedThen(Exception):
    """The rules would not have taken this order at that moment."""


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One step: the state reached, when, by whom (`STUDENT` or a job) and why."""

    status: OrderStatus
    at: datetime
    actor: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """An order as far as it got; every method answers a copy one step further. `sequence` counts a student's orders."""

    student: DemoStudent
    sequence: int
    policy: Policy
    assessment: Assessment
    events: tuple[DemoEvent, ...]
    at_ministry: AtMinistry = AtMinistry.ABSENT
    at_sandbox: AtSandbox | None = None
    codes_expire_at: datetime | None = None
    end_reason: EndReason | None = None
    refusal: str | None = None

    @property
    def id(self) -> str:
        return fixed_id("order", self.student.user_name, self.sequence)

    @property
    def status(self) -> OrderStatus:
        return self.events[-1].status

    @property
    def placed_at(self) -> datetime:
        return self.events[0].at

    @property
    def valid_until(self) -> date:
        """The planned validity, and the document's."""
        planned = self.assessment.planned_valid_until
        assert planned is not None, "an order that was allowed has its date"
        return planned

    @property
    def forwarded_at(self) -> datetime | None:
        return self.reached(OrderStatus.IN_PROGRESS)

    def reached(self, status: OrderStatus) -> datetime | None:
        """When the order came to be in that state, if it ever did."""
        return next((event.at for event in self.events if event.status is status), None)

    def made_ready(self) -> "DemoOrder":
        """Forwarded at once; the ministry issued codes some minutes later."""
        at = self.placed_at + PROCESSED_AFTER
        return self._forwarded()._moved(
            OrderStatus.READY,
            at,
            "refresh_orders",
            at_sandbox=AtSandbox.READY,
            codes_expire_at=min(
                at + timedelta(days=self.policy.codes_lifetime_days), end_of(self.valid_until)
            ),
        )

    def refused(self, code: str) -> "DemoOrder":
        """The ministry refused the request once it had processed it."""
        at = self.placed_at + PROCESSED_AFTER
        changes = {"at_ministry": AtMinistry.GONE, "at_sandbox": AtSandbox.REFUSED, "refusal": code}
        return self._forwarded()._ended(
            OrderStatus.ERROR, at, "refresh_orders", EndReason.MINISTRY_REFUSED, **changes
        )

    def collected(self, at: datetime) -> "DemoOrder":
        """The codes were used."""
        return self._moved(OrderStatus.COLLECTED, at, "refresh_orders", at_sandbox=AtSandbox.COLLECTED)

    def superseded(self, at: datetime) -> "DemoOrder":
        """A newer document was collected; this one is left alone at the ministry."""
        reason = EndReason.NEWER_COLLECTED
        return self._ended(OrderStatus.SUPERSEDED, at, "refresh_orders", reason, at_ministry=AtMinistry.KEPT)

    def lapsed(self) -> "DemoOrder":
        """Nobody used the codes in time, and the request was taken back."""
        assert self.codes_expire_at is not None
        at = self.codes_expire_at + timedelta(minutes=1)
        return self._withdrawn(OrderStatus.CODES_EXPIRED, at, "expire_codes", EndReason.CODES_NOT_USED)

    def expired(self) -> "DemoOrder":
        """The document's validity passed."""
        at = end_of(self.valid_until) + timedelta(hours=4, minutes=30)
        return self._ended(OrderStatus.EXPIRED, at, "expire_cards", EndReason.VALIDITY_ENDED)

    def revoked(self, at: datetime) -> "DemoOrder":
        """Entitlement was lost, and the request taken back."""
        return self._withdrawn(OrderStatus.REVOKED, at, "revoke_cards", EndReason.ENTITLEMENT_ENDED)

    def cancelled(self, at: datetime) -> "DemoOrder":
        """The student changed their mind; what had been sent was taken back."""
        return self._withdrawn(OrderStatus.CANCELLED, at, STUDENT, EndReason.STUDENT_CANCELLED)

    def _forwarded(self) -> "DemoOrder":
        at = self.placed_at + FORWARDED_AFTER
        return self._moved(OrderStatus.IN_PROGRESS, at, "forward_orders", at_ministry=AtMinistry.PRESENT)

    def _withdrawn(self, status: OrderStatus, at: datetime, actor: str, reason: EndReason) -> "DemoOrder":
        if self.at_ministry is AtMinistry.ABSENT:
            return self._ended(status, at, actor, reason)
        changes = {"at_ministry": AtMinistry.GONE, "at_sandbox": AtSandbox.WITHDRAWN}
        return self._ended(status, at, actor, reason, **changes)

    def _ended(
        self, status: OrderStatus, at: datetime, actor: str, reason: EndReason, **changes: Any
    ) -> "DemoOrder":
        return self._moved(status, at, actor, reason.value, end_reason=reason, **changes)

    def _moved(
        self, status: OrderStatus, at: datetime, actor: str, reason: str | None = None, **changes: Any
    ) -> "DemoOrder":
        check_move(self.status, status)
        assert at >= self.events[-1].at, "an order's life runs forward"
        return replace(self, events=(*self.events, DemoEvent(status, at, actor, reason)), **changes)


def place(
    student: DemoStudent,
    at: datetime,
    policy: Policy,
    *,
    sequence: int = 1,
    document: DemoOrder | None = None,
) -> DemoOrder:
    """The order the student placed at that moment, holding `document`. Raises NotAllowedThen."""
    held = PresentOrders(document_until=document.valid_until if document else None)
    assessment = assess(student.facts(at), held, policy, day_of(at))
    if not assessment.may_order:
        raise NotAllowedThen
    return DemoOrder(
        student=student,
        sequence=sequence,
        policy=policy,
        assessment=assessment,
        events=(DemoEvent(OrderStatus.WAITING, at, STUDENT),),
    )
