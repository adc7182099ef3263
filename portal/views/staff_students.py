"""The office finds students: from every page while typing, or on a page of its own with all of them in turn.

What is typed is a name or a number of a person, so it travels in bodies and sealed (see `private_query`).
"""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from portal import clock, texts
from portal.extensions import htmx
from portal.services import search as students
from portal.services.student_lines import lines_of
from portal.texts import studies as studies_texts
from portal.views import private_query, security
from portal.views.current import settings
from portal.views.private_query import Query
from portal.views.student_key import key_of

FOUND_WHILE_TYPING = 8

pages = Blueprint("staff_students", __name__)


@pages.get("/dziekanat/studenci")
@security.staff
def index() -> str:
    """The search's own page, with what the sealed address asks for."""
    query = private_query.unseal(request.args.get("szukane", ""))
    return render_template("staff/students/page.html", **_context(query, students.PAGE))


@pages.post("/dziekanat/studenci/szukaj")
@security.staff
def search() -> Response:
    """Enter in the search field: the student where there is exactly one, else the page with all that were found."""
    query = private_query.typed(request.form.get("szukaj", ""))
    found = students.search(query.text, size=2)
    if len(found.students) == 1:
        (only,) = found.students
        return redirect(url_for("staff_student.show", key=key_of(only)), code=303)
    return redirect(_address(query), code=303)


@pages.route("/dziekanat/studenci/znalezieni", methods=["GET", "POST"])
@security.staff
def found() -> str | Response:
    """The fragment while typing. A POST that changes nothing: what is typed has no place in an address."""
    if not htmx or request.method == "GET":
        return redirect(url_for("staff_students.index"))
    query = private_query.typed(request.form.get("szukaj", ""))
    on_its_page = (htmx.current_url or "").partition("?")[0].endswith(url_for("staff_students.index"))
    size = students.PAGE if on_its_page else FOUND_WHILE_TYPING
    answer = make_response(render_template("staff/students/_found.html", **_context(query, size)))
    if on_its_page:
        answer.headers["HX-Replace-Url"] = _address(query)
    return answer


def _context(query: Query | None, size: int) -> dict[str, Any]:
    query = query or private_query.typed("")
    page = students.search(query.text, after=query.after, size=size)
    return {
        "query": query,
        "page": page,
        "lines": lines_of([one.id for one in page.students], settings().policy, on=clock.today()),
        "key_of": key_of,
        "all_found": _address(Query(query.text)),
        "next_page": _address(Query(query.text, page.next_after)) if page.next_after else None,
        "texts": texts,
        "studies_texts": studies_texts,
    }


def _address(query: Query) -> str:
    if not query.text:
        return url_for("staff_students.index")
    return url_for("staff_students.index", szukane=private_query.seal(query))
