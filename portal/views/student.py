"""The student's pages: where they stand, the order button, the codes, and the fragment that keeps it all current."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db, htmx
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus
from portal.rules.reasons import CancelReason
from portal.services import data_reports, order_contents, ordering, standing
from portal.services.sessions import hash_of
from portal.services.waiting import typical_wait
from portal.settings_groups import Connector
from portal.texts import phrases
from portal.views import security
from portal.views.browser_session import present_session_id
from portal.views.current import settings
from portal.views.language import present_language
from portal.views.qr import draw_qr

STEPS = (OrderStatus.WAITING, OrderStatus.IN_PROGRESS, OrderStatus.READY, OrderStatus.COLLECTED)
WAITING_FOR_CODES = frozenset({OrderStatus.WAITING, OrderStatus.IN_PROGRESS})

pages = Blueprint("student", __name__)


@pages.get("/mlegitymacja")
@security.student
def page() -> str:
    """Where the student stands."""
    return render_template("student/page.html", **order_status_context())


@pages.get("/mlegitymacja/status")
@security.student_poll
def order_status() -> Response:
    """The polled fragment: 204 while the page's mark is still true. It writes nothing and prolongs no session."""
    if not htmx:
        return redirect(url_for("student.page"))
    session_id = present_session_id()
    seen = standing.glance(hash_of(session_id), present_language(), at=clock.now()) if session_id else None
    if seen is None:
        return make_response(render_template("student/_signed_out.html"))
    if seen.mark == request.args.get("seen"):
        return Response(status=204)
    if seen.mark.rpartition(".")[2] != request.args.get("seen", "").rpartition(".")[2]:
        # Another sign-in in this browser, or another language: the whole page is somebody else's.
        return Response(headers={"HX-Redirect": url_for("student.page")})
    return make_response(render_template("student/_order_status.html", **order_status_context(seen)))


@pages.post("/mlegitymacja/zamowienia")
@security.student
def place_order() -> Response:
    """Order; the second of two clicks, or a rule in the way, gets the truth about where things stand."""
    try:
        ordering.place_order(
            current_user.student_id, settings().policy, actor=current_user.id, at=clock.now()
        )
    except ordering.OrderNotAllowed as refused:
        return answer(_refusal_words(refused), status=422)
    return answer(_("mLegitymacja została zamówiona."))


@pages.post("/mlegitymacja/sprawdz")
@security.student
def check_status() -> Response:
    """„Sprawdź status zamówienia”: what is known now, and the ministry is asked at the next run of the jobs."""
    is_asked = ordering.ask_soon(current_user.student_id)
    if request.form.get("status") != ordering.open_status(current_user.student_id):
        return answer(_("Zaktualizowano status zamówienia."))
    return answer(_check_words(is_asked=is_asked and settings().ministry.connector is not Connector.PANEL))


@pages.get("/mlegitymacja/zdjecie/<digest>")
@security.student
def photo(digest: str) -> Response:
    """The student's own present photo; nobody else's has an address here."""
    found = standing.photo_of(current_user.student_id)
    if found is None or not found.sha256.startswith(digest):
        abort(404)
    return Response(found.content, mimetype=found.media_type)


@pages.get("/mlegitymacja/zamowienia/<uuid:order_id>/anuluj")
@security.student
def confirm_cancel(order_id: UUID) -> str | Response:
    """Ask before cancelling, and say first whether a new order will be possible."""
    order = _own_order(order_id)
    if order.status not in CANCELLABLE:
        return answer(_("Tego zamówienia nie można już anulować."), status=409)
    student = db.session.get_one(Student, order.student_id)
    return render_template(
        "student/confirm_cancel.html",
        order=order,
        is_open=order.status in OPEN,
        again=order_contents.assess_student(student, settings().policy, clock.now(), ignoring=order.id),
        cancel_reasons=CancelReason,
        texts=texts,
    )


@pages.post("/mlegitymacja/zamowienia/<uuid:order_id>/anuluj")
@security.student
def cancel(order_id: UUID) -> Response:
    """Cancel an open order or the document; the reason chosen for a document says where it leads."""
    why = CancelReason(request.form["why"]) if request.form.get("why") in set(CancelReason) else None
    try:
        ordering.cancel(
            str(order_id), current_user.student_id, actor=current_user.id, at=clock.now(), why=why
        )
    except ordering.OrderUnknown:
        abort(404)
    except ordering.OrderNotCancellable:
        return answer(_("Tego zamówienia nie można już anulować."), status=409)
    return answer(texts.cancelled_because(why) if why else _("Zamówienie zostało anulowane."))


def order_status_context(seen: standing.Glance | None = None) -> dict[str, Any]:
    """What page and fragment show; the mark is taken first, so a change in between shows at the next poll."""
    at = clock.now()
    if seen is None:
        seen = standing.glance(hash_of(current_user.session_id), present_language(), at=at)
        if seen is None:  # signed out between the guard and here
            abort(401)
    # What was read before the mark (who is signed in, say) holds a snapshot older than it: what follows reads anew.
    db.session.rollback()
    now_at = standing.standing_of(seen, settings().policy, repeatable=settings().ministry.repeatable, at=at)
    order = now_at.open_order
    picture = None
    if order is not None and now_at.codes_live:
        assert order.qr_payload is not None
        picture = draw_qr(order.qr_payload)
    return {
        "standing": now_at,
        "student": now_at.student,
        "glance": seen,
        "reports": data_reports.of_student(now_at.student.id, at=at) if now_at.has_reported else (),
        "unread": now_at.unread,
        "qr": picture,
        "typical_wait": typical_wait() if order and order.status in WAITING_FOR_CODES else None,
        "path": STEPS,
        "instructions": settings().instructions.spoken(present_language()),
        "app_address": settings().instructions.app_address,
        "policy": settings().policy,
        "by_panel": settings().ministry.connector is Connector.PANEL,
        "texts": texts,
        "phrases": phrases,
        "now": at,
        "on": clock.day_of(at),
    }


def _own_order(order_id: UUID) -> Order:
    try:
        return ordering.own_order(str(order_id), current_user.student_id)
    except ordering.OrderUnknown:
        abort(404)


def answer(message: str, status: int = 200) -> Response:
    """The fragment with the message for htmx; for browsers without JavaScript the page itself."""
    if htmx:
        fragment = render_template("student/_order_status.html", message=message, **order_status_context())
        return make_response(fragment, status)
    flash(message)
    if status == 200:
        return redirect(url_for("student.page"), code=303)
    return make_response(render_template("student/page.html", **order_status_context()), status)


def _check_words(*, is_asked: bool) -> str:
    """What was done for whoever wants to know now, while nothing has changed yet."""
    if is_asked and htmx:
        return str(_("Pytamy ministerstwo. Strona odświeży się sama."))
    if is_asked:
        return str(_("Pytamy ministerstwo. Sprawdź ponownie za chwilę."))
    if htmx:
        return str(_("Nic się jeszcze nie zmieniło. Strona odświeży się sama."))
    return str(_("Nic się jeszcze nie zmieniło. Sprawdź ponownie za jakiś czas."))


def _refusal_words(refused: ordering.OrderNotAllowed) -> str:
    return str(texts.order_refusal(refused.refusal, refused.assessment.refusal_day, settings().policy.basis))
