"""Who may order and why not, said to the office about a student: the same facts as `conditions` tells the student.

What differs is who is spoken to, so a reason or a refusal that addresses nobody has its words in `conditions` alone.
"""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from portal.rules.eligibility import Condition
from portal.rules.reasons import ExtensionRefusal, OrderRefusal, Reason, Remedy
from portal.texts import conditions
from portal.texts.dates import day

CONDITIONS: Mapping[Condition, LazyString] = {
    Condition.ACTIVE_STUDENT: _("Jest aktywnym studentem"),
    Condition.STUDIES_WITH_CARD: _("Studiuje na studiach I lub II stopnia albo jednolitych magisterskich"),
    Condition.PESEL: _("Ma numer PESEL"),
    Condition.ALBUM_NUMBER: _("Ma numer albumu"),
    Condition.PHOTO: _("Ma zdjęcie"),
    Condition.PLASTIC_CARD: _("Ma Elektroniczną Legitymację Studencką (plastikową)"),
    Condition.CARD_EXTENDED: _("Plastikowa ELS została przedłużona"),
    Condition.SEMESTER_CONFIRMED: _("Ma semestr potwierdzony w dziekanacie"),
    Condition.DATA_UNCHANGED: _("Dane osobowe nie zmieniły się od czasu wydania ELS"),
    Condition.STUDIES_BEGUN: _("Ma zatwierdzone ślubowanie, a studia już się zaczęły"),
}

REASONS: Mapping[Reason, LazyString] = {
    Reason.NO_STUDIES: _("brak studiów w danych"),
    Reason.STUDIES_PLANNED: _("studia jeszcze się nie zaczęły"),
    Reason.STUDIES_NOT_BEGUN: _("studia zaczynają się dopiero %(day)s"),
}

# What the office does about it, or that there is nothing to do.
REMEDIES: Mapping[Remedy, LazyString] = {
    Remedy.ASK_OFFICE_ABOUT_STATUS: _("Jeśli to pomyłka, zmień stan studiów albo zaimportuj brakujące."),
    Remedy.NOT_FOR_THESE_STUDIES: _(
        "Legitymację mają studenci studiów I i II stopnia oraz jednolitych magisterskich. "
        "Jeśli ta osoba studiuje też na takich, zaimportuj je."
    ),
    Remedy.REPORT_PESEL: _("Wpisz numer PESEL w danych studenta."),
    Remedy.ASK_FOR_ALBUM_NUMBER: _("Wpisz numer albumu w danych studenta."),
    Remedy.GIVE_PHOTO: _("Dodaj zdjęcie albo poproś studenta, żeby je przesłał."),
    Remedy.GIVE_BETTER_PHOTO: _("Dodaj zdjęcie w lepszym rozmiarze albo poproś o nie studenta."),
    Remedy.WAIT_FOR_PHOTO: _("Przyjmij je albo odeślij do poprawy."),
    Remedy.CORRECT_PHOTO: _("Student ma przesłać nowe zdjęcie. Możesz też dodać je za niego."),
    Remedy.COLLECT_CARD: _("Wydaj kartę i zaimportuj jej dane."),
    Remedy.REPLACE_CARD: _("Wymień kartę i zaimportuj dane nowej."),
    Remedy.EXTEND_CARD: _("Przedłuż ją na tej stronie, w części „Przedłużenie”."),
    Remedy.CONFIRM_SEMESTER: _("Potwierdź semestr na tej stronie, w części „Przedłużenie”."),
    Remedy.TAKE_OATH: _("Zatwierdź ślubowanie obok, przy studiach."),
    Remedy.WAIT_FOR_STUDIES: _("Jeśli już trwają, zmień ich stan albo zaimportuj właściwą datę."),
}

REFUSALS: Mapping[OrderRefusal, LazyString] = {
    OrderRefusal.CONDITIONS_UNMET: _("Student nie spełnia jeszcze wszystkich warunków."),
    OrderRefusal.ORDER_OPEN: _("Student ma już zamówienie w toku."),
    OrderRefusal.CODES_WAITING: _("Kody już czekają na studenta."),
    OrderRefusal.DOCUMENT_LASTS_AS_LONG: _(
        "Student ma już mLegitymację do %(day)s. Następną zamówi po kolejnym przedłużeniu."
    ),
    OrderRefusal.RENEWAL_TOO_EARLY: _("Student ma ważną mLegitymację; kolejną zamówi od %(day)s."),
    OrderRefusal.CANCEL_DOCUMENT_FIRST: _(
        "Student ma już mLegitymację do %(day)s i musi ją anulować, zanim zamówi następną."
    ),
}

EXTENSION_REFUSALS: Mapping[ExtensionRefusal, LazyString] = {
    ExtensionRefusal.DATE_PASSED: _("Ta data już minęła. Wybierz późniejszą."),
    ExtensionRefusal.LEGAL_BASIS_MISSING: _(
        "Data inna niż 31 marca lub 31 października wymaga podstawy prawnej. Wpisz ją."
    ),
    ExtensionRefusal.NOT_ENTITLED: _("Ta osoba nie ma teraz studiów, które dają prawo do legitymacji."),
    ExtensionRefusal.NO_VALID_CARD: _("Ta osoba nie ma ważnej plastikowej ELS."),
    ExtensionRefusal.FEES_UNPAID: _("Ta osoba ma nieopłacone należności."),
    ExtensionRefusal.YEAR_NOT_CLOSED: _("Ta osoba nie ma zaliczonego roku."),
    ExtensionRefusal.BEYOND_ENTITLEMENT: _(
        "Ta osoba ukończyła studia I stopnia; tak daleko nie można już przedłużyć."
    ),
    ExtensionRefusal.ALREADY_EXTENDED: _(
        "Nie trzeba nic robić: ta osoba ma już potwierdzoną tę datę albo późniejszą."
    ),
}


DOCUMENTS: Mapping[str, LazyString] = {
    "one": _("%(num)s mLegitymację"),
    "few": _("%(num)s mLegitymacje"),
    "many": _("%(num)s mLegitymacji"),
}
ORDERS: Mapping[str, LazyString] = {
    "one": _("%(num)s zamówienie"),
    "few": _("%(num)s zamówienia"),
    "many": _("%(num)s zamówień"),
}


def condition(code: Condition) -> str:
    """A condition, said of the student as if it were met."""
    return str(CONDITIONS[code])


def reason(code: Reason, on: date | None = None) -> str:
    """Why a condition is not met, short enough to begin a line; `on` is the day that belongs to the reason."""
    return _with_day(REASONS[code], on) if code in REASONS else conditions.reason(code, on)


def remedy(code: Remedy) -> str:
    """What the office can do about an unmet condition."""
    return str(REMEDIES[code])


def order_refusal(code: OrderRefusal, on: date | None = None) -> str:
    """Why no order can be placed for the student, as a sentence; `on` is the day that belongs to it."""
    return _with_day(REFUSALS[code], on)


def _with_day(words: LazyString, on: date | None) -> str:
    return str(words) if on is None else str(words) % {"day": day(on)}


def extension_refusal(code: ExtensionRefusal, ceiling: date | None = None) -> str:
    """Why the office may not extend; `ceiling`: the last date it may, where a graduate's entitlement ends."""
    if code is ExtensionRefusal.BEYOND_ENTITLEMENT and ceiling is not None:
        return str(
            _("Ta osoba ukończyła studia I stopnia; można przedłużyć najdalej do %(day)s.", day=day(ceiling))
        )
    return str(EXTENSION_REFUSALS[code])


def ending_warnings(counts: Mapping[tuple[date | None, bool], int]) -> list[str]:
    """One sentence for each day on which something is revoked; `counts`: see `services.entitlement.Ending.counts`."""
    return [
        str(_("Po zapisaniu portal unieważni: %(what)s.", what=ending_words(counts, on)))
        if on is None
        else str(_("Od %(day)s portal unieważni: %(what)s.", day=day(on), what=ending_words(counts, on)))
        for on in dict.fromkeys(on for on, _is_document in counts)
    ]


def ending_words(counts: Mapping[tuple[date | None, bool], int], on: date | None) -> str:
    """How many documents and orders end on that day."""
    parts = [(DOCUMENTS, counts.get((on, True), 0)), (ORDERS, counts.get((on, False), 0))]
    return str(_(" i ")).join(_number(forms, count) for forms, count in parts if count)


def ending_kind(*, is_document: bool) -> str:
    """What it is that ends: the document or an order on its way to one."""
    return str(_("mLegitymacja") if is_document else _("zamówienie"))


def _number(forms: Mapping[str, LazyString], count: int) -> str:
    form = get_locale().plural_form(count)
    return str(forms.get(form, forms["many"])) % {"num": count}
