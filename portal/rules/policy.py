"""The variants in which universities differ, as one frozen value every rule receives."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """On what the right to an mLegitymacja rests.

    `ELS`: on the plastic card (practice until 2025). `SEMESTER`: on the entitlement confirmed each semester
    (Higher Education Act art. 74(4b) and regulation Dz.U. 2025 item 1220).
    """

    ELS = "els"
    SEMESTER = "semester"


class Renewal(StrEnum):
    """When a student who still holds a valid document may order the next one."""

    AS_SOON_AS_EXTENDED = "as_soon_as_extended"
    LAST_DAYS = "last_days"
    AFTER_CANCELLING = "after_cancelling"


class EndAfterRemoval(StrEnum):
    """When entitlement ends after suspension, removal or transfer."""

    AT_ONCE = "at_once"
    MONTH_LATER = "month_later"


class ReceiptFrom(StrEnum):
    """Who says that the codes were used: the ministry's answer or the student's own „Potwierdź odbiór”."""

    MINISTRY = "ministry"
    STUDENT = "student"


class StandingOrders(StrEnum):
    """Who lets the portal order by itself after an extension: nobody, students who switched it on, or everybody."""

    OFF = "off"
    STUDENT = "student"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One university's choices.

    `renewal_days`: with `Renewal.LAST_DAYS`, how many days before the document's end a renewal opens.
    `photo_min_width`, `photo_min_height`: pixels; `photo_max_bytes`: bytes of the stored file.
    `standing_order_delay_minutes`: how long after an extension a standing order is placed, so that undo is cheap.
    `codes_lifetime_days`: how long codes live where the ministry states no expiry of its own.
    `summer_proposal_from`: (month, day) from which an extension proposes 31 October instead of 31 March.
    `studies_begin`: (month, day) of the first day of studies where a programme states none of its own.
    `block_unpaid_fees`, `block_unclosed_year`: whether the office may not extend while fees are unpaid, or while
    the year is not closed.
    `album_number_digits`: how long album numbers are, so that zeros a spreadsheet ate are put back; 0: not padded.
    """

    basis: Basis
    renewal: Renewal = Renewal.AS_SOON_AS_EXTENDED
    renewal_days: int = 30
    end_after_removal: EndAfterRemoval = EndAfterRemoval.AT_ONCE
    receipt_from: ReceiptFrom = ReceiptFrom.MINISTRY
    withdraw_superseded: bool = False
    standing_orders: StandingOrders = StandingOrders.STUDENT
    standing_order_delay_minutes: int = 15
    codes_lifetime_days: int = 30
    photo_min_width: int = 246
    photo_min_height: int = 304
    photo_max_bytes: int = 300_000
    summer_proposal_from: tuple[int, int] = (2, 16)
    studies_begin: tuple[int, int] = (10, 1)
    block_unpaid_fees: bool = False
    block_unclosed_year: bool = False
    album_number_digits: int = 0
