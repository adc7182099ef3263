"""What becomes of the orders and the document that rest on an extension when the office undoes it.

1. An order or document rests on the extension if without it the confirmed date lies before its own.
2. Waiting and never sent: it takes the earlier date if that may still be ordered, else it is revoked.
3. Sent or ready: it is revoked (codes erased, request withdrawn). The card keeps the date it was sent with.
4. A document: it is revoked only when the office ticks so; until then it stands on the office's list.
5. What has ended stays as it ended: a superseded document never revives.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.rules.eligibility import PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Policy
from portal.rules.student import StudentFacts
from portal.rules.validity import confirmed_until


class Fate(StrEnum):
    """What happens to one order when an extension is undone."""

    KEEP = "keep"
    TAKES_EARLIER_DATE = "takes_earlier_date"
    REVOKE = "revoke"
    REVOKE_IF_TICKED = "revoke_if_ticked"


@dataclass(frozen=True, slots=True)
class UndoFate:
    """The fate; `valid_until` is the new planned date, only beside `TAKES_EARLIER_DATE`."""

    fate: Fate
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """What of an order decides its fate. `ABSENT` at the ministry must mean that it was never sent."""

    status: OrderStatus
    at_ministry: AtMinistry
    planned_valid_until: date


def without_extension(student: StudentFacts, extension_id: str) -> StudentFacts:
    """The student as if the extension had never been made."""
    kept = tuple(extension for extension in student.extensions if extension.id != extension_id)
    return replace(student, extensions=kept)


def undo_fate(
    order: RestingOrder,
    student_without: StudentFacts,
    document_until: date | None,
    policy: Policy,
    on: date,
) -> UndoFate:
    """The fate of `order` when an extension is undone on day `on`.

    `student_without`: the facts without that extension. `document_until`: the end of the student's
    document, if any.
    """
    if not _rests(order, student_without, policy):
        return UndoFate(Fate.KEEP)
    if order.status is OrderStatus.COLLECTED:
        return UndoFate(Fate.REVOKE_IF_TICKED)
    if order.status is OrderStatus.WAITING and order.at_ministry is AtMinistry.ABSENT:
        answer = assess(student_without, PresentOrders(None, document_until), policy, on)
        if answer.may_order:
            return UndoFate(Fate.TAKES_EARLIER_DATE, answer.planned_valid_until)
    return UndoFate(Fate.REVOKE)


def may_change_date(
    until: date, orders: Iterable[RestingOrder], student_without: StudentFacts, policy: Policy
) -> bool:
    """Whether the extension's date may be replaced by `until` without an undo: no order that rests on it
    reaches further. Whether `until` itself is a proper date is for `rules.extension` to say.
    """
    resting = (order for order in orders if _rests(order, student_without, policy))
    return all(order.planned_valid_until <= until for order in resting)


def _rests(order: RestingOrder, student_without: StudentFacts, policy: Policy) -> bool:
    if order.status not in OPEN | {OrderStatus.COLLECTED}:
        return False
    confirmed = confirmed_until(student_without, policy)
    return confirmed is None or confirmed < order.planned_valid_until
