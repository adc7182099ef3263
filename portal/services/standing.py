"""Where a student stands: everything their page shows, and the short form a poll asks about."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import undefer

from portal import clock
from portal.driver import moment, read_one
from portal.extensions import db
from portal.models.data_reports import DataReport
from portal.models.notices import Notice
from portal.models.orders import Order
from portal.models.people import Photo, Student
from portal.rules.eligibility import Assessment, PresentOrders, assess
from portal.rules.language import Language
from portal.rules.next_step import Step, next_step
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.polling import STANDING_ORDER_INTERVAL, poll_interval, status_mark
from portal.rules.reasons import EndReason
from portal.services.entitlement import STUDIES_ON, loss_ahead
from portal.services.notice_list import IS_UNREAD
from portal.services.order_contents import content_mark
from portal.services.receipts import is_asked_about
from portal.services.register import facts_of
from portal.services.standing_orders import standing_order_at


@dataclass(frozen=True, slots=True)
class Glance:
    """What a poll needs to know: the mark of what the page should show now, and when to ask again (seconds).

    `ministry_down_since`: since when the ministry is out of reach, if it is.
    """

    account_id: str
    student_id: str
    mark: str
    interval: int | None
    ministry_down_since: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How an order ended and when. A document past its last day has, also before the jobs write that down."""

    order: Order
    status: OrderStatus
    reason: EndReason | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A student's page in data. `open_order`, `document` and `history` never overlap.

    `codes_live`: by the clock the codes may be shown. `behind_withdrawal`: the order waits until an earlier one is
    taken back. `assessment` is asked for only where a new order is possible at all: with an open one the answer is
    known. `unclear`: nobody knows whether the order arrived, and the office has to find out. `data_changed`:
    name, PESEL or photo differ from what was sent. `ministry_down_since`: an outage. `asked_about`: codes that ran
    out, and only the student knows whether the card is in the phone. `ordered_at`: when a standing order is placed.
    `unread`: how many pieces of news are. `has_reported`: they said once that something in their data is wrong.
    `loses_on`: the first day without entitlement, where that is known already.
    """

    student: Student
    assessment: Assessment | None
    open_order: Order | None
    document: Order | None
    history: tuple[Ended, ...]
    codes_live: bool
    behind_withdrawal: bool
    unclear: bool
    data_changed: bool
    ministry_down_since: datetime | None
    asked_about: Order | None
    ordered_at: datetime | None
    unread: int
    has_reported: bool
    loses_on: date | None

    @property
    def news(self) -> Ended | None:
        """How the last order ended, where that is news to the student: not when they cancelled it themselves."""
        if self.open_order is not None or self.document is not None or not self.history:
            return None
        last = next((one for one in self.history if one.order is self.asked_about), self.history[0])
        return None if last.status is OrderStatus.CANCELLED else last


# One row for each order, one for a student without any. Written out once: every page and changed fragment asks it.
_STUDENT_AND_ORDERS = (
    select(
        Student,
        Order,
        select(func.count(Notice.id)).where(Notice.student_id == Student.id, IS_UNREAD).scalar_subquery(),
        exists().where(DataReport.student_id == Student.id),
        STUDIES_ON,
    )
    .outerjoin(Order, Order.student_id == Student.id)
    .where(Student.id == bindparam("student_id"))
    .order_by(Order.placed_at.desc(), Order.id)
)


def standing_of(seen: Glance, policy: Policy, *, repeatable: bool, at: datetime) -> Standing:
    """Where the student of a glance stands at that moment by the office's calendar.

    `repeatable`: whether the ministry lets the same submission be sent again, so that doubt resolves itself.
    """
    rows = db.session.execute(_STUDENT_AND_ORDERS, {"student_id": seen.student_id}).all()
    student, _, unread, has_reported, studies_on = rows[0]
    orders = [order for _, order, *_ in rows if order is not None]
    open_order = next((order for order in orders if order.status in OPEN), None)
    on = clock.day_of(at)
    document = next((order for order in orders if _is_valid_document(order, on)), None)
    ended = [order for order in orders if order not in (open_order, document)]
    assessment = None if open_order else _assess(student, document, policy, at)
    return Standing(
        student=student,
        assessment=assessment,
        open_order=open_order,
        document=document,
        history=tuple(sorted(map(_ended, ended), key=lambda one: one.since, reverse=True)),
        codes_live=_codes_live(open_order, at),
        behind_withdrawal=any(next_step(order.status, order.at_ministry) is Step.WITHDRAW for order in ended),
        unclear=open_order is not None
        and next_step(open_order.status, open_order.at_ministry, repeatable=repeatable) is Step.CLARIFY,
        data_changed=open_order is not None and open_order.content_mark != content_mark(student),
        ministry_down_since=seen.ministry_down_since,
        asked_about=next((order for order in ended if is_asked_about(order, on)), None),
        ordered_at=_ordered_at(student, assessment, policy),
        unread=unread,
        has_reported=has_reported,
        loses_on=None if studies_on else loss_ahead(student, policy, on),
    )


def _is_valid_document(order: Order, on: date) -> bool:
    return order.status is OrderStatus.COLLECTED and order.planned_valid_until >= on


def _ended(order: Order) -> Ended:
    if order.status is OrderStatus.COLLECTED:
        return Ended(
            order,
            OrderStatus.EXPIRED,
            EndReason.VALIDITY_ENDED,
            since=clock.end_of(order.planned_valid_until),
        )
    return Ended(order, order.status, order.end_reason, since=order.status_since)


def _ordered_at(student: Student, assessment: Assessment | None, policy: Policy) -> datetime | None:
    if assessment is None or not assessment.may_order or assessment.planned_valid_until is None:
        return None
    return standing_order_at(student, assessment.planned_valid_until, policy)


def _assess(student: Student, document: Order | None, policy: Policy, at: datetime) -> Assessment:
    present = PresentOrders(document_until=document.planned_valid_until if document else None)
    return assess(facts_of(student), present, policy, clock.day_of(at))


def photo_of(student_id: str) -> Photo | None:
    """The photo that stands on this student's card now."""
    return db.session.scalar(
        select(Photo)
        .join(Student, Student.photo_sha256 == Photo.sha256)
        .where(Student.id == student_id)
        .options(undefer(Photo.content))
    )


_GLANCE = """
    SELECT a.id, s.id, s.revision, o.status, o.placed_at, o.codes_expire_at, h.down_since,
        EXISTS (SELECT 1 FROM order_offers f WHERE f.student_id = s.id AND f.standing = 'waiting')
    FROM sessions v
    JOIN accounts a ON a.id = v.account_id AND a.disabled_at IS NULL AND NOT a.must_change_password
    JOIN students s ON s.id = a.student_id
    LEFT JOIN orders o ON o.student_id = s.id AND o.status IN ('waiting', 'in_progress', 'ready')
    LEFT JOIN ministry_health h ON h.id = 1
    WHERE v.id_hash = {mark} AND v.ended_at IS NULL AND v.expires_at > {mark}
"""


def glance(session_hash: bytes, language: Language, *, at: datetime) -> Glance | None:
    """One indexed query over sign-in, student, open order and the ministry's health; None when signed out.

    `language`: the one in which the browser of this sign-in is answered.

    Page and poll both take their mark from here, so that they can never disagree about what is new.
    """
    row = read_one(_GLANCE, session_hash, clock.real_now())
    if row is None:
        return None
    account_id, student_id, revision, open_status, placed_at, codes_expire_at, down_since, will_order = row
    if open_status:
        interval = poll_interval(OrderStatus(open_status), moment(placed_at), at)
    else:
        interval = STANDING_ORDER_INTERVAL if will_order else None
    mark = status_mark(
        revision,
        interval,
        on=clock.day_of(at),
        ministry_down=down_since is not None,
        codes_live=codes_expire_at is not None and at < moment(codes_expire_at),
        reader_mark=f"{session_hash[:6].hex()}{language}",
    )
    return Glance(account_id, student_id, mark, interval, moment(down_since) if down_since else None)


def _codes_live(order: Order | None, at: datetime) -> bool:
    return (
        order is not None
        and order.status is OrderStatus.READY
        and order.codes_expire_at is not None
        and at < order.codes_expire_at
    )
