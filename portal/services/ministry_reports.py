"""Recording what the ministry answered, as facts about orders.

A request that was accepted is a fact whoever learned it. Everything else counts only for the worker that still
holds the order, and only from the state in which it was asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import undefer

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.ministry.port import Report, RequestState
from portal.models.orders import Order
from portal.rules.next_step import AtMinistry, known_after_acceptance, known_after_no_call
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.services import breaker
from portal.services.claims import Claim, finish_attempt, held, release
from portal.services.order_moves import move, set_facts
from portal.services.register import note_change
from portal.services.report_effects import apply_to_order, is_about, refuse

YOUNG_READY = timedelta(minutes=30)
READY_YOUNG_SECONDS = 30
READY_OLD_SECONDS = 3600
PROCESSING_SECONDS = (5.0, 600.0)


def record_accepted(claim: Claim, report: Report, policy: Policy, *, actor: str) -> None:
    """The ministry took the submission. Known to be there from now on, unless it was withdrawn since."""
    with transaction():
        breaker.answered(at=clock.real_now())
        finish_attempt(claim, "accepted")
        order = db.session.get_one(Order, claim.order_id, populate_existing=True)
        late = order.lease_token != claim.token
        set_facts(order, at_ministry=known_after_acceptance(order.at_ministry))
        if not late:
            release(order, due_at=clock.real_now())
        if order.status is OrderStatus.WAITING and order.at_ministry is AtMinistry.PRESENT:
            set_facts(order, forwarded_at=clock.now())
            if late:
                move(order, OrderStatus.IN_PROGRESS, actor=actor, at=clock.now())
            else:
                apply_to_order(order, report, policy, actor)


def record_refused(claim: Claim, code: str, *, actor: str) -> None:
    """The ministry refused the submission for good."""
    with transaction():
        breaker.answered(at=clock.real_now())
        before = finish_attempt(claim, code)
        order = held(claim)
        if order is None:
            return
        # If an earlier attempt may have arrived, an error is followed by a withdrawal, to be sure.
        known = known_after_no_call(order.at_ministry, before or AtMinistry.UNCERTAIN)
        release(order, at_ministry=known, due_at=clock.real_now())
        if order.status is OrderStatus.WAITING:
            refuse(order, code, actor)


def record_looked_up(
    claims: Sequence[Claim], reports: Mapping[str, Report], policy: Policy, *, actor: str
) -> None:
    """Apply a look-up's answers; each order is released with the time of its next look-up.

    Most answers bring nothing new; those orders are released together, so that a look-up of 200 holds the write lock
    no longer than a few orders would.
    """
    ours = [claim.order_id for claim in claims]
    with transaction() as session:
        breaker.answered(at=clock.real_now())
        held_orders = session.scalars(
            select(Order)
            .where(Order.id.in_(ours), Order.lease_token == claims[0].token)
            .options(undefer(Order.payload_sealed))
            .execution_options(populate_existing=True)
        ).all()
        unchanged = [order for order in held_orders if _is_known(order, reports[order.id])]
        _release_unchanged(unchanged)
        for order in held_orders:
            if order not in unchanged:
                _record_news(order, reports[order.id], policy, actor)


def _is_known(order: Order, report: Report) -> bool:
    """Whether a report about a claimed order says just what the portal knows."""
    if order.at_ministry is not AtMinistry.PRESENT or not is_about(order, report):
        return False
    if order.status is OrderStatus.IN_PROGRESS:
        return report.state is RequestState.PROCESSING
    return (
        order.status is OrderStatus.READY
        and report.state is RequestState.READY
        and order.codes_expire_at is not None
        and order.codes_expire_at > clock.now()
        and report.codes is not None
        and report.codes.qr_payload == order.qr_payload
    )


def _release_unchanged(orders: Sequence[Order]) -> None:
    rows = [{"key": order.id, "next_look_up": _next_look_up(order)} for order in orders]
    if rows:
        db.session.connection().execute(
            update(Order)
            .where(Order.id == bindparam("key"))
            .values(lease_token=None, leased_until=None, due_at=bindparam("next_look_up")),
            rows,
        )


def _record_news(order: Order, report: Report, policy: Policy, actor: str) -> None:
    release(order)
    if order.at_ministry is AtMinistry.PRESENT and order.status in OPEN:
        apply_to_order(order, report, policy, actor)
    if order.status in OPEN and order.at_ministry is AtMinistry.PRESENT:
        set_facts(order, due_at=_next_look_up(order))


def record_withdrawn(claim: Claim) -> None:
    """The ministry confirmed a withdrawal; it is sticky there, so this is a fact whoever learned it."""
    with transaction():
        breaker.answered(at=clock.real_now())
        finish_attempt(claim, "withdrawn")
        order = db.session.get_one(Order, claim.order_id, populate_existing=True)
        lease = {"lease_token": None, "leased_until": None} if order.lease_token == claim.token else {}
        set_facts(order, at_ministry=AtMinistry.GONE, failures=0, **lease)
        note_change(order.student_id)
        # Whoever ordered again was waiting for this.
        db.session.execute(
            update(Order)
            .where(Order.student_id == order.student_id, Order.status == OrderStatus.WAITING)
            .values(due_at=clock.real_now())
            .execution_options(synchronize_session=False)
        )


def _next_look_up(order: Order) -> datetime:
    """In progress: often at first, up to ten minutes apart. Ready: often while young, then hourly, and at expiry."""
    real, now = clock.real_now(), clock.now()
    if order.status is not OrderStatus.READY:
        age = (now - (order.forwarded_at or order.placed_at)).total_seconds()
        return real + timedelta(seconds=min(max(age / 10, PROCESSING_SECONDS[0]), PROCESSING_SECONDS[1]))
    assert order.codes_expire_at is not None
    pause = READY_YOUNG_SECONDS if now - order.status_since < YOUNG_READY else READY_OLD_SECONDS
    until_expiry = (order.codes_expire_at - now).total_seconds()
    return real + timedelta(seconds=max(0.0, min(pause, until_expiry)))
