"""Claiming due orders for a call to the ministry, and settling what became of a call that brought no answer.

1. A claim is one conditional update in one short transaction: due, not leased, not behind an undelivered
   withdrawal of the same student, and only as many as the breaker admits.
2. A call that may change something leaves an attempt row and `uncertain` in that same commit, before it is made:
   a crash at any later point is known as „we do not know”, never as „nothing happened”.
3. Just before a submission the conditions are asked again: unmet now → revoked, nothing is sent.
4. Settling is fenced by the lease token; a worker that lost its lease changes nothing.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.ministry.port import Application
from portal.models.base import new_id
from portal.models.ministry_calls import Attempt
from portal.models.orders import Order
from portal.models.people import Photo, Student
from portal.rules.next_step import AtMinistry, Step, facts_needing, known_after_no_call
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.services import breaker
from portal.services.order_contents import assess_student, freeze
from portal.services.order_moves import set_facts
from portal.services.ordering import end
from portal.services.register import note_change

LONGEST_BACKOFF_SECONDS = 600
FIRST_BACKOFF_SECONDS = 2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a claim: the policy orders are checked against, whether the connector may submit again under the
    same key, and the lease and probe interval in seconds."""

    policy: Policy
    repeatable: bool
    lease: float
    probe_interval: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One order held by one worker until `until`; `attempt_id` is set for calls that may change something."""

    order_id: str
    token: str
    attempt_id: str | None


def claim_due(
    step: Step, terms: Terms, *, limit: int, only: Sequence[ColumnElement[bool]] = ()
) -> list[Claim]:
    """Claim up to `limit` orders that are due for `step` (and match `only`), oldest first; often none."""
    due = [_due_for(step, terms.repeatable), *only]
    if db.session.scalar(select(Order.id).where(*due).limit(1)) is None:
        db.session.rollback()
        return []
    real = clock.real_now()
    with transaction() as session:
        limit = breaker.admit(limit, at=real, probe_interval=terms.probe_interval)
        orders = session.scalars(select(Order).where(*due).order_by(Order.due_at).limit(limit)).all()
        if step is Step.SUBMIT:
            orders = [order for order in orders if _still_allowed(order, terms.policy)]
        token = new_id()
        session.execute(
            update(Order)
            .where(Order.id.in_([order.id for order in orders]))
            .values(lease_token=token, leased_until=real + timedelta(seconds=terms.lease))
            .execution_options(synchronize_session=False)
        )
        return [Claim(order.id, token, _write_attempt(order, step, real)) for order in orders]


def application_of(order_id: str) -> Application:
    """What to send for a claimed order: its frozen contents, unsealed for the call."""
    order = db.session.get_one(Order, order_id)
    photo = db.session.get_one(Photo, order.photo_sha256)
    assert order.payload is not None
    data = json.loads(order.payload)
    return Application(
        album_number=data["album_number"],
        pesel=data["pesel"],
        first_names=data["first_names"],
        surname=data["surname"],
        birth_date=date.fromisoformat(data["birth_date"]),
        valid_until=date.fromisoformat(data["valid_until"]),
        photo=photo.content,
        photo_media_type=photo.media_type,
    )


def settle_unavailable(
    claims: Sequence[Claim], terms: Terms, *, reason: str, retry_after: float | None, alarm: bool
) -> None:
    """The call was provably not taken: everything stands as before it, and the breaker decides when to try again."""
    real = clock.real_now()
    with transaction():
        breaker.failed(
            reason,
            at=real,
            probe_interval=terms.probe_interval,
            certain=True,
            retry_after=retry_after,
            alarm=alarm,
        )
        for claim in claims:
            before = finish_attempt(claim, reason)
            order = held(claim)
            if order is not None:
                put_back = (
                    {} if before is None else {"at_ministry": known_after_no_call(order.at_ministry, before)}
                )
                release(order, due_at=real, **put_back)


def settle_uncertain(claim: Claim, terms: Terms, *, reason: str) -> None:
    """The call was made and brought no usable answer: it stays uncertain and is tried again after a backoff."""
    real = clock.real_now()
    with transaction():
        breaker.failed(reason, at=real, probe_interval=terms.probe_interval, certain=False)
        finish_attempt(claim, reason)
        order = held(claim)
        if order is not None:
            due_at = real + timedelta(seconds=backoff(order.failures))
            release(order, due_at=due_at, failures=order.failures + 1)
            if not terms.repeatable:
                note_change(order.student_id)  # the student reads that the office has to clarify it


def held(claim: Claim) -> Order | None:
    """The claimed order if this worker still holds its lease, else None: a result that came too late."""
    order = db.session.get(Order, claim.order_id, populate_existing=True)
    if order is None or order.lease_token != claim.token:
        log.warning("lease_lost", order=claim.order_id)
        return None
    return order


def release(order: Order, **values: object) -> None:
    """Give the lease back together with other facts."""
    set_facts(order, lease_token=None, leased_until=None, **values)


def finish_attempt(claim: Claim, outcome: str) -> AtMinistry | None:
    """Write down how the attempt ended; answers what was known of the request before it."""
    if claim.attempt_id is None:
        return None
    attempt = db.session.get_one(Attempt, claim.attempt_id)
    attempt.finished_at = clock.real_now()
    attempt.outcome = outcome[:64]
    return attempt.at_ministry_before


def backoff(failures: int) -> float:
    """Seconds to wait after that many failures in a row: exponential, with full jitter."""
    ceiling = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(failures, 16))
    return random.uniform(FIRST_BACKOFF_SECONDS / 2, ceiling)  # noqa: S311  spreads load, guards no secret


def behind_a_withdrawal() -> ColumnElement[bool]:
    """That an earlier request of the order's student has yet to be taken back."""
    earlier = aliased(Order)
    return exists().where(
        earlier.student_id == Order.student_id,
        earlier.id != Order.id,
        tuple_(earlier.status, earlier.at_ministry).in_(facts_needing(Step.WITHDRAW)),
    )


def _due_for(step: Step, repeatable: bool) -> ColumnElement[bool]:
    real = clock.real_now()
    due = and_(
        tuple_(Order.status, Order.at_ministry).in_(facts_needing(step, repeatable=repeatable)),
        Order.due_at <= real,
        or_(Order.leased_until.is_(None), Order.leased_until < real),
        # People carried it to the panel; this connector's ministry does not know its key.
        Order.panel_batch_id.is_(None),
    )
    return and_(due, ~behind_a_withdrawal()) if step is Step.SUBMIT else due


def _still_allowed(order: Order, policy: Policy) -> bool:
    """Ask the conditions again. An order never sent follows the register and a newer extension; else it is frozen."""
    now = clock.now()
    if order.planned_valid_until < clock.day_of(now):
        end(order, OrderStatus.ERROR, EndReason.DEADLINE_PASSED, actor="forward_orders", at=now)
        return False
    student = db.session.get_one(Student, order.student_id)
    assessment = assess_student(student, policy, now, ignoring=order.id)
    if not assessment.may_order:
        end(order, OrderStatus.REVOKED, EndReason.CONDITIONS_UNMET, actor="forward_orders", at=now)
        return False
    if order.at_ministry is AtMinistry.ABSENT:
        freeze(order, student, assessment)
        db.session.flush()
    return True


def _write_attempt(order: Order, step: Step, at: datetime) -> str | None:
    if step is Step.LOOK_UP:
        return None
    attempt = Attempt(order_id=order.id, step=step, at_ministry_before=order.at_ministry, started_at=at)
    db.session.add(attempt)
    db.session.flush()
    # What is known to be there stays so until the withdrawal is confirmed.
    if step is Step.SUBMIT:
        set_facts(order, at_ministry=AtMinistry.UNCERTAIN)
    return attempt.id
