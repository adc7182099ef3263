"""The office changes the status of a student's studies; what would be revoked with it is shown first."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.models.people import Enrolment
from portal.rules.student import EnrolmentStatus
from portal.services import enrolment_status
from portal.services.enrolment_status import StatusMoved
from portal.services.entitlement import Ending
from portal.texts import entitlement as entitlement_texts
from portal.texts import studies as studies_texts
from portal.views import security
from portal.views.current import settings
from portal.views.student_key import address_of

pages = Blueprint("staff_enrolments", __name__)


@pages.get("/dziekanat/studia/<uuid:enrolment_id>/status")
@security.staff
def edit(enrolment_id: UUID) -> Response:
    """The form with the present status."""
    enrolment = _enrolment(enrolment_id)
    return _form(enrolment, enrolment.status.value, clock.today().isoformat())


@pages.post("/dziekanat/studia/<uuid:enrolment_id>/status")
@security.staff
def save(enrolment_id: UUID) -> Response:
    """Write the status; where it revokes something, at once or later, only after that was shown and confirmed."""
    enrolment = _enrolment(enrolment_id)
    typed, day = request.form.get("status", ""), request.form.get("od", "")
    try:
        status, since = EnrolmentStatus(typed), date.fromisoformat(day)
        seen = EnrolmentStatus(request.form.get("widziany", ""))
    except ValueError:
        return _form(enrolment, typed, day, problem=_("Wybierz stan studiów i dzień, od którego obowiązuje."))
    policy, at = settings().policy, clock.now()
    ending = enrolment_status.would_end_with(enrolment, status, since, policy, at=at)
    if ending.orders and request.form.get("potwierdzam") != _mark(ending, status, since):
        return _form(enrolment, typed, day, warned=(ending, _mark(ending, status, since)))
    student = enrolment.student
    try:
        enrolment_status.change_status(
            enrolment.id, status, since, policy, seen=seen, actor=current_user.id, at=at
        )
    except StatusMoved as moved:
        problem = _(
            "Ktoś zmienił ten stan w międzyczasie na: %(status)s. Sprawdź i zapisz jeszcze raz.",
            status=studies_texts.enrolment_status(moved.present),
        )
        return _form(_enrolment(enrolment_id), typed, day, problem=problem)
    flash(_("Zmieniono stan studiów."))
    return redirect(address_of(student), code=303)


def _enrolment(enrolment_id: UUID) -> Enrolment:
    found = enrolment_status.enrolment_of(str(enrolment_id))
    if found is None:
        abort(404)
    return found


def _mark(ending: Ending, status: EnrolmentStatus, since: date) -> str:
    """What was shown and is confirmed by it: another status, day or number is shown anew."""
    return f"{status} {since} {len(ending.now)} {len(ending.later)}"


def _form(
    enrolment: Enrolment,
    typed: str,
    day: str,
    *,
    problem: str | None = None,
    warned: tuple[Ending, str] | None = None,
) -> Response:
    ending, mark = warned or (Ending(), "")
    page = render_template(
        "staff/students/status.html",
        enrolment=enrolment,
        student=enrolment.student,
        back=address_of(enrolment.student),
        statuses=EnrolmentStatus,
        typed=typed,
        day=day,
        problem=problem,
        mark=mark,
        warnings=entitlement_texts.ending_warnings(ending.counts()),
        at_once=bool(ending.now),
        studies_texts=studies_texts,
        texts=texts,
    )
    return make_response(page, 422 if problem or ending.orders else 200)
