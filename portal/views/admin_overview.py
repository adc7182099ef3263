"""The administrator's first page: whether everything runs, and what to look after."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock, texts
from portal.models.accounts import Role
from portal.services import house_overview, overview, self_check
from portal.services.house_overview import DutyRun, MailQueue
from portal.services.housekeeping import JOB, sqlite_file
from portal.services.overview import LastRun, MinistryState
from portal.services.self_check import Level
from portal.settings_groups import Connector
from portal.settings_origins import differ_from_file
from portal.texts import checks as check_texts
from portal.texts import house as house_texts
from portal.texts import office as office_texts
from portal.texts import quantities
from portal.views import security
from portal.views.current import settings

MAIL_LATE = timedelta(minutes=10)
# Longer than two of its own pauses; every other job runs at least once a minute.
MAY_BE_SILENT = {"revoke_cards": timedelta(minutes=30), JOB: timedelta(hours=26)}
ASK_THE_MINISTRY = frozenset({"forward_orders", "refresh_orders", "deliver_withdrawals"})

pages = Blueprint("admin_overview", __name__)


@pages.get("/admin")
@security.admin
def show() -> str:
    """Everything at a glance."""
    at = clock.real_now()
    runs = overview.last_runs()
    duties = house_overview.duty_runs()
    ministry = overview.ministry_state()
    mail = house_overview.mail_queue(at)
    backups = house_overview.backups_of(settings())
    return render_template(
        "admin/overview.html",
        attention=_attention(runs, duties, ministry, mail, at),
        runs=[run for run in runs if run.job in office_texts.JOBS],
        duties=duties,
        last_night=max((duty.finished_at for duty in duties if duty.finished_at), default=None),
        ministry=ministry,
        ministry_host=urlsplit(settings().ministry.url).hostname,
        by_panel=settings().ministry.connector is Connector.PANEL,
        mail=mail,
        mail_server=settings().mail.server,
        demo=settings().demo,
        backups=backups,
        backups_size=sum(backup.size for backup in backups),
        on_sqlite=sqlite_file(settings()) is not None,
        database_size=house_overview.database_size(settings()),
        signed_in=house_overview.signed_in(at),
        roles=Role,
        real_now=at,
        size=quantities.size,
        house_texts=house_texts,
        office_texts=office_texts,
        texts=texts,
    )


def _attention(
    runs: Sequence[LastRun], duties: Sequence[DutyRun], ministry: MinistryState, mail: MailQueue, at: datetime
) -> list[str]:
    """What somebody has to look after, the worst first, as sentences."""
    found = [*_silence(runs, at)]
    for duty in duties:
        if duty.error:
            found.append(f"{house_texts.duty(duty.name)}: {house_texts.fault(duty.error)}")
    for run in runs:
        if run.error and run.job != JOB:
            found.append(
                _(
                    "Zadanie „%(job)s” zakończyło się błędem: %(why)s",
                    job=office_texts.job(run.job),
                    why=house_texts.fault(run.error),
                )
            )
    found += [*_outages(ministry, mail, at)]
    if differ_from_file(settings()):
        found.append(_("Plik ustawień zmienił się po starcie portalu. Uruchom portal ponownie."))
    looked = chain(
        self_check.look_at_machine(settings()), self_check.look_at_backups(settings(), thorough=False)
    )
    return found + [check_texts.finding(one) for one in looked if one.level is not Level.FINE]


def _silence(runs: Sequence[LastRun], at: datetime) -> Iterator[str]:
    """Jobs that stand still: all of them, or those that are overdue while others run."""
    ended = {run.job: run.finished_at or run.started_at for run in runs}
    if not ended or at - max(ended.values()) > self_check.JOBS_SILENT:
        yield _("Zadania w tle nie działają. Uruchom je na serwerze: python -m jobs.")
        return
    ministry = settings().ministry
    idle = ASK_THE_MINISTRY if ministry.by_panel or not ministry.url else frozenset()
    for job, last in ended.items():
        if job not in idle and at - last > MAY_BE_SILENT.get(job, self_check.JOBS_SILENT):
            yield _(
                "Zadanie „%(job)s” nie skończyło się od %(since)s. Sprawdź zapis zadań i uruchom je ponownie.",
                job=office_texts.job(job),
                since=texts.moment(last),
            )


def _outages(ministry: MinistryState, mail: MailQueue, at: datetime) -> Iterator[str]:
    """The ministry and the mail server where they do not do their part."""
    if ministry.alarm:
        yield _(
            "Ministerstwo nie przyjmuje naszych zapytań: sprawdź adres, token i certyfikat w ustawieniach."
        )
    elif ministry.down_since:
        since = texts.moment(ministry.down_since)
        yield _("Ministerstwo nie odpowiada od %(since)s. Zamówienia czekają.", since=since)
    if mail.waiting_since and at - mail.waiting_since > MAIL_LATE:
        since = texts.moment(mail.waiting_since)
        yield _(
            "Listy czekają na wysłanie od %(since)s. Sprawdź serwer poczty i jego ustawienia.", since=since
        )
    if mail.given_up:
        words = "%(num)d listu nie udało się wysłać.", "Listy, których nie udało się wysłać: %(num)d."
        yield ngettext(*words, mail.given_up)
