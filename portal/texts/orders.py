"""States of orders, how they end and what to do then."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.models.orders import Attention
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import CancelReason, EndReason
from portal.texts.dates import moment

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

# The same where the conditions are met already, or again: nothing has to happen before.
MAY_ORDER_AGAIN = frozenset(
    {
        EndReason.STUDENT_CANCELLED,
        EndReason.CONDITIONS_UNMET,
        EndReason.EXTENSION_UNDONE,
        EndReason.ENTITLEMENT_ENDED,
        EndReason.DEADLINE_PASSED,
        EndReason.VALIDITY_ENDED,
    }
)
ORDER_NOW = _("Możesz już zamówić następną.")
# And where nothing can be ordered now: why not, the page says below.
ADVICE_WITHOUT_ORDERING: Mapping[EndReason, LazyString] = {
    EndReason.MINISTRY_REFUSED: _("Sprawdź, czy Twoje dane są poprawne. Są? Napisz do dziekanatu."),
    EndReason.MINISTRY_WITHDREW: _("Zapytaj w dziekanacie, co dalej."),
    EndReason.CODES_EXPIRED_UNSEEN: _("Przepraszamy."),
    EndReason.CODES_NOT_USED: _("Stare kody już nie zadziałają."),
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


def status(code: OrderStatus) -> str:
    """The name of a state."""
    return str(STATUSES[code])


def end_reason(code: EndReason, *, may_order: bool) -> str:
    """Why an order ended, and what to do now; `may_order`: the student may order at once."""
    if may_order:
        return f"{ENDINGS[code]} {ORDER_NOW if code in MAY_ORDER_AGAIN else ADVICE[code]}"
    return f"{ENDINGS[code]} {ADVICE_WITHOUT_ORDERING.get(code, ADVICE[code])}"


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
