"""The office's acts on single orders: each asks first, on a page that says what will happen, and for a reason."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import Step, next_step
from portal.rules.order_status import CANCELLABLE, OrderStatus
from portal.services import office_orders
from portal.services.office_orders import NotUnclear
from portal.services.ordering import OrderNotCancellable
from portal.views import security
from portal.views.current import settings
from portal.views.reasons_typed import LONGEST_REASON, typed_reason
from portal.views.staff_student import done
from portal.views.student_key import address_of

pages = Blueprint("staff_orders", __name__)

ARRIVALS = {"tak": True, "nie": False}


@pages.get("/dziekanat/zamowienia/<uuid:order_id>/uniewaznij")
@security.staff
def confirm_revoke(order_id: UUID) -> Response:
    """Ask for the reason, and say what becomes of the card."""
    order = _order(order_id)
    if order.status not in CANCELLABLE:
        return _too_late(order)
    return _form("staff/orders/revoke.html", order)


@pages.post("/dziekanat/zamowienia/<uuid:order_id>/uniewaznij")
@security.staff
def revoke(order_id: UUID) -> Response:
    """Take the order or the document back; the jobs withdraw it at the ministry."""
    order = _order(order_id)
    reason, problem = typed_reason()
    if problem is not None:
        return _form("staff/orders/revoke.html", order, problem)
    try:
        office_orders.revoke_order(order.id, reason=reason, actor=current_user.id, at=clock.now())
    except OrderNotCancellable:
        return _too_late(order)
    return done(_student(order), _("Unieważniono. Ministerstwo dostanie odwołanie przy najbliższej okazji."))


@pages.get("/dziekanat/zamowienia/<uuid:order_id>/wyjasnij")
@security.staff
def clear_up(order_id: UUID) -> Response:
    """Ask whether an order in doubt reached the ministry."""
    order = _order(order_id)
    if (
        next_step(order.status, order.at_ministry, repeatable=settings().ministry.repeatable)
        is not Step.CLARIFY
    ):
        return _too_late(order)
    return _form("staff/orders/clear_up.html", order)


@pages.post("/dziekanat/zamowienia/<uuid:order_id>/wyjasnij")
@security.staff
def decide(order_id: UUID) -> Response:
    """„Dotarło” or „nie dotarło”, with the reason."""
    order = _order(order_id)
    reason, problem = typed_reason()
    arrived = ARRIVALS.get(request.form.get("dotarlo", ""))
    if arrived is None:
        problem = _("Zaznacz, czy zamówienie dotarło do ministerstwa.")
    if arrived is None or problem is not None:
        return _form("staff/orders/clear_up.html", order, problem)
    try:
        office_orders.decide_unclear(
            order.id, arrived=arrived, reason=reason, actor=current_user.id, at=clock.now()
        )
    except NotUnclear:
        return _too_late(order)
    words = (
        _("Zapisano: dotarło.")
        if arrived
        else _("Zapisano: nie dotarło. Zamówienie zostanie wysłane ponownie.")
    )
    return done(_student(order), words)


@pages.get("/dziekanat/zamowienia/<uuid:order_id>/zostaw")
@security.staff
def confirm_keep(order_id: UUID) -> Response:
    """Ask why a document stays although the extension it rests on was undone."""
    order = _order(order_id)
    if order.status is not OrderStatus.COLLECTED:
        return _too_late(order)
    return _form("staff/orders/keep.html", order)


@pages.post("/dziekanat/zamowienia/<uuid:order_id>/zostaw")
@security.staff
def keep(order_id: UUID) -> Response:
    """The document stays and leaves the list of documents to decide on."""
    order = _order(order_id)
    reason, problem = typed_reason()
    if problem is not None:
        return _form("staff/orders/keep.html", order, problem)
    if order.status is not OrderStatus.COLLECTED:
        return _too_late(order)
    office_orders.keep_document(order.id, reason=reason, actor=current_user.id, at=clock.now())
    return done(_student(order), _("mLegitymacja zostaje. Powód zapisano w dzienniku."))


def _order(order_id: UUID) -> Order:
    order = db.session.get(Order, str(order_id))
    if order is None:
        abort(404)
    return order


def _student(order: Order) -> Student:
    return db.session.get_one(Student, order.student_id)


def _form(template: str, order: Order, problem: str | None = None) -> Response:
    student = _student(order)
    context: dict[str, Any] = {
        "order": order,
        "student": student,
        "back": address_of(student),
        "problem": problem,
        "typed": request.form,
        "longest": LONGEST_REASON,
        "texts": texts,
    }
    return make_response(render_template(template, **context), 422 if problem else 200)


def _too_late(order: Order) -> Response:
    db.session.refresh(order)
    student = _student(order)
    page = render_template(
        "staff/orders/too_late.html", order=order, student=student, back=address_of(student), texts=texts
    )
    return make_response(page, 409)
