"""„Dziennik” for the administrator: what was done, by whom, when; to be read and searched, never to be changed.

An album number points at a person, so it is sent in a body and stands in the address sealed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug import Response

from portal import journal_texts, texts
from portal.extensions import db
from portal.models.people import Student
from portal.services import journal_pages
from portal.services.journal_search import Wanted
from portal.views import private_query, security
from portal.views.journal_place import fields_of, typed_place

OPEN_FIELDS = ("od", "do", "kto", "co")

pages = Blueprint("admin_journal", __name__)


@pages.get("/admin/dziennik")
@security.admin
def show() -> str:
    """The newest entries that fit what the address asks for."""
    query = private_query.unseal(request.args.get("szukane", ""))
    typed = {name: request.args.get(name, "") for name in OPEN_FIELDS} | {
        "album": query.text if query else ""
    }
    wanted, problem = _wanted(typed)
    return _page(typed, wanted or Wanted(), problem)


@pages.post("/admin/dziennik")
@security.admin
def search() -> Response:
    """Lead to the address of what was asked for, or show the form again and say what does not fit."""
    typed = {name: request.form.get(name, "").strip() for name in OPEN_FIELDS}
    query = private_query.typed(request.form.get("album", ""))
    wanted, problem = _wanted(typed | {"album": query.text})
    if wanted is None:
        return make_response(_page(typed | {"album": query.text}, Wanted(), problem), 422)
    return redirect(url_for("admin_journal.show", **_fields(typed, query.text)), code=303)


def _fields(typed: Mapping[str, str], album: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: typed[name] for name in OPEN_FIELDS if typed[name]}
    return fields | ({"szukane": private_query.seal(private_query.typed(album))} if album else {})


def _wanted(typed: Mapping[str, str]) -> tuple[Wanted | None, str | None]:
    """What to look for, or why that is not to be understood."""
    try:
        since, until = (date.fromisoformat(typed[name]) if typed[name] else None for name in ("od", "do"))
        actor_id = str(UUID(typed["kto"])) if typed["kto"] else None
    except ValueError:
        return None, _("Sprawdź daty i wybierz osobę z listy.")
    if since and until and since > until:
        return None, _("Pierwszy dzień jest późniejszy niż ostatni. Zamień daty.")
    if typed["co"] and typed["co"] not in journal_texts.ACTS:
        return None, _("Wybierz czynność z listy.")
    student_id = None
    if typed["album"]:
        student_id = db.session.scalar(select(Student.id).where(Student.album_number == typed["album"]))
        if student_id is None:
            return None, _("Nie ma studenta o tym numerze albumu. Sprawdź numer.")
    return Wanted(since, until, actor_id, typed["co"] or None, student_id), None


def _page(typed: Mapping[str, str], wanted: Wanted, problem: str | None) -> str:
    page = journal_pages.entries(wanted, after=typed_place(request.args)) if problem is None else None
    older = fields_of(page.next_after) if page else {}
    fields = _fields(typed, typed["album"]) | older
    return render_template(
        "admin/journal.html",
        typed=typed,
        problem=problem,
        people=journal_pages.office_people(),
        page=page,
        next_page=url_for("admin_journal.show", **fields) if older else None,
        texts=texts,
        journal_texts=journal_texts,
    )
