"""Requests to take back in the ministry's panel by hand, ticked off here."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response

from portal import clock, texts
from portal.services import panel_withdrawals
from portal.texts import office as office_texts
from portal.views.panel_right import panel_pages
from portal.views.security import staff
from portal.views.student_key import key_for

pages = panel_pages("staff_panel_withdrawals", __name__, "/odwolania")


@pages.get("")
@staff
def show() -> str:
    """The requests to take back, first those somebody waits for."""
    return render_template(
        "staff/panel/withdrawals.html",
        due=panel_withdrawals.due_withdrawals(),
        count=panel_withdrawals.count_due(),
        key_for=key_for,
        texts=texts,
        office_texts=office_texts,
    )


@pages.post("")
@staff
def tick_off() -> Response:
    """Note what was taken back in the panel; what was ticked before stays as it is."""
    ticked = _ticked()
    if not ticked:
        flash(_("Zaznacz zamówienia, które wycofano w panelu."))
        return redirect(url_for("staff_panel_withdrawals.show"), code=303)
    noted = panel_withdrawals.tick_off(ticked, actor=current_user.id, at=clock.now())
    flash(
        ngettext("Odhaczono %(num)d odwołanie.", "Odhaczone odwołania: %(num)d.", noted)
        if noted
        else _("Te odwołania są już odhaczone.")
    )
    return redirect(url_for("staff_panel_withdrawals.show"), code=303)


def _ticked() -> list[str]:
    try:
        return [str(UUID(order_id)) for order_id in request.form.getlist("zamowienie")]
    except ValueError:
        abort(400)
