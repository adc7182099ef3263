"""The office's page about one student, and the acts on the student's extensions and orders that need no page.

An act that is refused shows the page again with what was typed; one that takes something away has a page of its own.
"""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services import office_orders
from portal.services.card_extensions import ExtensionNotAllowed, extend
from portal.services.ordering import OrderNotAllowed
from portal.services.student_file import file_of
from portal.texts import entitlement as entitlement_texts
from portal.texts import office as office_texts
from portal.texts import phrases
from portal.texts import studies as studies_texts
from portal.views import extension_choice, security
from portal.views.current import settings
from portal.views.student_key import address_of, key_of, student_at

TONES = {
    OrderStatus.READY: "good",
    OrderStatus.COLLECTED: "good",
    OrderStatus.CODES_EXPIRED: "wait",
    OrderStatus.ERROR: "bad",
    OrderStatus.REVOKED: "bad",
}

pages = Blueprint("staff_student", __name__)


@pages.get("/dziekanat/studenci/<key>")
@security.staff
def show(key: str) -> str | Response:
    """All the office has about the student. The old address of a student who got an album number leads on."""
    student = student_at(key)
    return page_about(student) if key == key_of(student) else redirect(address_of(student))


@pages.post("/dziekanat/studenci/<key>/przedluz")
@security.staff
def extend_card(key: str) -> Response:
    """Confirm the student until the proposed date or another one."""
    student = student_at(key)
    choice = extension_choice.choice_from(request.form)
    problem = choice.problem
    if problem is None:
        try:
            extend(
                student.id,
                choice.until,
                settings().policy,
                actor=current_user.id,
                at=clock.now(),
                legal_basis=choice.legal_basis,
            )
        except ExtensionNotAllowed as refused:
            problem = texts.extension_refusal(refused.refusal)
    if problem is not None:
        return make_response(page_about(student, choice=choice, problem=problem), 422)
    return done(student, _("Przedłużono do %(day)s.", day=texts.day(choice.until)))


@pages.post("/dziekanat/studenci/<key>/zamowienie")
@security.staff
def order(key: str) -> Response:
    """Place an order because the student asked for it."""
    student = student_at(key)
    try:
        office_orders.order_for_student(student.id, settings().policy, actor=current_user.id, at=clock.now())
    except OrderNotAllowed as refused:
        words = entitlement_texts.order_refusal(refused.refusal, refused.assessment.refusal_day)
        return make_response(page_about(student, order_problem=words), 422)
    return done(student, _("Zamówiono mLegitymację w imieniu studenta."))


def page_about(student: Student, **values: Any) -> str:
    """The page; `values` say what is different after an act that was refused or that answers in place."""
    at = clock.now()
    context = {
        "file": file_of(student, settings().policy, repeatable=settings().ministry.repeatable, at=at),
        "key": key_of(student),
        "choice": extension_choice.choice_from({}),
        "problem": None,
        "order_problem": None,
        "report_refused": None,
        "pesel": None,
        "texts": texts,
        "entitlement_texts": entitlement_texts,
        "office_texts": office_texts,
        "studies_texts": studies_texts,
        "phrases": phrases,
        "tones": TONES,
        "on": clock.day_of(at),
    }
    return render_template("staff/students/card.html", **context | values)


def done(student: Student, message: str) -> Response:
    """Back to the student's page with `message`."""
    flash(message)
    return redirect(address_of(student), code=303)
