"""„Potwierdź odbiór”, and the question after codes ran out: the student's word about the card in the phone."""

from uuid import UUID

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.services import receipts
from portal.services.ordering import OrderUnknown, own_order
from portal.views import security
from portal.views.current import settings
from portal.views.student import answer

pages = Blueprint("receipts", __name__)


@pages.get("/mlegitymacja/zamowienia/<uuid:order_id>/odbior")
@security.student
def ask(order_id: UUID) -> str | Response:
    """Ask before codes are erased that can still be used."""
    at = clock.now()
    try:
        order = own_order(str(order_id), current_user.student_id)
    except OrderUnknown:
        abort(404)
    if not receipts.may_confirm(order, settings().policy, at):
        return answer(texts.receipt_refusal(order.status), status=409)
    return render_template("student/confirm_receipt.html", order=order)


@pages.post("/mlegitymacja/zamowienia/<uuid:order_id>/odbior")
@security.student
def confirm(order_id: UUID) -> Response:
    """The card is in the phone; a second click and a stale page read how things stand."""
    try:
        receipts.confirm_receipt(
            str(order_id),
            current_user.student_id,
            settings().policy,
            actor=current_user.id,
            at=clock.now(),
        )
    except OrderUnknown:
        abort(404)
    except receipts.ReceiptNotPossible as refused:
        return answer(texts.receipt_refusal(refused.status), status=409)
    return answer(_("Odbiór potwierdzony. Masz mLegitymację."))


@pages.post("/mlegitymacja/zamowienia/<uuid:order_id>/brak-odbioru")
@security.student
def deny(order_id: UUID) -> Response:
    """The card is not in the phone, and its codes are withdrawn."""
    try:
        receipts.deny_receipt(str(order_id), current_user.student_id, at=clock.now())
    except OrderUnknown:
        abort(404)
    except receipts.ReceiptNotPossible as refused:
        return answer(texts.receipt_refusal(refused.status), status=409)
    return answer(_("Dziękujemy. Odwołujemy to zamówienie."))
