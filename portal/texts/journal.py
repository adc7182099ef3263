"""The words of the journal: for every act, who did it, and what was before and after."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal import clock, texts
from portal.models.data_reports import DataReportKind
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus
from portal.services import journal_extensions, journal_imports, journal_orders
from portal.services.imports.columns import Field
from portal.services.journal_imports import ToldChange
from portal.services.journal_names import Entry
from portal.services.journal_pages import PARTS
from portal.texts import imports as import_texts
from portal.texts import studies as studies_texts

GROUPS: Mapping[LazyString, Mapping[str, LazyString]] = {
    _("Przedłużenia"): {
        journal_extensions.EXTENDED: _("Przedłużono"),
        journal_extensions.EXTENDED_IN_BATCH: _("Przedłużono w partii"),
        journal_extensions.BATCH_EXTENDED: _("Przedłużono partię kart"),
        journal_extensions.DATE_CHANGED: _("Zmieniono datę przedłużenia"),
        journal_extensions.UNDONE: _("Cofnięto przedłużenie"),
        journal_extensions.BATCH_UNDONE: _("Cofnięto partię przedłużeń"),
    },
    _("Zamówienia i mLegitymacje"): {
        journal_orders.ORDER_PLACED: _("Zamówiono na prośbę studenta"),
        journal_orders.ORDER_MOVED: _("Zmieniono stan zamówienia"),
        "order_revoked": _("Unieważniono zamówienie lub mLegitymację"),
        "doubt_cleared": _("Wyjaśniono, czy zamówienie dotarło"),
        "document_kept": _("Zostawiono mLegitymację po cofniętym przedłużeniu"),
    },
    _("Panel ministerstwa"): {
        "package_made": _("Utworzono paczkę do panelu"),
        "package_downloaded": _("Pobrano paczkę z danymi"),
        "package_taken_back": _("Wycofano paczkę"),
        "panel_reported": _("Wczytano raport z panelu ministerstwa"),
        "codes_entered": _("Wpisano kody"),
        "codes_replaced": _("Zastąpiono kody innymi"),
        "withdrawal_ticked": _("Odhaczono odwołanie w panelu"),
    },
    _("Dane i studia"): {
        journal_imports.IMPORTED: _("Wczytano plik ze studentami"),
        journal_imports.CAME_BY_IMPORT: _("Dodano studenta z pliku"),
        journal_imports.CHANGED_BY_IMPORT: _("Zmieniono dane z pliku"),
        "student_corrected": _("Poprawiono dane"),
        "oath_approved": _("Zatwierdzono ślubowanie"),
        "status_changed": _("Zmieniono status studiów"),
        "pesel_shown": _("Pokazano PESEL"),
        "report_settled": _("Załatwiono zgłoszenie błędu"),
    },
    _("Zdjęcia"): {
        "photo_accepted": _("Przyjęto zdjęcie"),
        "photo_sent_back": _("Odesłano zdjęcie do poprawy"),
        "photo_given": _("Dodano zdjęcie"),
        "photos_imported": _("Wczytano zdjęcia z archiwum"),
    },
    _("Konta i hasła"): {
        "slip_issued": _("Wydrukowano hasło"),
        "password_changed": _("Zmieniono własne hasło"),
        "password_set": _("Nadano hasło"),
        "account_added": _("Dodano konto"),
        "account_disabled": _("Wyłączono konto"),
        "panel_right_given": _("Dano prawo do obsługi panelu"),
        "panel_right_taken": _("Odebrano prawo do obsługi panelu"),
    },
}
ACTS: Mapping[str, LazyString] = {name: words for acts in GROUPS.values() for name, words in acts.items()}

COUNTS: Mapping[str, LazyString] = {
    "new": _("nowe: %(num)d"),
    "changed": _("zmienione: %(num)d"),
    "replaced": _("zastąpione: %(num)d"),
    "missing": _("spoza pliku: %(num)d"),
    "extended": _("przedłużone: %(num)d"),
    "undone": _("cofnięte: %(num)d"),
    "rejected": _("odrzucone: %(num)d"),
    "refused": _("pominięte: %(num)d"),
    "revoked": _("unieważnione zamówienia: %(num)d"),
    "revoked_later": _("do unieważnienia później: %(num)d"),
    "people": _("osoby: %(num)d"),
    "codes": _("kody: %(num)d"),
    "ministry_refused": _("odmowy ministerstwa: %(num)d"),
}
# Why a file of an archive is left out does not matter here; its own page tells.
TOLD_AS = dict.fromkeys(("unknown_student", "not_a_picture", "twice_in_archive"), "refused")

WEEKDAYS = (
    _("Poniedziałek"),
    _("Wtorek"),
    _("Środa"),
    _("Czwartek"),
    _("Piątek"),
    _("Sobota"),
    _("Niedziela"),
)
IMPORTED = journal_imports.IMPORTED
ARROW = "→"
CORRECTED = (
    Field.FIRST_NAMES,
    Field.SURNAME,
    Field.BIRTH_DATE,
    Field.PESEL,
    Field.ALBUM_NUMBER,
    Field.EMAIL,
)


def act(name: str) -> str:
    """An act in words."""
    return str(ACTS.get(name, name))


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The acts one may look for, in groups; those that are parts of another are found with it."""
    return [
        (str(group), [(name, str(words)) for name, words in acts.items() if name not in PARTS])
        for group, acts in GROUPS.items()
    ]


def by_day(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries under the day on which they were made, in the order they came."""
    days = groupby(entries, key=lambda one: clock.day_of(one.at))
    return [(_heading(day), list(of_that_day)) for day, of_that_day in days]


def clock_time(moment: datetime) -> str:
    """The time of day in Warsaw."""
    return moment.astimezone(clock.OFFICE_ZONE).strftime("%H:%M")


def _heading(day: date) -> str:
    words = f"{WEEKDAYS[day.weekday()]}, {texts.day(day)}"
    return str(_("Dzisiaj, %(day)s", day=texts.day(day))) if day == clock.today() else words


def actor(entry: Entry) -> str:
    """Who did it: a name of the office, the student, or a command on the server."""
    if entry.actor_role is None:
        return str(_("polecenie na serwerze"))
    return entry.actor or str(_("student"))


def changes(entry: Entry) -> list[str]:
    """What was before and after, a line for each; of a PESEL only that it changed. Ids are left out."""
    lines = []
    if entry.before is not None or entry.after is not None:
        shown = [_value(value) for value in (entry.before, entry.after) if value is not None]
        # One date alone is the one given; one taken away had it until then.
        lines.append(f" {ARROW} ".join(shown) if len(shown) == 2 else _alone(entry, shown[0]))
    lines += [_field(name, entry.details[name]) for name in CORRECTED if name in entry.details]
    lines += imported(entry.details.get("imported", ()))
    counts = counted(entry.details)
    return lines + _facts(entry) + ([counts] if counts else [])


def counted(details: Mapping[str, Any]) -> str:
    """How many rows of a batch had which fate; nothing of those that had none."""
    numbers: Counter[str] = Counter()
    for name, number in details.items():
        if isinstance(number, int):
            numbers[TOLD_AS.get(name, name)] += number
    return ", ".join(
        str(words) % {"num": numbers[name]} for name, words in COUNTS.items() if numbers[name] > 0
    )


def _alone(entry: Entry, value: str) -> str:
    if isinstance(entry.after or entry.before, date):
        return str(_("do %(day)s", day=value))
    return value


def imported(changes: Sequence[ToldChange]) -> list[str]:
    """What an import changed about one student, a line for each field."""
    return [_field(Field(field), (before, after), programme) for programme, field, before, after in changes]


def _field(field: Field, values: Sequence[Any] | None, programme: str | None = None) -> str:
    if field is Field.PESEL or values is None:
        return str(_("PESEL zmieniony"))
    before, after = (import_texts.value(field, value) for value in values)
    name = str(import_texts.FIELDS[field])
    name = name[0].upper() + name[1:]
    named = f"{name} ({programme})" if programme else name
    return f"{named}: {before} {ARROW} {after}"


def _facts(entry: Entry) -> list[str]:
    """What single acts keep besides."""
    details = entry.details
    facts = []
    if "before" in details:
        facts.append(f" {ARROW} ".join(_studies(details[side]) for side in ("before", "after")))
    if "on" in details:
        facts.append(texts.day(date.fromisoformat(details["on"])))
    if "arrived" in details:
        facts.append(str(_("dotarło")) if details["arrived"] else str(_("nie dotarło; wysyłamy ponownie")))
    if "from" in details:
        before = texts.status(OrderStatus(details["from"]))
        facts.append(f"{before} {ARROW} {texts.status(OrderStatus.REVOKED)}")
    if "package" in details:
        facts.append(str(_("paczka nr %(number)d", number=details["package"])))
    if "reference" in details:
        facts.append(str(_("zamówienie %(reference)s", reference=details["reference"])))
    if "kind" in details:
        facts.append(texts.data_report_kind(DataReportKind(details["kind"])))
    if "had_photo" in details:
        facts.append(str(_("zastąpiło poprzednie")) if details["had_photo"] else str(_("pierwsze zdjęcie")))
    return facts


def _studies(state: Mapping[str, str]) -> str:
    status = studies_texts.enrolment_status(EnrolmentStatus(state["status"]))
    return str(_("%(status)s od %(day)s", status=status, day=texts.day(date.fromisoformat(state["since"]))))


def _value(value: OrderStatus | date) -> str:
    return texts.status(value) if isinstance(value, OrderStatus) else texts.day(value)
