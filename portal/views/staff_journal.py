"""„Dziennik” of one student: everything the office did about them. To be read, never to be changed."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from portal.services import journal_pages
from portal.services.journal_search import Wanted
from portal.texts import journal as journal_texts
from portal.views import security
from portal.views.journal_place import Places, fields_of, typed_place
from portal.views.student_key import key_of, student_at

pages = Blueprint("staff_journal", __name__)


@pages.get("/dziekanat/studenci/<key>/dziennik")
@security.staff
def show(key: str) -> str | Response:
    """The acts, newest first."""
    student = student_at(key)
    if key != key_of(student):
        return redirect(url_for("staff_journal.show", key=key_of(student)))
    after = typed_place(request.args)
    page = journal_pages.entries(Wanted(student_id=student.id), after=after)
    older = fields_of(page.next_after)
    return render_template(
        "staff/students/journal.html",
        student=student,
        key=key,
        page=page,
        places=Places(
            older=url_for("staff_journal.show", key=key, **older) if older else None,
            newest=url_for("staff_journal.show", key=key) if after else None,
        ),
        journal_texts=journal_texts,
    )
