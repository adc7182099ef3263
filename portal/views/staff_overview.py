"""The office's first page: how far it is, how the ministry does, and the lists that need a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from portal import clock, texts
from portal.rules.order_status import OrderStatus
from portal.services import (
    data_reports,
    office_lists,
    overview,
    panel_overview,
    panel_withdrawals,
    photos,
    undelivered_mail,
)
from portal.services.office_lists import ListedOrder, OfficeList, Terms
from portal.services.student_lists import Progress
from portal.texts import office as office_texts
from portal.views import charts, security
from portal.views.current import settings
from portal.views.panel_right import sees_panel
from portal.views.student_key import key_for

pages = Blueprint("staff_overview", __name__)

# These do not move by themselves; the portal goes on with the others.
URGENT = frozenset({OfficeList.UNCLEAR, OfficeList.ATTENTION, OfficeList.RESTING_ON_UNDONE})
LISTS = {slug: which for which, slug in office_texts.SLUGS.items()}


@dataclass(frozen=True, slots=True)
class Task:
    """A list with how many things on it wait for somebody."""

    address: str
    name: str
    count: int


@pages.get("/dziekanat")
@security.staff
def show() -> str:
    """Figures, pictures and what waits for somebody."""
    at = clock.now()
    until, faculties = overview.extension_progress(settings().policy, at=at)
    by_status = overview.orders_by_status()
    tasks = _tasks(at)
    return render_template(
        "staff/overview/page.html",
        until=until,
        faculties=faculties,
        together=_together([one.progress for one in faculties]),
        by_status=by_status,
        most=max(by_status.values()),
        shown_statuses=[status for status in OrderStatus if by_status[status]],
        by_day=charts.column_chart(overview.orders_by_day(at=at)),
        ministry=overview.ministry_state(),
        runs=overview.last_runs(),
        waiting=[task for task in tasks if task.count],
        calm=[task for task in tasks if not task.count],
        real_now=clock.real_now(),
        charts=charts,
        texts=texts,
        office_texts=office_texts,
    )


@pages.get("/dziekanat/listy/<slug>")
@security.staff
def listing(slug: str) -> str:
    """One of the lists, page by page, the longest waiting first."""
    which = LISTS.get(slug)
    if which is None:
        abort(404)
    terms = _terms(clock.now())
    rows = office_lists.rows(which, terms, after=_after(), size=office_lists.PAGE + 1)
    shown = rows[: office_lists.PAGE]
    return render_template(
        "staff/overview/list.html",
        which=which,
        rows=shown,
        count=office_lists.counts(terms)[which],
        next_page=_next_page(slug, shown[-1]) if len(rows) > len(shown) else None,
        first_page=url_for("staff_overview.listing", slug=slug) if request.args else None,
        key_for=key_for,
        texts=texts,
        office_texts=office_texts,
    )


def _tasks(at: datetime) -> list[Task]:
    """All lists, first those that wait for a decision."""
    orders = {
        which: Task(
            url_for("staff_overview.listing", slug=office_texts.SLUGS[which]),
            str(office_texts.LISTS[which]),
            count,
        )
        for which, count in office_lists.counts(_terms(at)).items()
    }
    return [
        *(task for which, task in orders.items() if which in URGENT),
        *(_panel_tasks() if sees_panel() else ()),
        Task(url_for("staff_data_reports.index"), _("Zgłoszone błędy w danych"), data_reports.count_open()),
        Task(url_for("staff_photos.queue"), _("Zdjęcia do sprawdzenia"), photos.count_waiting()),
        Task(url_for("staff_mail.index"), _("Niedostarczone listy do studentów"), undelivered_mail.count()),
        *(task for which, task in orders.items() if which not in URGENT),
    ]


def _panel_tasks() -> list[Task]:
    """What waits for whoever carries orders to the ministry's panel."""
    waiting = panel_overview.waiting_orders().count
    return [
        Task(url_for("staff_panel.show"), _("Zamówienia do panelu"), waiting),
        Task(
            url_for("staff_panel_withdrawals.show"),
            _("Do wycofania w panelu"),
            panel_withdrawals.count_due(),
        ),
    ]


def _terms(at: datetime) -> Terms:
    ministry = settings().ministry
    return Terms(settings().policy, timedelta(seconds=ministry.overdue_after), ministry.repeatable, at)


def _together(parts: list[Progress]) -> Progress:
    return Progress(sum(one.extended for one in parts), sum(one.remaining for one in parts))


def _next_page(slug: str, last: ListedOrder) -> str:
    return url_for("staff_overview.listing", slug=slug, po=last.since.isoformat(), zamowienie=last.order_id)


def _after() -> tuple[datetime, str] | None:
    """Where the page before ended; an address that says it wrongly begins at the beginning."""
    try:
        moment = datetime.fromisoformat(request.args["po"])
        order_id = str(UUID(request.args["zamowienie"]))
    except (KeyError, ValueError):
        return None
    return (moment, order_id) if moment.tzinfo else None
