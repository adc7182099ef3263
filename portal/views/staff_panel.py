"""The ministry's panel by hand: what waits, packages to carry there, and taking one back."""

from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock, texts
from portal.services import panel_batches, panel_files, panel_lists, panel_overview, panel_withdrawals
from portal.services.panel_batches import AnswersCame, CountsChanged, PackageUnknown, TakeBackCounts
from portal.services.panel_overview import Package
from portal.texts import office as office_texts
from portal.views.current import settings
from portal.views.panel_right import panel_pages
from portal.views.security import staff
from portal.views.student_key import key_for

pages = panel_pages("staff_panel", __name__)


@pages.get("")
@staff
def show() -> str:
    """What waits for the operator, and the packages."""
    packages = panel_overview.packages()
    return render_template(
        "staff/panel/page.html",
        waiting=panel_overview.waiting_orders(),
        limit=settings().panel.package_limit,
        due=panel_withdrawals.count_due(),
        in_progress=[one for one in packages if one.is_open],
        finished=[one for one in packages if not one.is_open],
        now=clock.now(),
        texts=texts,
        office_texts=office_texts,
    )


@pages.post("/paczki")
@staff
def make() -> AnyResponse:
    """Put the waiting orders into a package; the second of two clicks finds none left."""
    made = panel_batches.make_package(
        settings().policy, limit=settings().panel.package_limit, actor=current_user.id, at=clock.now()
    )
    if made.ended:
        flash(
            ngettext(
                "%(num)d zamówienie nie weszło do paczki: warunki nie są już spełnione.",
                "Zamówienia, które nie weszły do paczki, bo warunki nie są już spełnione: %(num)d.",
                made.ended,
            )
        )
    if made.batch_id is None:
        flash(_("Nie ma teraz zamówień, które można przekazać."))
        return redirect(url_for("staff_panel.show"), code=303)
    return redirect(url_for("staff_panel.package", batch_id=made.batch_id), code=303)


@pages.get("/paczki/<uuid:batch_id>")
@staff
def package(batch_id: UUID) -> str:
    """One package: who is in it, how far it is, and who took its files."""
    found = _package(batch_id)
    return render_template(
        "staff/panel/package.html",
        package=found,
        rows=panel_lists.orders_of(found),
        downloads=panel_lists.downloads_of(found.id),
        form=settings().panel.package_form.value.upper(),
        key_for=key_for,
        texts=texts,
    )


@pages.post("/paczki/<uuid:batch_id>/plik")
@staff
def download(batch_id: UUID) -> AnyResponse:
    """The package's files as a ZIP archive; the journal keeps who took it."""
    found = _package(batch_id)
    try:
        file = panel_files.package_file(
            found.id,
            settings().panel.package_form,
            settings().panel.package_columns,
            actor=current_user.id,
            at=clock.now(),
        )
    except PackageUnknown:
        flash(_("W tej paczce nie ma już nikogo, kogo dane trzeba przekazać."))
        return redirect(url_for("staff_panel.package", batch_id=batch_id), code=303)
    answer = Response(file.content, content_type="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


@pages.get("/paczki/<uuid:batch_id>/wycofaj")
@staff
def confirm_take_back(batch_id: UUID) -> AnyResponse:
    """Say what taking the package back would do, and ask."""
    return _take_back_page(_package(batch_id))


@pages.post("/paczki/<uuid:batch_id>/wycofaj")
@staff
def take_back(batch_id: UUID) -> AnyResponse:
    """The package was never entered in the panel: its orders wait for the next one."""
    found = _package(batch_id)
    try:
        panel_batches.take_back(found.id, _counts_seen(), actor=current_user.id, at=clock.now())
    except CountsChanged:
        return _take_back_page(
            found, _("W międzyczasie zmieniła się liczba zamówień. Sprawdź ją i zdecyduj jeszcze raz.")
        )
    except (AnswersCame, PackageUnknown):
        return _take_back_page(found)
    flash(_("Paczka nr %(number)d jest wycofana. Jej zamówienia czekają na następną.", number=found.number))
    return redirect(url_for("staff_panel.show"), code=303)


def _take_back_page(found: Package, problem: str | None = None) -> AnyResponse:
    try:
        counts = panel_batches.take_back_counts(found.id)
    except (AnswersCame, PackageUnknown):
        page = render_template("staff/panel/too_late.html", package=_package(UUID(found.id)), texts=texts)
        return make_response(page, 409)
    page = render_template(
        "staff/panel/take_back.html", package=found, counts=counts, problem=problem, texts=texts
    )
    return make_response(page, 422 if problem else 200)


def _counts_seen() -> TakeBackCounts:
    try:
        return TakeBackCounts(int(request.form["waiting_again"]), int(request.form["never_sent"]))
    except (KeyError, ValueError):
        abort(400)


def _package(batch_id: UUID) -> Package:
    return panel_overview.package(str(batch_id)) or abort(404)
