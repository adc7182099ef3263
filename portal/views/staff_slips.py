"""„Wydrukuj hasła”: slips with first passwords, group by group, and a new one for whoever lost theirs.

The passwords are known only to the answer that prints them: reloading it issues nothing again.
"""

import json
from collections.abc import Sequence

from flask import Blueprint, abort, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.services import slip_groups, slips
from portal.services.slip_groups import StudyGroup
from portal.views.current import settings
from portal.views.security import staff

pages = Blueprint("staff_slips", __name__, url_prefix="/dziekanat/import/hasla")


@pages.get("")
@staff
def show() -> str:
    """The groups that still need slips."""
    return _choice()


@pages.post("/grupa")
@staff
def print_group() -> str | Response:
    """Issue and show the slips of one group."""
    group = _typed_group()
    wanted = slip_groups.accounts_without_passwords(group)
    if not wanted:
        problem = _("W tej grupie każdy ma już hasło. Zgubioną kartkę zastąpisz nową, po numerze albumu.")
        return make_response(_choice(problem), 422)
    return _slips(wanted)


@pages.post("/student")
@staff
def print_one() -> str | Response:
    """Issue one student a slip; whoever has a password already loses it, so that is asked about first."""
    album = request.form.get("album_number", "").strip()
    found = slip_groups.account_by_album(album) if album else None
    if found is None:
        problem = _("Nie ma konta studenta o tym numerze albumu. Sprawdź numer.")
        return make_response(_choice(problem, album), 422)
    if found.has_password and "confirmed" not in request.form:
        return render_template("staff/slips/confirm.html", album=album)
    return _slips([found.account_id])


def _slips(account_ids: Sequence[str]) -> str:
    issued = slips.issue_slips(account_ids, at=clock.real_now(), actor=current_user.id)
    return render_template(
        "staff/slips/print.html",
        slips=issued,
        address=settings().public_url.partition("://")[2],
        is_full=len(issued) == slip_groups.SLIPS_AT_ONCE,
        texts=texts,
    )


def _choice(problem: str | None = None, album: str = "") -> str:
    groups = [
        (group, count, json.dumps([group.faculty, group.programme, group.year, group.group_name]))
        for group, count in slip_groups.groups_without_passwords()
    ]
    return render_template(
        "staff/slips/page.html",
        groups=groups,
        problem=problem,
        album=album,
        at_once=slip_groups.SLIPS_AT_ONCE,
    )


def _typed_group() -> StudyGroup:
    try:
        faculty, programme, year, name = json.loads(request.form.get("group", ""))
        return StudyGroup(str(faculty), str(programme), int(year), str(name))
    except (ValueError, TypeError):
        abort(400)
