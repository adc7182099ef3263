"""The office's acts on a student's data: correct it, approve an oath, ask to see the PESEL."""

from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock
from portal.extensions import db, htmx
from portal.models.people import Enrolment, Student
from portal.services import student_records
from portal.services.student_file import file_of
from portal.services.student_records import DataMistaken, EnrolmentUnknown, StudentChanged
from portal.texts import office as office_texts
from portal.views import correction, security
from portal.views.correction import Correction
from portal.views.current import settings
from portal.views.staff_student import done, page_about
from portal.views.student_key import address_of, key_of, student_at

pages = Blueprint("staff_student_data", __name__)


@pages.get("/dziekanat/studenci/<key>/dane")
@security.staff
def edit(key: str) -> Response:
    """The form with the data as they are."""
    student = student_at(key)
    return _form(student, correction.opened(student))


@pages.post("/dziekanat/studenci/<key>/dane")
@security.staff
def save(key: str) -> Response:
    """Write the corrections; where somebody else wrote meanwhile, show both values and overwrite nothing."""
    student = student_at(key)
    sent = correction.sent(request.form, student)
    problem = correction.problem_with(sent)
    if problem is not None:
        return _form(student, sent, problem=problem)
    # The revision also counts orders and extensions: those do not contradict what was typed here.
    seen = student.revision if sent.still_shows(student) else sent.revision
    try:
        corrected = student_records.correct_student(
            student.id, sent.values(), seen, settings().policy, actor=current_user.id, at=clock.now()
        )
    except StudentChanged as changed:
        student = db.session.get_one(Student, student.id, populate_existing=True)
        theirs = {name: correction.words_of(name, one) for name, one in changed.conflicts.items()}
        return _form(student, correction.after_conflict(sent, student), theirs=theirs)
    except DataMistaken as mistaken:
        student = db.session.get_one(Student, student.id, populate_existing=True)
        return _form(student, sent, problem=_mistake(mistaken, sent))
    return done(corrected, _("Zapisano poprawki.") if sent.changed else _("Nic się nie zmieniło."))


@pages.post("/dziekanat/studenci/<key>/pesel")
@security.staff
def pesel(key: str) -> str:
    """Show the PESEL once; that it was shown is in the journal before it is."""
    student = student_at(key)
    number = student_records.reveal_pesel(student.id, actor=current_user.id, at=clock.now())
    student = db.session.get_one(Student, student.id)
    if not htmx:
        return page_about(student, pesel=number)
    policy, repeatable = settings().policy, settings().ministry.repeatable
    file = file_of(student, policy, repeatable=repeatable, at=clock.now())
    return render_template("staff/students/_pesel.html", file=file, key=key_of(student), pesel=number)


@pages.post("/dziekanat/slubowania/<uuid:enrolment_id>")
@security.staff
def oath(enrolment_id: UUID) -> Response:
    """The student took the oath for this programme; as of today."""
    enrolment = db.session.get(Enrolment, str(enrolment_id))
    if enrolment is None:
        abort(404)
    student_id = enrolment.student_id
    try:
        student_records.approve_oath(
            enrolment.id, clock.today(), settings().policy, actor=current_user.id, at=clock.now()
        )
        message = _("Ślubowanie zatwierdzone.")
    except EnrolmentUnknown:
        message = _("To ślubowanie zatwierdziła już inna osoba.")
    flash(message)
    return redirect(address_of(db.session.get_one(Student, student_id)), code=303)


def _form(
    student: Student,
    form: Correction,
    *,
    problem: tuple[str, str] | None = None,
    theirs: dict[str, str] | None = None,
) -> Response:
    page = render_template(
        "staff/students/correct.html",
        student=student,
        key=key_of(student),
        back=address_of(student),
        form=form,
        labels=correction.LABELS,
        longest=correction.LONGEST,
        required=correction.REQUIRED,
        problem=problem,
        theirs=theirs or {},
    )
    return make_response(page, 409 if theirs else 422 if problem else 200)


def _mistake(mistaken: DataMistaken, sent: Correction) -> tuple[str, str]:
    """The field the mistake is shown at, and the words."""
    at_fault = {
        student_records.Mistake.NAME_MISSING: "surname",
        student_records.Mistake.TAKEN: "album_number" if "album_number" in sent.changed else "pesel",
    }
    name = at_fault.get(mistaken.mistake, "pesel" if "pesel" in sent.changed else "birth_date")
    return name, office_texts.mistake(mistaken.mistake)
