"""Codes brought back from the ministry's panel: shown first, then given to the students as one act; or one by one."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal import clock
from portal.database import transaction
from portal.models.journal import Batch, BatchKind
from portal.models.sealed import keyring
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.panel import ReportField, read_reference
from portal.rules.policy import Policy
from portal.rules.reasons import EndReason
from portal.services import journal
from portal.services.journal import Subject
from portal.services.order_codes import columns_with_codes, holders_of
from portal.services.order_moves import OrderMoved, SeenOrder, move_each
from portal.services.panel_fates import ReportFate, RowFate, fates_of
from portal.services.panel_orders import PackagedOrder, packaged_orders
from portal.services.panel_report_rows import ReportRow, read_report

CODES_ENTERED = "codes_entered"
LONGEST_REFUSAL = 64


class ReportMoved(Exception):
    """Applying the report now would do something else than was shown; nothing was written."""


@dataclass(frozen=True, slots=True)
class PreparedReport:
    """A report's dry run. `fingerprint`: the same as long as every row has the same fate for the same order."""

    fates: Sequence[RowFate] = field(repr=False)
    counts: Mapping[ReportFate, int]
    fingerprint: str
    file_sha256: str | None


def prepare_report(
    content: bytes, columns: Mapping[str, ReportField], policy: Policy, *, at: datetime
) -> PreparedReport:
    """What the report would do, row by row; nothing is written. Raises tables.FileRefused, HeaderRefused."""
    file_sha256 = hashlib.sha256(content).hexdigest()
    return prepare_rows(read_report(content, columns), policy, at=at, file_sha256=file_sha256)


def prepare_rows(
    rows: Sequence[ReportRow], policy: Policy, *, at: datetime, file_sha256: str | None = None
) -> PreparedReport:
    """The same for rows that were read already."""
    fates = fates_of(rows, policy, at=at)
    return PreparedReport(
        fates,
        Counter(one.fate for one in fates),
        keyring().blind_index(repr((file_sha256, [_shown(one) for one in fates]))).hex(),
        file_sha256,
    )


def apply_report(
    prepared: PreparedReport, *, fingerprint: str, actor: str, at: datetime, batch_id: str | None = None
) -> str | None:
    """Do what was shown under `fingerprint`, in one transaction; the act's id, or None where nothing changes.

    `batch_id`: an id for the batch by which whoever asks can tell later whether it was written.
    Raises ReportMoved if the rows' fates changed since.
    """
    if prepared.fingerprint != fingerprint:
        raise ReportMoved
    if not (prepared.counts[ReportFate.CODES] or prepared.counts[ReportFate.REFUSED]):
        return None
    batch = Batch(
        id=batch_id,
        kind=BatchKind.PANEL,
        actor_id=actor,
        file_sha256=prepared.file_sha256,
        counts={
            "codes": prepared.counts[ReportFate.CODES],
            "ministry_refused": prepared.counts[ReportFate.REFUSED],
            "rejected": prepared.counts[ReportFate.REJECTED],
        },
        checked_at=at,
        applied_at=at,
    )
    made: str = batch.id
    changes = _changes(prepared.fates)
    with transaction() as session:
        session.add(batch)
        session.flush()
        _write(changes, actor=actor, at=at, batch_id=made)
    return made


def enter_codes(row: ReportRow, policy: Policy, *, actor: str, at: datetime) -> RowFate:
    """Take one order's codes as somebody typed or scanned them; a second time changes nothing.

    The fate says what became of them; a rejected one wrote nothing. Raises ReportMoved.
    """
    (fate,) = fates_of([row], policy, at=at)
    if fate.fate is not ReportFate.CODES:
        return fate
    assert fate.packaged is not None
    order_id, reference = fate.packaged.seen.id, fate.packaged.reference
    changes, batch_id = _changes([fate]), fate.packaged.order.panel_batch_id
    with transaction():
        _write(changes, actor=actor, at=at, batch_id=batch_id)
        journal.record(
            CODES_ENTERED, Subject.ORDER, order_id, actor=actor, at=at, details={"reference": reference}
        )
    return fate


def kept_refusal(row: ReportRow) -> str:
    """The ministry's reason in a row, as long as an order keeps it."""
    return row.refusal[:LONGEST_REFUSAL]


def order_called(text: str) -> PackagedOrder | None:
    """The order an operator calls by its reference or by the student's album number, if a package holds it."""
    row = row_called(text)
    return packaged_orders([row]).of(row)


def row_called(text: str, **typed: str) -> ReportRow:
    """A row about the order called `text`, with what was `typed` for it, as a report would bring it."""
    cells = {name: value.strip() for name, value in typed.items()}
    by = "order" if read_reference(text) else "album_number"
    return ReportRow(0, **{by: text.strip()}, **cells)


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is written, made ready before the transaction: sealing takes its time."""

    codes: Sequence[SeenOrder]
    codes_of: Mapping[str, Mapping[str, Any]] = field(repr=False)
    refused: Sequence[SeenOrder]
    refusal_of: Mapping[str, Mapping[str, Any]] = field(repr=False)


def _changes(fates: Sequence[RowFate]) -> _Changes:
    codes = {one.packaged.seen.id: one for one in fates if one.packaged and one.fate is ReportFate.CODES}
    refused = {one.packaged.seen.id: one for one in fates if one.packaged and one.fate is ReportFate.REFUSED}
    return _Changes(
        [one.packaged.seen for one in codes.values() if one.packaged],
        {order_id: sealed_codes(one) for order_id, one in codes.items()},
        [one.packaged.seen for one in refused.values() if one.packaged],
        {
            order_id: {
                "end_reason": EndReason.MINISTRY_REFUSED,
                "refusal_code": kept_refusal(one.row),
                "at_ministry": AtMinistry.GONE,
                "due_at": clock.real_now(),
            }
            for order_id, one in refused.items()
        },
    )


def _write(changes: _Changes, *, actor: str, at: datetime, batch_id: str | None) -> None:
    # In the writers' door nobody else gives codes away, so looking once more is enough.
    if holders_of(values["qr_index"] for values in changes.codes_of.values()):
        raise ReportMoved
    refused = EndReason.MINISTRY_REFUSED.value
    try:
        move_each(changes.codes, OrderStatus.READY, changes.codes_of, actor=actor, at=at, batch_id=batch_id)
        move_each(
            changes.refused,
            OrderStatus.ERROR,
            changes.refusal_of,
            actor=actor,
            at=at,
            reason=refused,
            batch_id=batch_id,
        )
    except OrderMoved:
        raise ReportMoved from None


def sealed_codes(one: RowFate) -> dict[str, Any]:
    """The columns of an order that gets the codes of its row."""
    assert one.packaged is not None
    assert one.expire_at is not None
    return columns_with_codes(one.packaged.order, one.row.qr_payload, one.row.activation_code, one.expire_at)


def _shown(one: RowFate) -> tuple[object, ...]:
    seen = one.packaged.seen if one.packaged else None
    return one.row.number, one.fate.value, one.problem, seen and (seen.id, seen.version)
