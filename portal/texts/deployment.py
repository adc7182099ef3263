"""Where the portal runs and what it is joined to, in words: pairs of a sentence and the settings it speaks of."""

from flask_babel import gettext, ngettext
from sqlalchemy.engine import make_url

from portal.instructions import Instructions, Steps
from portal.settings import Settings
from portal.settings_groups import Retention, Security, University
from portal.texts.connections import Said, mail_said, ministry_said, panel_said
from portal.texts.quantities import number


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


def groups(settings: Settings) -> list[tuple[str, Said]]:
    """Titles and sentences."""
    return [
        (_("Ministerstwo"), ministry_said(settings.ministry)),
        (_("Panel ministerstwa"), panel_said(settings.panel)),
        (_("Poczta"), mail_said(settings.mail, demo=settings.demo)),
        (_("Uczelnia i adres"), _place(settings)),
        (
            _("Kopie i czas przechowywania"),
            [*_backups(settings), *_kept(settings.retention, settings.security)],
        ),
        (_("Logowanie i sesje"), _security(settings.security)),
        (_("Instrukcje dla studentów"), _instructions(settings.instructions)),
        (_("Instrukcje po angielsku"), _steps(settings.instructions.en, "instructions.en")),
    ]


def database_place(settings: Settings) -> str:
    """Which database, without who signs in to it and how."""
    url = make_url(settings.database_url)
    if url.drivername.startswith("sqlite"):
        return _("Baza danych: plik SQLite %(file)s.", file=url.database or ":memory:")
    return _(
        "Baza danych: PostgreSQL, „%(name)s” na serwerze %(host)s.",
        name=url.database or "–",
        host=url.host or _("tej maszyny"),
    )


def _place(settings: Settings) -> Said:
    university: University = settings.university
    kind = (
        _("To demonstracja: zmyślone dane i hasło, które zna każdy.")
        if settings.demo
        else _("To portal prawdziwej uczelni, nie demonstracja.")
    )
    return [
        (university.name + ".", "university.name"),
        (
            _("Studenci szukają pomocy tu: %(contact)s.", contact=university.help_contact),
            "university.help_contact",
        ),
        (_("Barwa uczelni: %(colour)s.", colour=university.colour), "university.colour"),
        (_("Przeglądarki widzą portal pod adresem %(url)s.", url=settings.public_url), "public_url"),
        (kind, "demo"),
        (database_place(settings), "DATABASE_URL"),
    ]


def _backups(settings: Settings) -> Said:
    retention = settings.retention
    names = "retention.backups retention.backup_directory"
    if not settings.database_url.startswith("sqlite"):
        return [(_("Kopie bazy PostgreSQL robi administrator (pg_dump)."), names)]
    if not retention.backups:
        return [(_("Portal nie robi kopii bazy."), names)]
    return [
        (
            ngettext(
                "Co noc portal robi i sprawdza kopię bazy; zachowuje %(num)d ostatnią w katalogu %(folder)s.",
                "Co noc portal robi i sprawdza kopię bazy; zachowuje %(num)d ostatnich w katalogu %(folder)s.",
                retention.backups,
                folder=settings.instance / retention.backup_directory,
            ),
            names,
        )
    ]


def _kept(retention: Retention, security: Security) -> Said:
    return [
        (
            _(
                "Dane osobowe w zakończonym zamówieniu znikają po %(days)s.",
                days=_after(retention.order_data_days),
            ),
            "retention.order_data_days",
        ),
        (
            _(
                "Wiadomości i załatwione zgłoszenia studentów: po %(days)s.",
                days=_after(retention.notices_days),
            ),
            "retention.notices_days",
        ),
        (
            _("Zapis pracy zadań w tle: po %(days)s.", days=_after(retention.job_runs_days)),
            "retention.job_runs_days",
        ),
        (
            _("Zakończone sesje: po %(days)s.", days=_after(retention.sessions_days)),
            "retention.sessions_days",
        ),
        (
            _("Dziennik czynności: po %(days)s.", days=_after(security.journal_kept_days)),
            "security.journal_kept_days",
        ),
    ]


def _security(security: Security) -> Said:
    proxies = (
        ngettext(
            "Przed portalem stoi %(num)d serwer pośredniczący; jego nagłówkom o adresach portal wierzy.",
            "Przed portalem stoją serwery pośredniczące (%(num)d); ich nagłówkom o adresach portal wierzy.",
            security.trusted_proxies,
        )
        if security.trusted_proxies
        else _(
            "Nagłówkom o adresach odwiedzających portal nie wierzy: nie stoi przed nim żaden serwer pośredniczący."
        )
    )
    return [
        (
            _(
                "Zalogowanie trwa najwyżej %(hours)s godz., a bez aktywności %(minutes)s min.",
                hours=number(security.session_hours),
                minutes=number(security.idle_minutes),
            ),
            "security.session_hours security.idle_minutes",
        ),
        (
            _(
                "Nieudane logowania w ciągu %(minutes)s min:"
                " najwyżej %(name)d na konto i %(address)d z jednego adresu.",
                minutes=number(security.sign_in_window_minutes),
                name=security.sign_in_attempts,
                address=security.address_attempts,
            ),
            "security.sign_in_attempts security.address_attempts security.sign_in_window_minutes",
        ),
        (proxies, "security.trusted_proxies"),
    ]


def _instructions(instructions: Instructions) -> Said:
    opens = _("Przycisk „Otwórz aplikację mObywatel” prowadzi do %(url)s.", url=instructions.app_address)
    return [*_steps(instructions, "instructions"), (opens, "instructions.app_address")]


def _steps(steps: Steps, group: str) -> Said:
    titles = {
        "before_you_start": _("Zanim zaczniesz"),
        "on_phone": _("Na telefonie"),
        "with_scan": _("Ze skanowaniem"),
        "renewal_on_phone": _("Przedłużenie na telefonie"),
        "renewal_with_scan": _("Przedłużenie ze skanowaniem"),
    }
    return [
        (f"{title}: {' '.join(getattr(steps, name)) or '–'}", f"{group}.{name}")
        for name, title in titles.items()
    ]


def _after(count: int) -> str:
    words: str = ngettext("%(num)d dniu", "%(num)d dniach", count)
    return words
