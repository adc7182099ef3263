"""What each row of a report would do: codes for whom, a refusal, nothing new, or why it is not taken."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal import clock
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.services.days_written import read_day
from portal.services.order_codes import codes_end, fingerprint, holders_of
from portal.services.panel_orders import PackagedOrder, packaged_orders
from portal.services.panel_report_rows import ReportRow

LONGEST_QR = 500
LONGEST_CODE = 64


class ReportFate(StrEnum):
    """What becomes of a row."""

    CODES = "codes"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class RowProblem(StrEnum):
    """Why a row is not taken."""

    NO_ORDER_NAMED = "no_order_named"
    UNKNOWN = "unknown"
    TAKEN_BACK = "taken_back"
    CONTRADICTION = "contradiction"
    TWICE_IN_FILE = "twice_in_file"
    NO_CODES = "no_codes"
    CODES_AND_REFUSAL = "codes_and_refusal"
    NO_QR = "no_qr"
    NO_ACTIVATION_CODE = "no_activation_code"
    TOO_LONG = "too_long"
    CODE_IS_NUMBER = "code_is_number"
    CODES_ALIKE = "codes_alike"
    NOT_A_DATE = "not_a_date"
    DATE_PASSED = "date_passed"
    LIFETIME_PASSED = "lifetime_passed"
    CODES_TWICE_IN_FILE = "codes_twice_in_file"
    CODES_OF_ANOTHER = "codes_of_another"
    OTHER_CODES = "other_codes"
    HAS_CODES = "has_codes"
    ALREADY_COLLECTED = "already_collected"
    CODES_EXPIRED = "codes_expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    FAILED = "failed"


_OVER = {
    OrderStatus.COLLECTED: RowProblem.ALREADY_COLLECTED,
    OrderStatus.SUPERSEDED: RowProblem.ALREADY_COLLECTED,
    OrderStatus.EXPIRED: RowProblem.ALREADY_COLLECTED,
    OrderStatus.CODES_EXPIRED: RowProblem.CODES_EXPIRED,
    OrderStatus.CANCELLED: RowProblem.CANCELLED,
    OrderStatus.REVOKED: RowProblem.REVOKED,
    OrderStatus.ERROR: RowProblem.FAILED,
    OrderStatus.WAITING: RowProblem.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class RowFate:
    """The fate of one row; `problem` says why a rejected one is. `expire_at`: until when its codes may be used."""

    row: ReportRow = field(repr=False)
    fate: ReportFate
    problem: RowProblem | None = None
    packaged: PackagedOrder | None = field(default=None, repr=False)
    expire_at: datetime | None = None

    @property
    def qr_index(self) -> bytes:
        """The fingerprint by which no two orders may share codes."""
        return fingerprint(self.row.qr_payload)


def fates_of(
    rows: Sequence[ReportRow], policy: Policy, *, at: datetime, replacing: bool = False
) -> list[RowFate]:
    """The fate of each of these rows at that moment; nothing is written. `replacing`: a ready order may get others."""
    found = packaged_orders(rows)
    orders = [found.of(row) for row in rows]
    named = Counter(one.order.id for one in orders if one)
    alike = Counter((one.order.id, _said(row)) for one, row in zip(orders, rows, strict=True) if one)
    holders = _holders_of_codes(rows)
    shared = _shared_codes(zip(orders, rows, strict=True))
    fates, told = [], set()
    for row, packaged in zip(rows, orders, strict=True):
        if packaged is None:
            fates.append(RowFate(row, ReportFate.REJECTED, _unmatched(row, found.is_taken_back(row))))
            continue
        order_id = packaged.order.id
        # The same said again is left out; two different answers about one order are both left out.
        again = order_id in told or named[order_id] > alike[order_id, _said(row)]
        told.add(order_id)
        fate = RowFate(row, ReportFate.REJECTED, RowProblem.TWICE_IN_FILE, packaged)
        fates.append(fate if again else _fate(row, packaged, holders, shared, policy, at, replacing))
    return fates


def _fate(
    row: ReportRow,
    packaged: PackagedOrder,
    holders: dict[str, str],
    shared: set[str],
    policy: Policy,
    at: datetime,
    replacing: bool,
) -> RowFate:
    order = packaged.order
    if packaged.contradicts(row):
        return RowFate(row, ReportFate.REJECTED, RowProblem.CONTRADICTION, packaged)
    if row.refusal:
        return _fate_of_refusal(row, packaged)
    problem = _malformed(row) or _mixed_up(row, packaged)
    if problem is None and order.status is OrderStatus.READY:
        same = (order.qr_payload, order.activation_code) == (row.qr_payload, row.activation_code)
        if same:
            return RowFate(row, ReportFate.UNCHANGED, None, packaged)
        problem = None if replacing else RowProblem.OTHER_CODES
    if problem is None:
        problem = _OVER.get(order.status)
    if problem is None and holders.get(row.qr_payload, order.id) != order.id:
        problem = RowProblem.CODES_OF_ANOTHER
    if problem is None and row.qr_payload in shared:
        problem = RowProblem.CODES_TWICE_IN_FILE
    expire_at = None
    if problem is None:
        expire_at = _expire_at(row, packaged, policy)
        if expire_at <= at:
            problem = RowProblem.DATE_PASSED if row.expires_on else RowProblem.LIFETIME_PASSED
    fate = ReportFate.CODES if problem is None else ReportFate.REJECTED
    return RowFate(row, fate, problem, packaged, expire_at)


def _fate_of_refusal(row: ReportRow, packaged: PackagedOrder) -> RowFate:
    order = packaged.order
    if row.qr_payload or row.activation_code:
        return RowFate(row, ReportFate.REJECTED, RowProblem.CODES_AND_REFUSAL, packaged)
    if order.status is OrderStatus.IN_PROGRESS:
        return RowFate(row, ReportFate.REFUSED, None, packaged)
    if order.refusal_code is not None:
        return RowFate(row, ReportFate.UNCHANGED, None, packaged)
    problem = RowProblem.HAS_CODES if order.status is OrderStatus.READY else _OVER[order.status]
    return RowFate(row, ReportFate.REJECTED, problem, packaged)


def _unmatched(row: ReportRow, taken_back: bool) -> RowProblem:
    if not (row.order or row.album_number or row.pesel):
        return RowProblem.NO_ORDER_NAMED
    return RowProblem.TAKEN_BACK if taken_back else RowProblem.UNKNOWN


def _malformed(row: ReportRow) -> RowProblem | None:
    if not row.qr_payload and not row.activation_code:
        return RowProblem.NO_CODES
    if not row.qr_payload:
        return RowProblem.NO_QR
    if not row.activation_code:
        return RowProblem.NO_ACTIVATION_CODE
    if len(row.qr_payload) > LONGEST_QR or len(row.activation_code) > LONGEST_CODE:
        return RowProblem.TOO_LONG
    return RowProblem.NOT_A_DATE if row.expires_on and read_day(row.expires_on) is None else None


def _mixed_up(row: ReportRow, packaged: PackagedOrder) -> RowProblem | None:
    """A slip of a scanner or of a spreadsheet's columns, which would reach the student as codes that do not work."""
    if packaged.is_called(row.qr_payload) or packaged.is_called(row.activation_code):
        return RowProblem.CODE_IS_NUMBER
    return RowProblem.CODES_ALIKE if row.qr_payload == row.activation_code else None


def _expire_at(row: ReportRow, packaged: PackagedOrder, policy: Policy) -> datetime:
    """By the report, else counted from the package, never from now; and not beyond what was ordered."""
    day = read_day(row.expires_on)
    counted = packaged.packed_at + timedelta(days=policy.codes_lifetime_days)
    stated = clock.end_of(day) if day else counted
    return codes_end(packaged.order, stated)


def _said(row: ReportRow) -> tuple[str, str, str, str]:
    return row.qr_payload, row.activation_code, row.expires_on, row.refusal


def _holders_of_codes(rows: Iterable[ReportRow]) -> dict[str, str]:
    """Which order has or had each of these QR texts."""
    texts = {fingerprint(row.qr_payload): row.qr_payload for row in rows if row.qr_payload}
    return {texts[index]: order_id for index, order_id in holders_of(texts).items()}


def _shared_codes(rows: Iterable[tuple[PackagedOrder | None, ReportRow]]) -> set[str]:
    """QR texts the file gives to more than one order."""
    given: dict[str, set[str]] = {}
    for packaged, row in rows:
        if packaged is not None and row.qr_payload:
            given.setdefault(row.qr_payload, set()).add(packaged.order.id)
    return {text for text, orders in given.items() if len(orders) > 1}
