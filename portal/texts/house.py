"""The nightly duties and the runs of jobs, in words for the administrator."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.services.backups import Fault
from portal.texts.quantities import size

Counts = Mapping[str, Any]

DUTIES: Mapping[str, LazyString] = {
    "integrity": _("Sprawdzenie bazy danych"),
    "backup": _("Kopia bazy danych"),
    "order_data": _("Dane osobowe w zakończonych zamówieniach"),
    "notices": _("Stare wiadomości, listy i zgłoszenia"),
    "runs": _("Stary zapis pracy zadań"),
    "sessions": _("Zakończone sesje i liczniki logowań"),
    "journal": _("Stary dziennik czynności"),
}

FAULTS: Mapping[str, LazyString] = {
    Fault.DISK_FULL.value: _("Zabrakło miejsca na dysku. Poprzednie kopie zostały."),
    Fault.NOT_WRITTEN.value: _(
        "Nie udało się zapisać pliku: sprawdź katalog kopii, prawa i dysk. Poprzednie kopie zostały."
    ),
    Fault.DAMAGED.value: _("Baza albo jej kopia jest uszkodzona. Poprzednie kopie zostały."),
    Fault.INTERRUPTED.value: _("Przerwano w połowie; nic nie zostało."),
    Fault.UNDER_WAY.value: _("Inna kopia właśnie powstaje."),
    "DatabaseDamaged": _("Baza danych jest uszkodzona! Odtwórz ją z ostatniej dobrej kopii."),
    "OperationalError": _("Baza danych nie odpowiadała."),
    "DutiesFailed": _("Część porządków się nie udała."),
}

# What each figure in the log of runs counts; figures about something else are not for reading.
DONE: Mapping[str, Callable[[int], object]] = {
    "orders": lambda n: _("dane z zamówień: %(num)d", num=n),
    "photo_submissions": lambda n: _("przesłane zdjęcia: %(num)d", num=n),
    "photos": lambda n: _("zdjęcia niczyje: %(num)d", num=n),
    "messages": lambda n: _("listy: %(num)d", num=n),
    "notices": lambda n: _("wiadomości: %(num)d", num=n),
    "reports": lambda n: _("zgłoszenia: %(num)d", num=n),
    "runs": lambda n: _("wpisy: %(num)d", num=n),
    "attempts": lambda n: _("zapytania do ministerstwa: %(num)d", num=n),
    "sessions": lambda n: _("sesje: %(num)d", num=n),
    "counters": lambda n: _("liczniki: %(num)d", num=n),
    "entries": lambda n: _("wpisy: %(num)d", num=n),
}


def duty(name: str) -> str:
    """A duty by what it is about."""
    return str(DUTIES.get(name, name))


def fault(code: str) -> str:
    """Why a duty or a job failed, or its code."""
    return str(FAULTS.get(code, code))


def done(name: str, counts: Counts, *, on_sqlite: bool) -> str:
    """What a duty that succeeded did."""
    if name in {"integrity", "backup"} and not on_sqlite:
        return str(_("Nie dotyczy: o bazę PostgreSQL dba administrator."))
    if name == "integrity":
        return str(_("Wszystko w porządku."))
    if name == "backup":
        return _backup(counts)
    said = [str(words(counts[what])) for what, words in DONE.items() if counts.get(what)]
    return str(_("Usunięto: %(what)s.", what=", ".join(said)) if said else _("Nic nie było do usunięcia."))


def _backup(counts: Counts) -> str:
    if not counts.get("made"):
        return str(_("Nie była potrzebna."))
    made = _(
        "Zrobiona i sprawdzona: %(size)s, studenci: %(students)d, zamówienia: %(orders)d.",
        size=size(counts["size"]),
        students=counts["students"],
        orders=counts["orders"],
    )
    gone = counts.get("deleted")
    return str(made) + (" " + str(_("Najstarsze usunięte: %(num)d.", num=gone)) if gone else "")
