"""The words for every state, condition, reason and refusal: rules and services return codes, never sentences.

Msgids are Polish. The tables are lazy, so that each reader gets their own language; the functions answer plain `str`
(a lazy string would go into a template unescaped).
"""

from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from portal.clock import OFFICE_ZONE
from portal.models.data_reports import DataReportKind
from portal.models.orders import Attention
from portal.rules.eligibility import Assessment, Condition
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis
from portal.rules.reasons import CancelReason, EndReason, ExtensionRefusal, OrderRefusal, Reason, Remedy

STATUSES: Mapping[OrderStatus, LazyString] = {
    OrderStatus.WAITING: _("Oczekuje"),
    OrderStatus.IN_PROGRESS: _("W trakcie"),
    OrderStatus.READY: _("Do odbioru"),
    OrderStatus.COLLECTED: _("Odebrana"),
    OrderStatus.CODES_EXPIRED: _("Kod wygasł"),
    OrderStatus.ERROR: _("Błąd"),
    OrderStatus.CANCELLED: _("Anulowane przez użytkownika"),
    OrderStatus.REVOKED: _("Unieważnione przez uczelnię"),
    OrderStatus.SUPERSEDED: _("Zastąpiona"),
    OrderStatus.EXPIRED: _("Wygasła"),
}

CONDITIONS: Mapping[Condition, LazyString] = {
    Condition.ACTIVE_STUDENT: _("Jesteś aktywnym studentem"),
    Condition.STUDIES_WITH_CARD: _("Studiujesz na studiach I lub II stopnia albo jednolitych magisterskich"),
    Condition.PESEL: _("Masz numer PESEL"),
    Condition.ALBUM_NUMBER: _("Masz numer albumu"),
    Condition.PHOTO: _("Masz zdjęcie"),
    Condition.PLASTIC_CARD: _("Masz Elektroniczną Legitymację Studencką (plastikową)"),
    Condition.CARD_EXTENDED: _("Twoja (plastikowa) ELS została przedłużona"),
    Condition.SEMESTER_CONFIRMED: _("Masz semestr potwierdzony w dziekanacie"),
    Condition.DATA_UNCHANGED: _("Twoje dane osobowe nie zmieniły się od czasu wydania ELS"),
    Condition.STUDIES_BEGUN: _("Masz zatwierdzone ślubowanie, a Twoje studia już się zaczęły"),
}

# Each ends the sentence „Nie możesz zamówić mLegitymacji z następującego powodu: …”.
REASONS: Mapping[Reason, LazyString] = {
    Reason.NO_STUDIES: _("brak studiów w Twoich danych"),
    Reason.STUDIES_PLANNED: _("Twoje studia jeszcze się nie zaczęły"),
    Reason.STUDIES_SUSPENDED: _("studia zawieszone od %(day)s"),
    Reason.STUDIES_FINISHED: _("studia ukończone %(day)s"),
    Reason.STUDENT_REMOVED: _("skreślenie z listy studentów (%(day)s)"),
    Reason.STUDENT_TRANSFERRED: _("przeniesienie na inną uczelnię (%(day)s)"),
    Reason.LEVEL_WITHOUT_CARD: _("studia, na których nie wydaje się mLegitymacji"),
    Reason.NO_PESEL: _("brak numeru PESEL"),
    Reason.NO_ALBUM_NUMBER: _("brak numeru albumu"),
    Reason.NO_PHOTO: _("brak zdjęcia"),
    Reason.PHOTO_TOO_SMALL: _("za małe zdjęcie"),
    Reason.PHOTO_TOO_HEAVY: _("za duży plik ze zdjęciem"),
    Reason.PHOTO_WAITING: _("zdjęcie czeka na sprawdzenie w dziekanacie"),
    Reason.PHOTO_SENT_BACK: _("zdjęcie odesłane do poprawy"),
    Reason.NO_CARD: _("brak plastikowej ELS"),
    Reason.CARD_VOID: _("plastikowa ELS nieważna od %(day)s"),
    Reason.NOT_EXTENDED: _("brak przedłużenia ELS"),
    Reason.EXTENSION_ENDED: _("przedłużenie ELS skończyło się %(day)s"),
    Reason.SEMESTER_NOT_CONFIRMED: _("brak potwierdzenia semestru"),
    Reason.SEMESTER_ENDED: _("potwierdzenie semestru skończyło się %(day)s"),
    Reason.DATA_CHANGED: _("zmiana danych osobowych po wydaniu ELS (%(day)s)"),
    Reason.NO_OATH: _("brak zatwierdzonego ślubowania"),
    Reason.STUDIES_NOT_BEGUN: _("Twoje studia zaczynają się dopiero %(day)s"),
}

REMEDIES: Mapping[Remedy, LazyString] = {
    Remedy.ASK_OFFICE_ABOUT_STATUS: _("Jeśli coś się tu nie zgadza, zapytaj w dziekanacie o swoje studia."),
    Remedy.NOT_FOR_THESE_STUDIES: _(
        "Tę legitymację mają studenci studiów I i II stopnia oraz jednolitych magisterskich. "
        "Studiujesz też na takich studiach? Daj znać w dziekanacie."
    ),
    Remedy.REPORT_PESEL: _("Podaj swój numer PESEL w dziekanacie. Bez niego mObywatel Cię nie rozpozna."),
    Remedy.ASK_FOR_ALBUM_NUMBER: _("Zapytaj w dziekanacie o numer albumu."),
    Remedy.GIVE_PHOTO: _("Prześlij swoje zdjęcie. Dziekanat je sprawdzi."),
    Remedy.GIVE_BETTER_PHOTO: _("Prześlij zdjęcie w lepszym rozmiarze. Dziekanat je sprawdzi."),
    Remedy.WAIT_FOR_PHOTO: _("Poczekaj, aż dziekanat sprawdzi Twoje zdjęcie. Nie musisz nic robić."),
    Remedy.CORRECT_PHOTO: _("Przeczytaj, co poprawić, i prześlij nowe zdjęcie."),
    Remedy.COLLECT_CARD: _("Odbierz plastikową ELS w dziekanacie."),
    Remedy.REPLACE_CARD: _("Wymień plastikową ELS w dziekanacie."),
    Remedy.EXTEND_CARD: _("Przedłuż ELS w dziekanacie."),
    Remedy.CONFIRM_SEMESTER: _("Poproś w dziekanacie o potwierdzenie semestru."),
    Remedy.TAKE_OATH: _("Złóż ślubowanie. Masz je za sobą? Poproś dziekanat o zatwierdzenie."),
    Remedy.WAIT_FOR_STUDIES: _("Wróć tu, gdy zaczną się Twoje studia. Już trwają? Daj znać w dziekanacie."),
}

# These end the same sentence.
REFUSALS: Mapping[OrderRefusal, LazyString] = {
    OrderRefusal.CONDITIONS_UNMET: _("nie spełniasz jeszcze wszystkich warunków"),
    OrderRefusal.ORDER_OPEN: _("masz już zamówienie w toku"),
    OrderRefusal.CODES_WAITING: _("kody już czekają"),
    OrderRefusal.DOCUMENT_LASTS_AS_LONG: _(
        "masz już mLegitymację do %(day)s; kolejną zamówisz po przedłużeniu ELS"
    ),
    OrderRefusal.RENEWAL_TOO_EARLY: _("masz ważną mLegitymację; kolejną zamówisz od %(day)s"),
    OrderRefusal.CANCEL_DOCUMENT_FIRST: _(
        "masz już mLegitymację do %(day)s; przed zamówieniem kolejnej musisz ją anulować"
    ),
}
LASTS_AS_LONG_AS_THE_SEMESTER = _(
    "masz już mLegitymację do %(day)s; kolejną zamówisz po potwierdzeniu semestru"
)

ENDINGS: Mapping[EndReason, LazyString] = {
    EndReason.STUDENT_CANCELLED: _("Anulowano na Twoją prośbę."),
    EndReason.OFFICE_REVOKED: _("Dziekanat unieważnił tę mLegitymację."),
    EndReason.CONDITIONS_UNMET: _(
        "Tuż przed wysłaniem okazało się, że nie spełniasz już wszystkich warunków."
    ),
    EndReason.EXTENSION_UNDONE: _("Dziekanat cofnął przedłużenie, dzięki któremu powstało to zamówienie."),
    EndReason.ENTITLEMENT_ENDED: _("Skończyło się Twoje prawo do mLegitymacji."),
    EndReason.MINISTRY_REFUSED: _("Ministerstwo odrzuciło to zamówienie."),
    EndReason.MINISTRY_WITHDREW: _("Ministerstwo wycofało to zamówienie."),
    EndReason.CODES_EXPIRED_UNSEEN: _("Kody wygasły, zanim zdążyliśmy Ci je pokazać."),
    EndReason.DEADLINE_PASSED: _("Kody nie przyszły na czas: termin minął."),
    EndReason.CODES_NOT_USED: _("Minął czas na użycie kodów."),
    EndReason.NEWER_COLLECTED: _("Zastąpiła ją nowsza mLegitymacja."),
    EndReason.VALIDITY_ENDED: _("Minęła data ważności tej mLegitymacji."),
}

ADVICE: Mapping[EndReason, LazyString] = {
    EndReason.STUDENT_CANCELLED: _("Możesz zamówić mLegitymację ponownie, jeśli spełniasz warunki."),
    EndReason.OFFICE_REVOKED: _("O powód zapytaj w dziekanacie."),
    EndReason.CONDITIONS_UNMET: _("Sprawdź na liście warunków, czego brakuje. Potem zamów ponownie."),
    EndReason.EXTENSION_UNDONE: _("Zapytaj w dziekanacie, co dalej. Po przedłużeniu zamówisz ponownie."),
    EndReason.ENTITLEMENT_ENDED: _("Nadal studiujesz? Zgłoś się do dziekanatu."),
    EndReason.MINISTRY_REFUSED: _(
        "Sprawdź, czy Twoje dane są poprawne, i zamów ponownie. Jeśli to nie pomoże, napisz do dziekanatu."
    ),
    EndReason.MINISTRY_WITHDREW: _("Zamów ponownie. Jeśli to nie pomoże, napisz do dziekanatu."),
    EndReason.CODES_EXPIRED_UNSEEN: _("Przepraszamy. Zamów ponownie, a dostaniesz nowe kody."),
    EndReason.DEADLINE_PASSED: _("Gdy dziekanat potwierdzi Cię na kolejny okres, zamów ponownie."),
    EndReason.CODES_NOT_USED: _("Stare kody już nie zadziałają. Zamów ponownie, a dostaniesz nowe."),
    EndReason.NEWER_COLLECTED: _("Nie musisz nic robić."),
    EndReason.VALIDITY_ENDED: _("Gdy dziekanat potwierdzi Cię na kolejny okres, zamów następną."),
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
    ExtensionRefusal.ALREADY_EXTENDED: _("Nie trzeba nic robić: ta osoba ma już potwierdzoną tę datę."),
}

RECEIPT_REFUSALS: Mapping[OrderStatus, LazyString] = {
    OrderStatus.READY: _(
        "Na tej uczelni nie potwierdza się odbioru: strona sama zauważy mLegitymację w telefonie."
    ),
    OrderStatus.CODES_EXPIRED: _("To zamówienie jest już odwołane. Zamów mLegitymację ponownie."),
    OrderStatus.COLLECTED: _("Odbiór tej mLegitymacji jest już potwierdzony."),
}
RECEIPT_TOO_LATE = _("Tego zamówienia nie można już odebrać. Poniżej widzisz, jak jest teraz.")

ATTENTION: Mapping[Attention, LazyString] = {
    Attention.LOST_AT_MINISTRY: _("Ministerstwo wydało kody, a teraz nie zna tego zamówienia."),
    Attention.OTHER_PERSON: _("Ministerstwo przysłało odpowiedź o innej osobie. Portal jej nie przyjął."),
    Attention.OTHER_CODES: _("Ministerstwo przysłało inne kody niż te, które widzi student."),
    Attention.CODES_OF_ANOTHER_ORDER: _(
        "Ministerstwo przysłało kody z innego zamówienia. Portal ich nie przyjął."
    ),
}

ENDED_HEADINGS: Mapping[OrderStatus, LazyString] = {
    OrderStatus.CODES_EXPIRED: _("Kody wygasły"),
    OrderStatus.ERROR: _("Zamówienie się nie powiodło"),
    OrderStatus.CANCELLED: _("Anulowano na Twoją prośbę"),
    OrderStatus.REVOKED: _("Uczelnia unieważniła mLegitymację"),
    OrderStatus.SUPERSEDED: _("Zastąpiła ją nowsza mLegitymacja"),
    OrderStatus.EXPIRED: _("mLegitymacja wygasła"),
}

CANCEL_REASONS: Mapping[CancelReason, LazyString] = {
    CancelReason.NEW_PHONE: _("Mam nowy telefon"),
    CancelReason.APP_REINSTALLED: _("Aplikacja mObywatel została zainstalowana od nowa"),
    CancelReason.DATA_CHANGED: _("Zmieniły się moje dane lub zdjęcie"),
    CancelReason.OTHER: _("Inny powód"),
}

AFTER_CANCELLING: Mapping[CancelReason, LazyString] = {
    CancelReason.NEW_PHONE: _("mLegitymacja została anulowana. Zamów nową i dodaj ją na nowym telefonie."),
    CancelReason.APP_REINSTALLED: _("mLegitymacja została anulowana. Zamów nową i dodaj ją do aplikacji."),
    CancelReason.DATA_CHANGED: _(
        "mLegitymacja została anulowana. Sprawdź swoje dane poniżej; gdy będą dobre, zamów nową."
    ),
    CancelReason.OTHER: _("mLegitymacja została anulowana. Nową możesz zamówić, kiedy zechcesz."),
}

DATA_REPORT_KINDS: Mapping[DataReportKind, LazyString] = {
    DataReportKind.NAME: _("Imię lub nazwisko"),
    DataReportKind.PESEL: _("Numer PESEL"),
    DataReportKind.BIRTH_DATE: _("Data urodzenia"),
    DataReportKind.PHOTO: _("Zdjęcie"),
    DataReportKind.STUDIES: _("Studia: kierunek, stopień, status"),
    DataReportKind.OTHER: _("Coś innego"),
}


def day(value: date) -> str:
    """A day as people here write it: 31.10.2025."""
    return f"{value.day}.{value.month:02}.{value.year}"


def moment(value: datetime) -> str:
    """An aware moment by the clocks in Warsaw: 3.09.2025, 22:18."""
    return f"{day(value.astimezone(OFFICE_ZONE).date())}, {hour(value)}"


def hour(value: datetime) -> str:
    """The time of day of an aware moment in Warsaw: 22:18."""
    local = value.astimezone(OFFICE_ZONE)
    return f"{local.hour}:{local.minute:02}"


def status(code: OrderStatus) -> str:
    """The name of a state."""
    return str(STATUSES[code])


def condition(code: Condition) -> str:
    """A condition, said as if it were met."""
    return str(CONDITIONS[code])


def reason(code: Reason, on: date | None = None) -> str:
    """Why a condition is not met, short enough to end a sentence; `on` is the day that belongs to the reason."""
    return _with_day(REASONS[code], on)


def remedy(code: Remedy) -> str:
    """What the student can do about an unmet condition."""
    return str(REMEDIES[code])


def end_reason(code: EndReason) -> str:
    """Why an order ended, and what to do now."""
    return f"{ENDINGS[code]} {ADVICE[code]}"


def what_happened(code: EndReason) -> str:
    """Why an order ended, without advice: for the history."""
    return str(ENDINGS[code])


def ended_heading(code: OrderStatus) -> str:
    """The heading over an order that ended."""
    return str(ENDED_HEADINGS[code])


def cancel_reason(code: CancelReason) -> str:
    """Why a student gives up a document, in the student's words."""
    return str(CANCEL_REASONS[code])


def cancelled_because(code: CancelReason) -> str:
    """That a document was cancelled, and where that leads."""
    return str(AFTER_CANCELLING[code])


def data_report_kind(code: DataReportKind) -> str:
    """What a student reports as wrong."""
    return str(DATA_REPORT_KINDS[code])


def order_refusal(code: OrderRefusal, on: date | None = None, basis: Basis = Basis.ELS) -> str:
    """Which rule about orders stands in the way, as a whole sentence; `on` is the day that belongs to it."""
    return _because([_refusal(code, on, basis)])


def refusal_sentence(assessment: Assessment) -> str:
    """Why this student may not order now, in one sentence that names every reason."""
    return _because(_reasons(assessment))


def refusal_reasons(assessment: Assessment) -> str:
    """The same reasons alone: for who has what they need and only wonders about the next one."""
    return ", ".join(_reasons(assessment))


def after_cancelling(again: Assessment) -> str:
    """Whether a new order will be possible; `again`: the assessment as if the order were cancelled already."""
    if again.may_order:
        assert again.planned_valid_until is not None
        until = day(again.planned_valid_until)
        return str(_("Po anulowaniu od razu zamówisz nową mLegitymację, ważną do %(day)s.", day=until))
    reasons = refusal_reasons(again)
    return str(_("Po anulowaniu na razie nie zamówisz nowej mLegitymacji: %(reasons)s.", reasons=reasons))


def extension_refusal(code: ExtensionRefusal, ceiling: date | None = None) -> str:
    """Why the office may not extend; `ceiling`: the last date it may, where a graduate's entitlement ends."""
    if code is ExtensionRefusal.BEYOND_ENTITLEMENT and ceiling is not None:
        return str(
            _("Ta osoba ukończyła studia I stopnia; można przedłużyć najdalej do %(day)s.", day=day(ceiling))
        )
    return str(EXTENSION_REFUSALS[code])


def attention(code: Attention) -> str:
    """Why an order stands on the office's list."""
    return str(ATTENTION[code])


def receipt_refusal(status: OrderStatus) -> str:
    """Why the student's word about an order that stands like this cannot be taken."""
    return str(RECEIPT_REFUSALS.get(status, RECEIPT_TOO_LATE))


def ministry_notice(down_since: datetime, *, has_order: bool) -> str:
    """That the ministry does not answer, and that nothing is lost by it."""
    if has_order:
        words = _(
            "System ministerstwa nie odpowiada od %(since)s. Twoje zamówienie jest bezpieczne: "
            "zajmiemy się nim, gdy tylko system wróci.",
            since=moment(down_since),
        )
    else:
        words = _(
            "System ministerstwa nie odpowiada od %(since)s. Możesz zamówić mimo to: "
            "wyślemy Twoje zamówienie, gdy tylko system wróci.",
            since=moment(down_since),
        )
    return str(words)


def _reasons(assessment: Assessment) -> list[str]:
    assert assessment.refusal is not None
    if assessment.refusal is OrderRefusal.CONDITIONS_UNMET:
        words = [reason(one.reason, one.day) for one in assessment.unmet if one.reason is not None]
        return list(dict.fromkeys(words))
    by_semester = any(one.condition is Condition.SEMESTER_CONFIRMED for one in assessment.conditions)
    basis = Basis.SEMESTER if by_semester else Basis.ELS
    return [_refusal(assessment.refusal, assessment.refusal_day, basis)]


def _refusal(code: OrderRefusal, on: date | None, basis: Basis) -> str:
    by_semester = code is OrderRefusal.DOCUMENT_LASTS_AS_LONG and basis is Basis.SEMESTER
    return _with_day(LASTS_AS_LONG_AS_THE_SEMESTER if by_semester else REFUSALS[code], on)


def _because(reasons: list[str]) -> str:
    words: str = ngettext(
        "Nie możesz zamówić mLegitymacji z następującego powodu: %(reasons)s.",
        "Nie możesz zamówić mLegitymacji z następujących powodów: %(reasons)s.",
        len(reasons),
        reasons=", ".join(reasons),
    )
    return words


def _with_day(words: LazyString, on: date | None) -> str:
    text = str(words)
    if "%(day)s" not in text:
        return text
    assert on is not None, "these words need their day"
    return text % {"day": day(on)}
