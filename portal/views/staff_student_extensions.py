"""Taking one extension back, or changing its date: each on a page that says first what it would touch."""

from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.people import Student
from portal.services import card_extensions
from portal.services.card_extensions import ExtensionNotAllowed, ExtensionUnknown, OrdersReachFurther
from portal.views import extension_choice, security, undo_forms
from portal.views.current import settings
from portal.views.extension_choice import Choice
from portal.views.staff_student import done
from portal.views.student_key import address_of
from portal.views.undo_forms import UndoForm

pages = Blueprint("staff_student_extensions", __name__)


@pages.get("/dziekanat/przedluzenia/<uuid:extension_id>/cofnij")
@security.staff
def confirm_undo(extension_id: UUID) -> Response:
    """What the undo would touch, counted per state; the reason; the tick for documents."""
    extension = _extension(extension_id)
    try:
        affected = card_extensions.affected_by_undo(extension.id, settings().policy, at=clock.now())
    except ExtensionUnknown:
        return _over(extension)
    return _undo_page(extension, undo_forms.undo_form(affected))


@pages.post("/dziekanat/przedluzenia/<uuid:extension_id>/cofnij")
@security.staff
def undo(extension_id: UUID) -> Response:
    """Take the extension back, if what it touches is still what was shown."""
    extension = _extension(extension_id)
    policy, at = settings().policy, clock.now()
    try:
        affected = card_extensions.affected_by_undo(extension.id, policy, at=at)
        form = undo_forms.undo_form(affected, request.form)
        problem = undo_forms.problem_with(form, request.form)
        if problem is not None:
            return _undo_page(extension, undo_forms.undo_form(affected, request.form, problem))
        card_extensions.undo_extension(
            extension.id,
            policy,
            actor=current_user.id,
            reason=form.reason,
            at=at,
            revoke_collected=form.revoke_collected,
        )
    except ExtensionUnknown:
        return _over(extension)
    return done(_student(extension), _("Przedłużenie cofnięte."))


@pages.get("/dziekanat/przedluzenia/<uuid:extension_id>/zmien-date")
@security.staff
def new_date(extension_id: UUID) -> Response:
    """Ask for the other date."""
    extension = _extension(extension_id)
    if extension.undone_at is not None:
        return _over(extension)
    present = {"do": extension.until.isoformat(), "podstawa": extension.legal_basis or ""}
    return _date_page(extension, extension_choice.choice_from(present))


@pages.post("/dziekanat/przedluzenia/<uuid:extension_id>/zmien-date")
@security.staff
def change_date(extension_id: UUID) -> Response:
    """Put another date in its place; nothing is undone by it."""
    extension = _extension(extension_id)
    choice = extension_choice.choice_from(request.form)
    if choice.problem is not None:
        return _date_page(extension, choice, choice.problem)
    try:
        card_extensions.change_date(
            extension.id,
            choice.until,
            settings().policy,
            actor=current_user.id,
            at=clock.now(),
            legal_basis=choice.legal_basis,
        )
    except ExtensionUnknown:
        return _over(extension)
    except OrdersReachFurther:
        words = _("Zamówienia studenta sięgają dalej niż ta data. Cofnij przedłużenie i przedłuż od nowa.")
        return _date_page(extension, choice, words)
    except ExtensionNotAllowed as refused:
        return _date_page(extension, choice, texts.extension_refusal(refused.refusal))
    return done(_student(extension), _("Zmieniono datę na %(day)s.", day=texts.day(choice.until)))


def _extension(extension_id: UUID) -> CardExtension:
    extension = db.session.get(CardExtension, str(extension_id))
    if extension is None:
        abort(404)
    return extension


def _student(extension: CardExtension) -> Student:
    return db.session.get_one(Student, extension.student_id)


def _undo_page(extension: CardExtension, form: UndoForm) -> Response:
    page = render_template(
        "staff/students/undo.html",
        extension=extension,
        student=_student(extension),
        back=address_of(_student(extension)),
        form=form,
        longest_reason=undo_forms.LONGEST_REASON,
        texts=texts,
    )
    return make_response(page, 422 if form.problem else 200)


def _date_page(extension: CardExtension, choice: Choice, problem: str | None = None) -> Response:
    page = render_template(
        "staff/students/change_date.html",
        extension=extension,
        student=_student(extension),
        back=address_of(_student(extension)),
        choice=choice,
        problem=problem,
        texts=texts,
    )
    return make_response(page, 422 if problem else 200)


def _over(extension: CardExtension) -> Response:
    db.session.refresh(extension)
    back = address_of(_student(extension))
    return make_response(render_template("staff/students/extension_over.html", back=back), 409)
