"""What the check of an instance found, in words: what it is, and what to do about it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.services.database_reach import Fault, Unreachable
from portal.services.self_check import Finding, Subject
from portal.texts.dates import moment
from portal.texts.quantities import size

Details = Mapping[str, Any]

WORDS: Mapping[Subject, Callable[[Details], str]] = {
    Subject.KEYS_MISSING: lambda d: _(
        "Brakuje pliku klucza albo jest uszkodzony: %(file)s. Odtwórz go z kopii.", **d
    ),
    Subject.KEYS_OPEN: lambda d: _(
        "Plik %(file)s mogą czytać inni użytkownicy tej maszyny. Zmień prawa: chmod 600.", **d
    ),
    Subject.KEYS_FINE: lambda d: _("Klucze są i czyta je tylko właściciel."),
    Subject.KEYS_WRONG: lambda d: _(
        "Klucze nie pasują do bazy: nie da się odczytać numerów PESEL. Odtwórz właściwe klucze z kopii."
    ),
    Subject.SETTINGS_OPEN: lambda d: _(
        "Plik %(file)s mogą zmieniać inni użytkownicy tej maszyny. Zmień prawa: chmod 600.", **d
    ),
    Subject.MINISTRY_NOT_CONNECTED: lambda d: _(
        "Ministerstwo nie jest podłączone: zamówienia czekają. Wpisz adres ([ministry] url) albo wybierz panel."
    ),
    Subject.NO_MAIL_SERVER: lambda d: _(
        "Portal nie wysyła listów, także zestawienia: nie ma serwera poczty."
    ),
    Subject.PROXY_UNKNOWN: lambda d: _(
        "Portal ma adres https, a trusted_proxies = 0: wszyscy odwiedzający mają dla niego jeden adres."
        " Jeśli stoi przed nim serwer pośredniczący, ustaw 1."
    ),
    Subject.CLOCK_WRONG: lambda d: _(
        "Zegar maszyny pokazuje %(now)s. Ustaw go i włącz synchronizację czasu.", now=moment(d["now"])
    ),
    Subject.ZONE_WRONG: lambda d: _(
        "Dane o strefie czasowej Europe/Warsaw są na tej maszynie błędne. Zainstaluj aktualny pakiet tzdata."
    ),
    Subject.LITTLE_SPACE: lambda d: _(
        "Mało miejsca na dysku (%(folder)s): wolne %(free)s.", folder=d["folder"], free=size(d["free"])
    ),
    Subject.SPACE_FINE: lambda d: _("Miejsca na dysku wystarczy: wolne %(free)s.", free=size(d["free"])),
    Subject.DATABASE_FINE: lambda d: _("Baza danych jest spójna i we właściwej wersji."),
    Subject.DATABASE_DAMAGED: lambda d: _(
        "Baza danych jest uszkodzona (%(what)s). Zatrzymaj portal i odtwórz ją z ostatniej dobrej kopii:"
        " docs/operations.md, „Restore”.",
        **d,
    ),
    Subject.NO_DATABASE_YET: lambda d: _(
        "Bazy danych jeszcze nie ma; powstanie przy pierwszym uruchomieniu portalu."
    ),
    Subject.DATABASE_EMPTY: lambda d: _(
        "Baza danych odpowiada i jest pusta; tabele powstaną przy pierwszym uruchomieniu portalu."
    ),
    Subject.JOBS_SILENT: lambda d: (
        _("Zadania w tle nie działają od %(last)s. Uruchom je: python -m jobs.", last=moment(d["last"]))
        if d["last"]
        else _(
            "Zadania w tle jeszcze nigdy nie działały. Uruchamia je „python app.py” albo „python -m jobs”."
        )
    ),
    Subject.NOBODY_AT_PANEL: lambda d: _(
        "Zamówienia idą przez panel ministerstwa, a nikt nie ma prawa go obsługiwać."
        " Daj je komuś z dziekanatu: flask portal panel-operator NAZWA --on."
    ),
    Subject.BACKUPS_OFF: lambda d: _("Kopie bazy są wyłączone ([retention] backups = 0)."),
    Subject.NO_BACKUP: lambda d: _(
        "Nie ma jeszcze kopii bazy (%(folder)s). Portal robi ją co noc, a od razu: flask portal backup.", **d
    ),
    Subject.BACKUP_OLD: lambda d: _(
        "Ostatnia kopia bazy jest z %(made_at)s. Sprawdź, czy zadania w tle działają.",
        made_at=moment(d["made_at"]),
    ),
    Subject.BACKUP_FINE: lambda d: _(
        "Ostatnia kopia bazy jest z %(made_at)s i jest dobra.", made_at=moment(d["made_at"])
    ),
    Subject.BACKUP_DAMAGED: lambda d: _(
        "Ostatnia kopia bazy, %(file)s, jest uszkodzona. Zrób nową: flask portal backup.", file=d["file"]
    ),
    Subject.BACKUPS_BESIDE: lambda d: _(
        "Kopie leżą na tym samym dysku co baza (%(folder)s). Kopiuj je też na inną maszynę.", **d
    ),
}


def finding(found: Finding) -> str:
    """What was found."""
    return WORDS[found.subject](found.details)


UNREACHABLE: Mapping[Fault, Callable[[Details], str]] = {
    Fault.NO_FOLDER: lambda d: _("nie ma katalogu %(place)s", **d),
    Fault.NOT_WRITABLE: lambda d: _("temu, kto uruchamia portal, nie wolno pisać do %(place)s", **d),
    Fault.NO_DRIVER: lambda d: _(
        "brakuje programu do rozmowy z PostgreSQL; zainstaluj wszystko z requirements.lock", **d
    ),
    Fault.NO_HOST: lambda d: _("nikt nie zna serwera o nazwie %(place)s", **d),
    Fault.NO_SERVER: lambda d: _(
        "na serwerze %(place)s nie działa PostgreSQL albo słucha na innym porcie", **d
    ),
    Fault.SILENT: lambda d: _(
        "serwer %(place)s nie odpowiada; może drogę do niego zamyka zapora sieciowa", **d
    ),
    Fault.SIGN_IN: lambda d: _("serwer %(place)s nie wpuszcza tego użytkownika z tym hasłem", **d),
    Fault.NO_DATABASE: lambda d: _("na serwerze %(place)s nie ma takiej bazy", **d),
    Fault.NO_TLS: lambda d: _("nie udało się bezpieczne połączenie (TLS) z serwerem %(place)s", **d),
    Fault.ADDRESS: lambda d: _("w jej adresie (DATABASE_URL) stoi coś, czego PostgreSQL nie zna", **d),
    Fault.OTHER: lambda d: _("serwer %(place)s jej nie udostępnia", **d),
}


def unreachable(why: Unreachable) -> str:
    """Why the database cannot be used, with the driver's own words for whoever searches for them."""
    words = _(
        "Nie można połączyć się z bazą danych: %(why)s.", why=UNREACHABLE[why.fault]({"place": why.place})
    )
    return f"{words} [{why.said}]" if why.said else str(words)
