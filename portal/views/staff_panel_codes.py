"""Codes typed or scanned one by one: whose order, QR text, activation code, Enter; every one a row on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db, htmx
from portal.models.people import Student
from portal.services import panel_corrections, panel_entries, panel_reports
from portal.services.panel_fates import LONGEST_QR, ReportFate, RowFate, RowProblem
from portal.services.panel_orders import PackagedOrder
from portal.services.panel_report_rows import ReportRow
from portal.services.panel_reports import ReportMoved
from portal.texts import panel as panel_texts
from portal.texts import phrases
from portal.views.current import settings
from portal.views.panel_right import panel_pages
from portal.views.security import staff
from portal.views.student_key import key_for

SCREEN_LASTS = timedelta(hours=16)
LONGEST_NUMBER = 100
FIELDS = ("number", "qr_payload", "activation_code", "expires_on")
# Where the cursor goes to mend it; the number, unless the codes themselves are at fault.
AT_FAULT = {
    RowProblem.NO_CODES: "qr_payload",
    RowProblem.NO_QR: "qr_payload",
    RowProblem.CODES_ALIKE: "activation_code",
    RowProblem.CODES_OF_ANOTHER: "qr_payload",
    RowProblem.NO_ACTIVATION_CODE: "activation_code",
    RowProblem.NOT_A_DATE: "expires_on",
    RowProblem.DATE_PASSED: "expires_on",
    RowProblem.LIFETIME_PASSED: "expires_on",
}

pages = panel_pages("staff_panel_codes", __name__, "/kody")


@dataclass(frozen=True, slots=True)
class Entry:
    """The form as it is shown: what was typed, what is wrong with it, and which field is ready."""

    since: datetime
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: str | None = None
    said: str | None = None
    ready: str = "number"
    question: str | None = None
    person: Student | None = field(default=None, repr=False)


@pages.get("")
@staff
def show() -> Response:
    """The screen; its address says since when it counts, so that a reload loses nothing."""
    since = _since(request.args)
    if since is None:
        return redirect(url_for("staff_panel_codes.show", od=int(clock.now().timestamp())))
    return _answer(Entry(since))


@pages.get("/osoba")
@staff
def person() -> Response:
    """Whose order the number names, shown before the codes are scanned."""
    number = request.args.get("number", "")[:LONGEST_NUMBER]
    if not htmx:
        return redirect(url_for("staff_panel_codes.show"))
    found = panel_reports.order_called(number) if number.strip() else None
    return make_response(
        render_template(
            "staff/panel/_panel_person.html",
            person=_student(found),
            packaged=found,
            number=number.strip(),
            texts=texts,
        )
    )


@pages.post("")
@staff
def enter() -> Response:
    """Take the codes; the same ones a second time change nothing."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    entry = Entry(_since(request.form) or clock.now(), typed)
    row = panel_reports.row_called(
        typed["number"],
        qr_payload=typed["qr_payload"],
        activation_code=typed["activation_code"],
        expires_on=typed["expires_on"],
    )
    try:
        fate = panel_reports.enter_codes(row, settings().policy, actor=current_user.id, at=clock.now())
        if fate.problem is RowProblem.OTHER_CODES:
            return _correct(entry, row)
    except ReportMoved:
        problem = _("To zamówienie zmieniło się w tej chwili. Wyślij kody jeszcze raz.")
        return _answer(replace(entry, problem=problem), status=422)
    if fate.fate is ReportFate.REJECTED:
        assert fate.problem is not None
        return _answer(_refused(entry, fate), status=422)
    return _done(entry, _said(fate))


def _correct(entry: Entry, row: ReportRow) -> Response:
    """Ask whether the order's codes are to be replaced; after „yes” to that very question, replace them."""
    fate = panel_corrections.fate_of_correction(row, settings().policy, at=clock.now())
    if fate.fate is not ReportFate.CODES:
        return _answer(_refused(entry, fate), status=422)
    question, answered = panel_corrections.question_about(fate), request.form.get("zastap")
    if answered == question:
        panel_corrections.replace_codes(fate, question=answered, actor=current_user.id, at=clock.now())
        return _done(entry, _("%(name)s: kody zastąpione.", name=_name(fate)))
    asked = replace(
        entry,
        problem=_("To zamówienie ma już inne kody. Sprawdź w panelu, które są właściwe. Zastąpić kody?"),
        ready="qr_payload",
        person=_student(fate.packaged),
        question=question,
    )
    return _answer(asked, status=422)


def _done(entry: Entry, said: str) -> Response:
    done = replace(entry, typed={}, said=said)
    if htmx:
        return _answer(done)
    return redirect(url_for("staff_panel_codes.show", od=int(entry.since.timestamp())), code=303)


def _refused(entry: Entry, fate: RowFate) -> Entry:
    assert fate.problem is not None
    if fate.problem is RowProblem.NO_ORDER_NAMED:
        return replace(entry, problem=_("Wpisz numer zamówienia albo numer albumu."))
    return replace(
        entry,
        problem=panel_texts.problem(fate.problem),
        ready=_at_fault(fate),
        person=_student(fate.packaged),
    )


def _at_fault(fate: RowFate) -> str:
    """The field to mend: of two codes the first that is too long or no code at all."""
    assert fate.problem is not None
    qr_payload = fate.row.qr_payload
    if fate.problem is RowProblem.TOO_LONG:
        return "qr_payload" if len(qr_payload) > LONGEST_QR else "activation_code"
    if fate.problem is RowProblem.CODE_IS_NUMBER:
        assert fate.packaged is not None
        return "qr_payload" if fate.packaged.is_called(qr_payload) else "activation_code"
    return AT_FAULT.get(fate.problem, "number")


def _said(fate: RowFate) -> str:
    name = _name(fate)
    if fate.fate is ReportFate.UNCHANGED:
        return str(_("%(name)s: te kody są już wpisane.", name=name))
    return str(_("%(name)s: kody zapisane.", name=name))


def _name(fate: RowFate) -> str:
    student = _student(fate.packaged)
    assert student is not None
    return f"{student.first_names} {student.surname}"


def _student(packaged: PackagedOrder | None) -> Student | None:
    return db.session.get_one(Student, packaged.order.student_id) if packaged else None


def _since(fields: Mapping[str, str]) -> datetime | None:
    try:
        since = datetime.fromtimestamp(int(fields.get("od", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return since if timedelta() <= clock.now() - since <= SCREEN_LASTS else None


def _answer(entry: Entry, status: int = 200) -> Response:
    template = "staff/panel/_panel_codes.html" if htmx else "staff/panel/codes.html"
    page = render_template(
        template,
        entry=entry,
        rows=panel_entries.entered_since(current_user.id, entry.since),
        count=panel_entries.count_since(current_user.id, entry.since),
        key_for=key_for,
        phrases=phrases,
        texts=texts,
    )
    # In place, the same screen with a word about what is wrong is an answer like any other.
    return make_response(page, 200 if htmx else status)
