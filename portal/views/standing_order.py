"""The student's switch „Zamawiaj automatycznie po przedłużeniu”."""

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from portal.services.standing_orders import StandingOrderNotOffered, choose_standing_order
from portal.views import security
from portal.views.current import settings
from portal.views.student import answer

pages = Blueprint("standing_order", __name__)
ON = "tak"


@pages.post("/mlegitymacja/zamawianie-automatyczne")
@security.student
def choose() -> Response:
    """Switch it on or off; the form says which, so that a double click does no more than one."""
    wanted = request.form.get("wlaczone") == ON
    try:
        choose_standing_order(current_user.student_id, settings().policy, wanted=wanted)
    except StandingOrderNotOffered:
        return answer(_("O zamawianiu automatycznym decyduje uczelnia."), status=409)
    if wanted:
        return answer(_("Zamawianie automatyczne włączone."))
    return answer(_("Zamawianie automatyczne wyłączone."))
