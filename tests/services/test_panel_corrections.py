"""Codes corrected by hand: only what was asked about, only while they wait, and never those of somebody else."""

import pytest

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services import ordering, panel_batches, panel_corrections, panel_reports
from portal.services.panel_fates import ReportFate, RowFate, RowProblem
from portal.services.panel_reports import ReportMoved
from portal.services.receipts import confirm_receipt
from tests.people import make_office
from tests.views.panel import BY_PANEL, ordered

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def ready(database: object) -> str:
    """An order, P1-001, with wrong codes; P1-002 beside it has codes, too."""
    first = ordered()
    ordered()
    panel_batches.make_package(BY_PANEL, limit=10, actor=make_office().id, at=clock.now())
    for number, qr in (("P1-001", "wrong"), ("P1-002", "another")):
        row = panel_reports.row_called(number, qr_payload=qr, activation_code="aB1$")
        panel_reports.enter_codes(row, BY_PANEL, actor=make_office().id, at=clock.now())
    return first


def correction(qr: str = "right", code: str = "aB1$") -> RowFate:
    row = panel_reports.row_called("P1-001", qr_payload=qr, activation_code=code)
    return panel_corrections.fate_of_correction(row, BY_PANEL, at=clock.now())


def replace_codes(fate: RowFate, question: str) -> None:
    panel_corrections.replace_codes(fate, question=question, actor=make_office().id, at=clock.now())


def order(order_id: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order_id)


def test_one_code_of_the_two_can_be_corrected_and_the_wrong_qr_is_free_again(ready: str) -> None:
    for fate in (correction(code="cD2$", qr="wrong"), correction(code="cD2$")):
        replace_codes(fate, panel_corrections.question_about(fate))
        db.session.rollback()
    now = order(ready)
    assert (now.qr_payload, now.activation_code, now.status) == ("right", "cD2$", OrderStatus.READY)
    assert correction(qr="wrong").fate is ReportFate.CODES


def test_codes_of_another_order_replace_nothing(ready: str) -> None:
    assert correction(qr="another").problem is RowProblem.CODES_OF_ANOTHER


def test_a_collected_order_keeps_what_it_had(ready: str) -> None:
    confirm_receipt(ready, order(ready).student_id, BY_PANEL, actor="student", at=clock.now())
    assert correction().problem is RowProblem.ALREADY_COLLECTED


def test_nothing_is_replaced_once_the_order_moved_or_something_else_was_asked(ready: str) -> None:
    fate = correction()
    question = panel_corrections.question_about(fate)
    with pytest.raises(ReportMoved):
        replace_codes(correction(qr="third"), question)
    assert order(ready).qr_payload == "wrong"
    ordering.cancel(ready, order(ready).student_id, actor="student", at=clock.now())
    with pytest.raises(ReportMoved):
        panel_corrections.replace_codes(fate, question=question, actor=make_office().id, at=clock.now())
    assert order(ready).status is OrderStatus.CANCELLED
