"""The words of the office's pages for codes that students never read: who did it, why, which job, which list."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from portal import texts
from portal.rules.reasons import CancelReason, EndReason
from portal.services.office_lists import OfficeList
from portal.services.student_records import Mistake

JOBS: Mapping[str, LazyString] = {
    "forward_orders": _("Wysyłanie zamówień"),
    "refresh_orders": _("Pytanie o kody"),
    "deliver_withdrawals": _("Wycofywanie zamówień"),
    "expire_codes": _("Wygaszanie kodów"),
    "expire_cards": _("Wygaszanie mLegitymacji"),
    "reopen_orders": _("Szukanie osób, które mogą zamówić"),
    "revoke_cards": _("Unieważnianie po utracie uprawnień"),
    "check_uploads": _("Sprawdzanie plików"),
    "queue_reminders": _("Przypominanie o terminach"),
    "send_messages": _("Wysyłanie listów"),
    "keep_house": _("Porządki"),
}

EVENTS: Mapping[str, LazyString] = {
    "unknown_at_ministry": _("Ministerstwo nie znało tego zamówienia; wysyłamy je ponownie."),
    "doubt_cleared": _("Dziekanat ustalił, że zamówienie dotarło."),
    "date_changed": _("zmiana daty"),
    "package_made": _("Trafiło do paczki do panelu ministerstwa."),
    "package_taken_back": _("Paczkę wycofano; zamówienie czeka na następną."),
}

# The student's page says the same to the student; here it is said about the student.
ENDINGS: Mapping[EndReason, LazyString] = {
    EndReason.STUDENT_CANCELLED: _("Student anulował zamówienie."),
    EndReason.OFFICE_REVOKED: _("Unieważnione w dziekanacie."),
    EndReason.CONDITIONS_UNMET: _("Tuż przed wysłaniem warunki nie były już spełnione."),
    EndReason.EXTENSION_UNDONE: _("Cofnięto przedłużenie, na którym się opierało."),
    EndReason.ENTITLEMENT_ENDED: _("Skończyło się prawo do legitymacji."),
    EndReason.MINISTRY_REFUSED: _("Ministerstwo odrzuciło zamówienie."),
    EndReason.MINISTRY_WITHDREW: _("Ministerstwo wycofało zamówienie."),
    EndReason.CODES_EXPIRED_UNSEEN: _("Kody wygasły, zanim student mógł je zobaczyć."),
    EndReason.DEADLINE_PASSED: _("Kody nie przyszły na czas: termin minął."),
    EndReason.CODES_NOT_USED: _("Student nie użył kodów na czas."),
    EndReason.NEWER_COLLECTED: _("Student odebrał nowszą mLegitymację."),
    EndReason.VALIDITY_ENDED: _("Minęła data ważności."),
}

LISTS: Mapping[OfficeList, LazyString] = {
    OfficeList.UNCLEAR: _("Do wyjaśnienia"),
    OfficeList.ATTENTION: _("Do sprawdzenia w ministerstwie"),
    OfficeList.STUCK: _("Opóźnione zamówienia"),
    OfficeList.WITHDRAWALS_OVERDUE: _("Niedostarczone odwołania"),
    OfficeList.REFUSED: _("Odrzucone przez ministerstwo"),
    OfficeList.RESTING_ON_UNDONE: _("mLegitymacje po cofniętym przedłużeniu"),
    OfficeList.CODES_EXPIRING: _("Kody wygasną w ciągu 3 dni"),
}

# The lists' places in addresses.
SLUGS: Mapping[OfficeList, str] = {
    OfficeList.UNCLEAR: "do-wyjasnienia",
    OfficeList.ATTENTION: "do-sprawdzenia",
    OfficeList.STUCK: "opoznione",
    OfficeList.WITHDRAWALS_OVERDUE: "niewycofane",
    OfficeList.REFUSED: "odrzucone",
    OfficeList.RESTING_ON_UNDONE: "po-cofnietym-przedluzeniu",
    OfficeList.CODES_EXPIRING: "wygasajace-kody",
}

# What is on the list, and what a person does about it.
ABOUT_LISTS: Mapping[OfficeList, LazyString] = {
    OfficeList.UNCLEAR: _(
        "Nie wiemy, czy te zamówienia dotarły do ministerstwa. Sprawdź tam i zapisz, co udało się ustalić."
    ),
    OfficeList.ATTENTION: _(
        "Ministerstwo odpowiedziało inaczej, niż powinno. Wyjaśnij to z ministerstwem; w razie potrzeby unieważnij "
        "zamówienie i zamów ponownie."
    ),
    OfficeList.STUCK: _(
        "Te zamówienia trwają dłużej niż zwykle. Portal ponawia je sam; zareaguj, jeśli ministerstwo działa, "
        "a zamówienie stoi."
    ),
    OfficeList.WITHDRAWALS_OVERDUE: _(
        "Te zamówienia są już zakończone, ale ministerstwo jeszcze nie przyjęło odwołania. Portal ponawia je sam."
    ),
    OfficeList.REFUSED: _(
        "Ministerstwo odrzuciło te zamówienia, a studenci nie zamówili ponownie. Sprawdź dane i zdjęcie."
    ),
    OfficeList.RESTING_ON_UNDONE: _(
        "Te mLegitymacje działają dalej, choć ich przedłużenie cofnięto. Zdecyduj: zostawić czy unieważnić."
    ),
    OfficeList.CODES_EXPIRING: _(
        "Ci studenci mają kody, których jeszcze nie użyli. Możesz im o tym przypomnieć."
    ),
}

# Where people carry orders to the ministry's panel, the portal repeats nothing by itself.
ABOUT_LISTS_BY_PANEL: Mapping[OfficeList, LazyString] = {
    OfficeList.STUCK: _(
        "Te zamówienia trwają dłużej niż zwykle: czekają na paczkę do panelu ministerstwa albo na raport z kodami."
    ),
    OfficeList.WITHDRAWALS_OVERDUE: _(
        "Te zamówienia są już zakończone, ale nikt jeszcze nie wycofał ich w panelu ministerstwa."
    ),
}

# What the date in the list's table is.
SINCE: Mapping[OfficeList, LazyString] = {
    OfficeList.UNCLEAR: _("Od"),
    OfficeList.ATTENTION: _("Od"),
    OfficeList.STUCK: _("Zamówiono"),
    OfficeList.WITHDRAWALS_OVERDUE: _("Zakończono"),
    OfficeList.REFUSED: _("Odrzucono"),
    OfficeList.RESTING_ON_UNDONE: _("Odebrano"),
    OfficeList.CODES_EXPIRING: _("Kody wygasają"),
}

MISTAKES: Mapping[Mistake, LazyString] = {
    Mistake.NOT_A_PESEL: _("To nie jest poprawny numer PESEL. Sprawdź cyfry."),
    Mistake.PESEL_OF_OTHER_BIRTH_DATE: _("PESEL nie zgadza się z datą urodzenia. Sprawdź jedno i drugie."),
    Mistake.NAME_MISSING: _("Wpisz imię i nazwisko."),
    Mistake.TAKEN: _("Ten numer ma już inny student."),
}


def about_list(which: OfficeList, *, by_panel: bool) -> str:
    """What is on a list, and what a person does about it."""
    by_hand = ABOUT_LISTS_BY_PANEL.get(which) if by_panel else None
    return str(by_hand or ABOUT_LISTS[which])


def job(name: str) -> str:
    """A job by what it does."""
    return str(JOBS.get(name, name))


def actor(who: str, names: Mapping[str, str | None]) -> str:
    """Who acted: a name of the office, the student, or the portal itself. `names`: behind the accounts' ids."""
    if who in names:
        return names[who] or str(_("student"))
    return str(_("portal"))


def event_reason(code: str | None) -> str:
    """Why an order moved, or nothing where its new state says it all."""
    if code is None:
        return ""
    if code in set(EndReason):
        return str(ENDINGS[EndReason(code)])
    if code in set(CancelReason):
        return texts.cancel_reason(CancelReason(code))
    return str(EVENTS.get(code, ""))


def undo_reason(reason: str) -> str:
    """Why an extension was taken back: what the office typed, or that only its date was changed."""
    return str(EVENTS.get(reason, reason))


def mistake(code: Mistake) -> str:
    """Why a correction cannot be taken."""
    return str(MISTAKES[code])


def how_long(span: timedelta) -> str:
    """A span of time in one unit that fits it."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 90:
        return str(_("%(num)d s", num=seconds))
    if seconds < 90 * 60:
        return str(_("%(num)d min", num=round(seconds / 60)))
    if seconds < 36 * 3600:
        return str(_("%(num)d godz.", num=round(seconds / 3600)))
    words: str = ngettext("%(num)d dzień", "%(num)d dni", round(seconds / 86400))
    return words
