"""What students reported as wrong in their data: the office's list, and the answer that settles a report."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db
from portal.models.data_reports import DataReport
from portal.models.people import Student
from portal.services import data_reports
from portal.views import security
from portal.views.staff_student import done, page_about
from portal.views.student_key import key_of

pages = Blueprint("staff_data_reports", __name__)


@pages.get("/dziekanat/zgloszenia")
@security.staff
def index() -> str:
    """The reports that wait, the oldest first."""
    found = data_reports.open_reports(after=_after(), size=data_reports.PAGE + 1)
    shown = found[: data_reports.PAGE]
    return render_template(
        "staff/overview/reports.html",
        rows=shown,
        count=data_reports.count_open(),
        next_page=_next_page(shown[-1][0]) if len(found) > len(shown) else None,
        key_of=key_of,
        texts=texts,
    )


@pages.post("/dziekanat/zgloszenia/<uuid:report_id>")
@security.staff
def settle(report_id: UUID) -> Response:
    """Settle a report with an answer, on the page of the student who sent it."""
    report = db.session.get(DataReport, str(report_id))
    if report is None:
        abort(404)
    student = db.session.get_one(Student, report.student_id)
    answer = " ".join(request.form.get("odpowiedz", "").split())
    if not 0 < len(answer) <= data_reports.LONGEST_ANSWER:
        longest = data_reports.LONGEST_ANSWER
        problem = _("Napisz studentowi, co załatwiono – najwyżej %(longest)d znaków.", longest=longest)
        refused = {"id": report.id, "answer": answer, "problem": problem}
        return make_response(page_about(student, report_refused=refused), 422)
    try:
        data_reports.settle(report.id, answer, actor=current_user.id, at=clock.now())
    except data_reports.ReportSettled:
        return done(student, _("To zgłoszenie załatwiła już inna osoba."))
    return done(student, _("Zgłoszenie załatwione."))


def _next_page(last: DataReport) -> str:
    return url_for("staff_data_reports.index", po=last.reported_at.isoformat(), zgloszenie=last.id)


def _after() -> tuple[datetime, str] | None:
    try:
        moment = datetime.fromisoformat(request.args["po"])
        report_id = str(UUID(request.args["zgloszenie"]))
    except (KeyError, ValueError):
        return None
    return (moment, report_id) if moment.tzinfo else None
