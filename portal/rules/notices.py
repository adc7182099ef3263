"""What students are told of, and what staff are: the kinds of notices."""

from datetime import date
from enum import StrEnum

from portal.rules.eligibility import Condition, PresentOrders, assess
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.rules.reasons import OrderRefusal
from portal.rules.student import StudentFacts
from portal.rules.validity import end_of_entitlement

CODES_EXPIRE_SOON_DAYS = 3
CODES_KNOWN_FOR_DAYS = 1
"""Whoever learned of their codes later than that before is not reminded of them yet."""
SEMESTER_ENDS_DAYS = 14


class NoticeKind(StrEnum):
    """One kind of news for a student; each may be switched off for mail, none on the portal's page.

    `MAY_ORDER`: nothing was ordered for this period yet and every rule allows it, for the first time or as a renewal.
    `SEMESTER_ENDS`: the document ends soon and nothing newer was ordered.
    """

    ORDERED = "ordered"
    READY = "ready"
    CODES_EXPIRE_SOON = "codes_expire_soon"
    CODES_EXPIRED = "codes_expired"
    REFUSED = "refused"
    MAY_ORDER = "may_order"
    SEMESTER_ENDS = "semester_ends"
    REVOKED = "revoked"
    PHOTO_SENT_BACK = "photo_sent_back"


# Where a student never said anything: placing an order oneself is no news.
MUTED_AT_FIRST = frozenset({NoticeKind.ORDERED})

# The moves of an order that are news to its student. What students do themselves is not, except placing the order:
# somebody else, or the standing order, may have done it for them.
NEWS_OF_MOVES = {
    OrderStatus.WAITING: NoticeKind.ORDERED,
    OrderStatus.READY: NoticeKind.READY,
    OrderStatus.CODES_EXPIRED: NoticeKind.CODES_EXPIRED,
    OrderStatus.ERROR: NoticeKind.REFUSED,
    OrderStatus.REVOKED: NoticeKind.REVOKED,
}

# How an order stands while what a notice says of it is still so; a kind without its line never grows old by a move.
SO_WHILE = {
    NoticeKind.ORDERED: frozenset({OrderStatus.WAITING, OrderStatus.IN_PROGRESS}),
    NoticeKind.READY: frozenset({OrderStatus.READY}),
    NoticeKind.CODES_EXPIRE_SOON: frozenset({OrderStatus.READY}),
    NoticeKind.CODES_EXPIRED: frozenset({OrderStatus.CODES_EXPIRED}),
    NoticeKind.SEMESTER_ENDS: frozenset({OrderStatus.COLLECTED}),
}


def news_of_move(present: OrderStatus | None, wanted: OrderStatus) -> NoticeKind | None:
    """The kind of news a move is, if any; going back to „oczekuje” is none."""
    if wanted is OrderStatus.WAITING and present is not None:
        return None
    return NEWS_OF_MOVES.get(wanted)


class RenewalStep(StrEnum):
    """What leads a student whose document ends soon to the next one.

    `ORDER`: it may be ordered now. `EXTEND`: the office has to confirm the student first. `CANCEL_FIRST`: the policy
    wants the present one cancelled before.
    """

    ORDER = "order"
    EXTEND = "extend"
    CANCEL_FIRST = "cancel_first"


CONFIRMATIONS = frozenset({Condition.CARD_EXTENDED, Condition.SEMESTER_CONFIRMED})
STEP_BEHIND = {
    None: RenewalStep.ORDER,
    OrderRefusal.DOCUMENT_LASTS_AS_LONG: RenewalStep.EXTEND,
    OrderRefusal.CANCEL_DOCUMENT_FIRST: RenewalStep.CANCEL_FIRST,
}


def renewal_step(student: StudentFacts, document_until: date, policy: Policy, on: date) -> RenewalStep | None:
    """What a student without an open order, whose document lasts until that day, can do for the next one.

    None where a reminder would lead nowhere: the entitlement ends with the document, something else is missing than
    the office's confirmation, or it is too early by the policy.
    """
    end = end_of_entitlement(student, policy)
    if end is not None and end <= document_until:
        return None
    answer = assess(student, PresentOrders(document_until=document_until), policy, on)
    if answer.refusal is OrderRefusal.CONDITIONS_UNMET:
        only_confirmation = {one.condition for one in answer.unmet} <= CONFIRMATIONS
        return RenewalStep.EXTEND if only_confirmation else None
    return STEP_BEHIND.get(answer.refusal)
