"""The rows that say what `DemoOrder` says: the order as it stands, its events and its calls to the ministry."""

from datetime import datetime, timedelta

from portal.demo.ministry_side import Issued
from portal.demo.orders import STUDENT, AtSandbox, DemoOrder
from portal.demo.rows import account_id
from portal.demo.student import fixed_id
from portal.models.ministry_calls import Attempt
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.models.sealed import keyring
from portal.rules.next_step import AtMinistry, Step
from portal.rules.order_status import OrderStatus
from portal.services.order_contents import freeze

CALL_TAKES = timedelta(seconds=1)


def order_row(order: DemoOrder, student: Student, issued: Issued | None, at: datetime) -> Order:
    """The order with its frozen contents; `issued`: what the sandbox made up for it, if it was sent."""
    last = order.events[-1]
    row = Order(
        id=order.id,
        student_id=student.id,
        status=order.status,
        at_ministry=order.at_ministry,
        version=len(order.events),
        placed_at=order.placed_at,
        status_since=last.at,
        forwarded_at=order.forwarded_at,
        end_reason=order.end_reason,
        refusal_code=order.refusal,
        codes_expire_at=order.codes_expire_at,
        collected_at=order.reached(OrderStatus.COLLECTED),
        due_at=at,
        failures=0,
    )
    freeze(row, student, order.assessment)
    if order.reached(OrderStatus.COLLECTED) and issued:
        row.card_number, row.card_issued_on = issued.card_number, issued.card_issued_on
    if order.status is OrderStatus.READY:
        assert issued is not None
        assert issued.codes is not None
        row.qr_payload, row.activation_code = issued.codes.qr_payload, issued.codes.activation_code
        row.qr_index = keyring().blind_index(issued.codes.qr_payload)
    return row


def event_rows(order: DemoOrder) -> list[OrderEvent]:
    """One row for each step, versions counting from 1."""
    student = account_id(order.student.user_name)
    return [
        OrderEvent(
            order_id=order.id,
            version=version,
            from_status=order.events[version - 2].status if version > 1 else None,
            to_status=event.status,
            at=event.at,
            actor=student if event.actor == STUDENT else event.actor,
            reason=event.reason,
        )
        for version, event in enumerate(order.events, start=1)
    ]


def attempt_rows(order: DemoOrder) -> list[Attempt]:
    """The calls that changed something at the ministry: the submission, and the withdrawal if there was one."""
    calls = []
    if order.forwarded_at is not None:
        calls.append((Step.SUBMIT, AtMinistry.ABSENT, order.forwarded_at, "accepted"))
    if order.at_sandbox is AtSandbox.WITHDRAWN:
        calls.append((Step.WITHDRAW, AtMinistry.PRESENT, order.events[-1].at + CALL_TAKES, "withdrawn"))
    return [
        Attempt(
            id=fixed_id("attempt", order.id, step),
            order_id=order.id,
            step=step,
            at_ministry_before=before,
            started_at=finished_at - CALL_TAKES,
            finished_at=finished_at,
            outcome=outcome,
        )
        for step, before, finished_at, outcome in calls
    ]
