"""„Zgłoś błąd w danych”: a form whose content waits for the office."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.models.data_reports import DataReportKind
from portal.services import data_reports
from portal.views.security import student

pages = Blueprint("data_reports", __name__)


@pages.get("/mlegitymacja/blad-w-danych")
@student
def show() -> str:
    """The empty form."""
    return _form()


@pages.post("/mlegitymacja/blad-w-danych")
@student
def send() -> Response:
    """Keep the report, or show the form again with what was typed."""
    kind, words = request.form.get("kind", ""), request.form.get("words", "")
    if kind not in set(DataReportKind):
        return _again(kind, words, _("Zaznacz, co się nie zgadza."))
    try:
        data_reports.report(current_user.student_id, DataReportKind(kind), words, at=clock.now())
    except data_reports.ReportRefused:
        longest = data_reports.LONGEST_REPORT
        return _again(
            kind, words, _("Napisz, jak powinno być – najwyżej %(longest)d znaków.", longest=longest)
        )
    except data_reports.TooManyReports:
        return _again(kind, words, _("Masz już kilka otwartych zgłoszeń. Poczekaj, aż dziekanat je załatwi."))
    flash(_("Zgłoszenie zostało wysłane do dziekanatu."))
    return redirect(url_for("student.page"), code=303)


def _again(kind: str, words: str, problem: str) -> Response:
    return make_response(_form(kind, words, problem), 422)


def _form(kind: str = "", words: str = "", problem: str | None = None) -> str:
    return render_template(
        "data_reports/page.html",
        kinds=DataReportKind,
        kind=kind,
        words=words,
        problem=problem,
        longest=data_reports.LONGEST_REPORT,
        texts=texts,
    )
