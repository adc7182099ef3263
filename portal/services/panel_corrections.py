"""Codes typed wrong and corrected by hand: other codes for an order that is ready and not collected yet.

Only ever one order at a time and after a question; a report never replaces codes.
"""

from datetime import datetime

from sqlalchemy import select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.sealed import keyring
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.services import journal
from portal.services.journal import Subject
from portal.services.panel_fates import ReportFate, RowFate, fates_of
from portal.services.panel_report_rows import ReportRow
from portal.services.panel_reports import ReportMoved, sealed_codes
from portal.services.register import note_change

CODES_REPLACED = "codes_replaced"


def fate_of_correction(row: ReportRow, policy: Policy, *, at: datetime) -> RowFate:
    """What would become of the row if it might replace the codes of a ready order; nothing is written."""
    return fates_of([row], policy, at=at, replacing=True)[0]


def question_about(fate: RowFate) -> str:
    """A mark of one replacement: of the order, the codes it has now and the ones to come."""
    assert fate.packaged is not None
    order, row = fate.packaged.order, fate.row
    present = order.qr_payload, order.activation_code
    wanted = row.qr_payload, row.activation_code, row.expires_on
    return keyring().blind_index(repr((order.id, order.version, present, wanted))).hex()


def replace_codes(fate: RowFate, *, question: str, actor: str, at: datetime) -> None:
    """Give the order of `fate_of_correction` its other codes, after a „yes” to `question`.

    The student's page shows them at once; the order stays „do odbioru”. Raises ReportMoved if something else was asked
    about, or the order was changed meanwhile; nothing was written then.
    """
    if fate.fate is not ReportFate.CODES or question != question_about(fate):
        raise ReportMoved
    assert fate.packaged is not None
    order, reference = fate.packaged.order, fate.packaged.reference
    order_id, student_id = order.id, order.student_id
    unchanged = (
        Order.id == order_id,
        Order.status == OrderStatus.READY,
        Order.version == order.version,
        Order.qr_payload_sealed == order.qr_payload_sealed,
        Order.activation_code_sealed == order.activation_code_sealed,
    )
    values, holder = sealed_codes(fate), select(Order.id).where(Order.qr_index == fate.qr_index)
    with transaction() as session:
        if session.scalar(holder.where(Order.id != order_id)) is not None:
            raise ReportMoved
        if session.scalar(select(Order.id).where(*unchanged)) is None:
            raise ReportMoved
        db.session.execute(
            update(Order).where(*unchanged).values(**values).execution_options(synchronize_session=False)
        )
        note_change(student_id)
        journal.record(
            CODES_REPLACED, Subject.ORDER, order_id, actor=actor, at=at, details={"reference": reference}
        )
