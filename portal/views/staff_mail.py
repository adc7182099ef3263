"""Letters to students that could not be delivered: the office puts the address right."""

from flask import Blueprint, render_template

from portal import texts
from portal.services import undelivered_mail
from portal.texts import notices as notice_texts
from portal.views import security
from portal.views.student_key import key_for

pages = Blueprint("staff_mail", __name__)


@pages.get("/dziekanat/niedostarczone-listy")
@security.staff
def index() -> str:
    """The letters of the last fortnight, the newest first."""
    return render_template(
        "staff/overview/letters.html",
        rows=undelivered_mail.newest(),
        count=undelivered_mail.count(),
        key_for=key_for,
        notice_texts=notice_texts,
        texts=texts,
    )
