"""„Wydrukuj hasła”: slips with first passwords, group by group, and a new one for whoever lost theirs.

The passwords are known only to the answer that prints them: reloading it issues nothing again. Who prints what
somebody else has just printed, or clicks twice, is told when and by whom that was, and may print anew instead.
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
    group, seen = _typed_group(), request.form.get("seen", slips.NO_PASSWORD)
    if seen == slips.NO_PASSWORD:
        wanted = slip_groups.accounts_without_passwords(group)
    else:
        printed = slip_groups.last_printed(group)
        wanted = printed.account_ids if printed and printed.password_mark == seen else []
    return _slips(wanted, seen) or make_response(_already_printed(group), 422)


@pages.post("/student")
@staff
def print_one() -> str | Response:
    """Issue one student a slip; whoever has a password already loses it, so that is asked about first.

    `seen`: the password the page showed that asked.
    """
    album = request.form.get("album_number", "").strip()
    found = slip_groups.account_by_album(album) if album else None
    if found is None:
        problem = _("Nie ma konta studenta o tym numerze albumu. Sprawdź numer.")
        return make_response(_choice(problem, album), 422)
    seen = request.form.get("seen", slips.NO_PASSWORD)
    printed = _slips([found.account_id], seen) if found.password_mark == seen else None
    return printed or _confirm(album)


def _slips(account_ids: Sequence[str], seen: str) -> str | None:
    """The slips of those whose password is still what was `seen`; None if there is nobody any more."""
    issued = slips.issue_slips(account_ids, at=clock.real_now(), actor=current_user.id, seen=seen)
    if not issued:
        return None
    return render_template(
        "staff/slips/print.html",
        slips=issued,
        address=settings().public_url.partition("://")[2],
        is_full=len(account_ids) == slip_groups.SLIPS_AT_ONCE,
        left_out=len(account_ids) - len(issued),
        texts=texts,
    )


def _confirm(album: str) -> str:
    found = slip_groups.account_by_album(album)
    assert found is not None, "accounts are disabled, never deleted"
    return render_template(
        "staff/slips/confirm.html",
        album=album,
        seen=found.password_mark,
        printed=slip_groups.printed_for(found.account_id),
        texts=texts,
    )


def _already_printed(group: StudyGroup) -> str:
    printed = slip_groups.last_printed(group)
    if printed is None:
        return _choice(
            _("W tej grupie każdy ma już hasło. Zgubioną kartkę zastąpisz nową, po numerze albumu.")
        )
    return render_template(
        "staff/slips/already.html", group=group, key=_key(group), printed=printed, texts=texts
    )


def _choice(problem: str | None = None, album: str = "") -> str:
    groups = [(group, count, _key(group)) for group, count in slip_groups.groups_without_passwords()]
    return render_template(
        "staff/slips/page.html",
        groups=groups,
        problem=problem,
        album=album,
        at_once=slip_groups.SLIPS_AT_ONCE,
    )


def _key(group: StudyGroup) -> str:
    return json.dumps([group.faculty, group.programme, group.year, group.group_name])


def _typed_group() -> StudyGroup:
    try:
        faculty, programme, year, name = json.loads(request.form.get("group", ""))
        return StudyGroup(str(faculty), str(programme), int(year), str(name))
    except (ValueError, TypeError):
        abort(400)
