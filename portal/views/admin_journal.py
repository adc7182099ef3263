"""„Dziennik” for the administrator: what was done, by whom, when; to be read and searched, never to be changed.

An album number points at a person, so it is sent in a body and stands in the address sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug import Response

from portal import clock, texts
from portal.extensions import db
from portal.models.people import Student
from portal.services import journal_pages
from portal.services.journal_imports import ImportUnknown, import_page
from portal.services.journal_search import Wanted
from portal.texts import journal as journal_texts
from portal.views import private_query, security
from portal.views.journal_place import Places, fields_of, typed_place

OPEN_FIELDS = ("od", "do", "kto", "co")

pages = Blueprint("admin_journal", __name__)


@dataclass(frozen=True, slots=True)
class Misfit(Exception):
    """What was typed is not to be understood: why, and in which fields."""

    words: str
    fields: tuple[str, ...]


@pages.get("/admin/dziennik")
@security.admin
def show() -> str:
    """The newest entries that fit what the address asks for."""
    query = private_query.unseal(request.args.get("szukane", ""))
    typed = {name: request.args.get(name, "") for name in OPEN_FIELDS}
    return _page(typed | {"album": query.text if query else ""})[0]


@pages.post("/admin/dziennik")
@security.admin
def search() -> Response:
    """Lead to the address of what was asked for, or show the form again and say what does not fit."""
    typed = {name: request.form.get(name, "").strip() for name in OPEN_FIELDS}
    typed["album"] = private_query.typed(request.form.get("album", "")).text
    try:
        _wanted(typed)
    except Misfit:
        return make_response(*_page(typed))
    return redirect(_address(typed), code=303)


@pages.get("/admin/dziennik/pliki/<uuid:batch_id>")
@security.admin
def imported(batch_id: UUID) -> str:
    """What one import did to each student."""
    after = request.args.get("po", 0, type=int)
    try:
        page = import_page(str(batch_id), after=after)
    except ImportUnknown:
        abort(404)
    here = "admin_journal.imported"
    return render_template(
        "admin/journal_import.html",
        page=page,
        places=Places(
            older=url_for(here, batch_id=batch_id, po=page.next_after) if page.next_after else None,
            newest=url_for(here, batch_id=batch_id) if after > 0 else None,
            person=_address_of_person,
        ),
        counts=journal_texts.counted(page.counts),
        texts=texts,
        journal_texts=journal_texts,
    )


def _page(typed: Mapping[str, str]) -> tuple[str, int]:
    """The form with what was typed and either the entries that fit or what does not fit; and the status of it."""
    page, problem, after = None, None, typed_place(request.args)
    try:
        page = journal_pages.entries(_wanted(typed), after=after)
    except Misfit as misfit:
        problem = misfit
    older = fields_of(page.next_after) if page else {}
    shown = render_template(
        "admin/journal.html",
        typed=typed,
        problem=problem,
        people=journal_pages.office_people(),
        periods=_periods(typed),
        is_narrowed=any(typed.values()),
        page=page,
        places=Places(
            older=_address(typed, **older) if older else None,
            newest=_address(typed) if after else None,
            person=_address_of_person,
            file=lambda batch_id: url_for("admin_journal.imported", batch_id=batch_id),
        ),
        journal_texts=journal_texts,
    )
    return shown, 200 if problem is None else 422


def _wanted(typed: Mapping[str, str]) -> Wanted:
    """What to look for. Raises Misfit."""
    since, until = (_day(typed, name) for name in ("od", "do"))
    if since and until and since > until:
        raise Misfit(_("Pierwszy dzień jest późniejszy niż ostatni. Zamień daty."), ("od", "do"))
    try:
        actor_id = str(UUID(typed["kto"])) if typed["kto"] else None
    except ValueError:
        raise Misfit(_("Wybierz osobę z listy."), ("kto",)) from None
    if typed["co"] and typed["co"] not in journal_texts.ACTS:
        raise Misfit(_("Wybierz czynność z listy."), ("co",))
    return Wanted(since, until, actor_id, typed["co"] or None, _student_id(typed["album"]))


def _day(typed: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(typed[name]) if typed[name] else None
    except ValueError:
        raise Misfit(_("To nie jest data. Wybierz dzień z kalendarza."), (name,)) from None


def _student_id(album: str) -> str | None:
    if not album:
        return None
    student_id = db.session.scalar(select(Student.id).where(Student.album_number == album))
    if student_id is None:
        raise Misfit(_("Nie ma studenta o tym numerze albumu. Sprawdź numer."), ("album",))
    return student_id


def _periods(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Periods that are often asked for, with the rest of the form as it is."""
    today = clock.today()
    first_days = (
        (_("Dzisiaj"), today),
        (_("7 dni"), today - timedelta(days=6)),
        (_("30 dni"), today - timedelta(days=29)),
    )
    until = today.isoformat()
    return [(words, _address({**typed, "od": day.isoformat(), "do": until})) for words, day in first_days]


def _address(typed: Mapping[str, str], **place: Any) -> str:
    fields: dict[str, Any] = {name: typed[name] for name in OPEN_FIELDS if typed[name]}
    if typed["album"]:
        fields["szukane"] = private_query.seal(private_query.typed(typed["album"]))
    return url_for("admin_journal.show", **fields, **place)


def _address_of_person(album: str) -> str:
    return _address(dict.fromkeys(OPEN_FIELDS, "") | {"album": album})
