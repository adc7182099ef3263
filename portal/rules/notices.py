"""What students are told of, and what staff are: the kinds of notices."""

from enum import StrEnum

from portal.rules.order_status import OrderStatus


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


def news_of_move(present: OrderStatus | None, wanted: OrderStatus) -> NoticeKind | None:
    """The kind of news a move is, if any; going back to „oczekuje” is none."""
    if wanted is OrderStatus.WAITING and present is not None:
        return None
    return NEWS_OF_MOVES.get(wanted)
