"""The student's news, and their switches for mail."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.extensions import htmx
from portal.models.notices import Notice
from portal.rules.language import Language
from portal.rules.notices import NoticeKind
from portal.services import mail_choices, notice_list
from portal.texts import notices as notice_texts
from portal.views.current import settings
from portal.views.language import speak
from portal.views.language_switch import NAMES
from portal.views.security import student

pages = Blueprint("notices", __name__)


@pages.get("/wiadomosci")
@student
def index() -> str:
    """All news, the newest first; looking at them changes nothing."""
    found = notice_list.newest(current_user.student_id, after=_after(), size=notice_list.PAGE + 1)
    shown = found[: notice_list.PAGE]
    return render_template(
        "student/notices.html",
        notices=shown,
        new=notice_list.unread_among(shown),
        by_portal=notice_list.told_by_portal(shown),
        unread=notice_list.unread(current_user.student_id),
        read_until=shown[0].at.isoformat() if shown else None,
        next_page=_next_page(shown[-1]) if len(found) > len(shown) else None,
        is_continued=bool(request.args),
        sends_mail=settings().sends_mail,
        notice_texts=notice_texts,
        texts=texts,
    )


@pages.post("/wiadomosci/przeczytane")
@student
def mark_read() -> Response:
    """Everything up to the newest that was shown is read; what came meanwhile stays unread."""
    until = _moment(request.form.get("until", ""))
    if until is not None:
        notice_list.mark_read(current_user.student_id, until, at=clock.now())
    # The marks stay while somebody looks at the list: they say what is new.
    return Response(status=204) if htmx else redirect(url_for("notices.index"), code=303)


@pages.get("/wiadomosci/ustawienia")
@student
def switches() -> str:
    """About what mail comes, in which language and to which address."""
    return render_template(
        "student/notice_switches.html",
        choices=mail_choices.choices_of(current_user.student_id),
        kinds=NoticeKind,
        languages=NAMES,
        sends_mail=settings().sends_mail,
        notice_texts=notice_texts,
    )


@pages.post("/wiadomosci/ustawienia")
@student
def choose() -> Response:
    """Keep the switches as they were sent; a language nobody offered changes nothing, none leaves it unchosen."""
    wanted = {NoticeKind(name) for name in request.form.getlist("kind") if name in set(NoticeKind)}
    named = request.form.get("language")
    if named is None or named in set(Language):
        language = Language(named) if named else None
        mail_choices.choose(current_user.student_id, wanted, language)
        if language is not None:
            speak(language)
        flash(_("Ustawienia listów zostały zapisane."))
    return redirect(url_for("notices.switches"), code=303)


def _next_page(last: Notice) -> str:
    return url_for("notices.index", przed=last.at.isoformat(), wiadomosc=last.id)


def _after() -> tuple[datetime, str] | None:
    """Where the page before ended; an address that says it wrongly begins at the beginning."""
    moment = _moment(request.args.get("przed", ""))
    try:
        notice_id = str(UUID(request.args["wiadomosc"]))
    except (KeyError, ValueError):
        return None
    return (moment, notice_id) if moment else None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
        # At either end of the calendar another zone has no day for it.
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
