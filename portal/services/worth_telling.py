"""Whether what a notice says is still so: mail about what is over is not sent."""

from datetime import datetime

from sqlalchemy import exists, select

from portal import clock
from portal.extensions import db
from portal.models.notices import Notice
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.notices import NoticeKind, RenewalStep, renewal_step
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.services.order_contents import assess_student
from portal.services.photos import PhotoStanding, photo_state
from portal.services.register import facts_of

CODES_WAIT = frozenset({NoticeKind.READY, NoticeKind.CODES_EXPIRE_SOON})
ENDED_WITHOUT_CARD = {
    NoticeKind.CODES_EXPIRED: OrderStatus.CODES_EXPIRED,
    NoticeKind.REFUSED: OrderStatus.ERROR,
}
ON_ITS_WAY = frozenset({OrderStatus.WAITING, OrderStatus.IN_PROGRESS})


class NoLongerNews(Exception):
    """What the notice says is not so any more, or the student knows better already."""


def step_now(notice: Notice, student: Student, policy: Policy, *, at: datetime) -> RenewalStep | None:
    """What the notice advises at that moment, for the kinds that advise something that may change.

    Raises NoLongerNews.
    """
    if notice.kind is NoticeKind.SEMESTER_ENDS:
        return _step_after_document(notice, student, policy, at)
    if notice.kind is NoticeKind.PHOTO_SENT_BACK:
        so = _needs_another_photo(notice.about, student)
    elif notice.kind is NoticeKind.MAY_ORDER:
        so = assess_student(student, policy, at).may_order
    else:
        so = notice.order_id is None or _order_is_so(notice.kind, notice.order_id, at)
    if not so:
        raise NoLongerNews
    return None


def _needs_another_photo(submission_id: str, student: Student) -> bool:
    now = photo_state(student)
    return now.standing is PhotoStanding.SENT_BACK and now.submission_id == submission_id


def _order_is_so(kind: NoticeKind, order_id: str, at: datetime) -> bool:
    order = db.session.get_one(Order, order_id)
    if kind in CODES_WAIT:
        expire = order.codes_expire_at
        return order.status is OrderStatus.READY and expire is not None and at < expire
    if kind is NoticeKind.ORDERED:
        return order.status in ON_ITS_WAY
    if kind in ENDED_WITHOUT_CARD:
        return order.status is ENDED_WITHOUT_CARD[kind] and not _ordered_again(order)
    return True


def _ordered_again(order: Order) -> bool:
    later = exists().where(Order.student_id == order.student_id, Order.placed_at > order.placed_at)
    return bool(db.session.scalar(select(later)))


def _step_after_document(
    notice: Notice, student: Student, policy: Policy, at: datetime
) -> RenewalStep | None:
    document = db.session.get_one(Order, notice.about)
    on = clock.day_of(at)
    has_open = exists().where(Order.student_id == student.id, Order.status.in_(OPEN))
    if (
        document.status is not OrderStatus.COLLECTED
        or document.planned_valid_until < on
        or db.session.scalar(select(has_open))
    ):
        raise NoLongerNews
    step = renewal_step(facts_of(student), document.planned_valid_until, policy, on)
    if step is None:
        raise NoLongerNews
    return step
