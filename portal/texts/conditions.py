"""Conditions and refusals, said to the student: who may not order reads why and what to do about it."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from portal.rules.eligibility import Assessment, Condition
from portal.rules.policy import Basis
from portal.rules.reasons import OrderRefusal, Reason, Remedy
from portal.texts.dates import day, with_day

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


def condition(code: Condition) -> str:
    """A condition, said as if it were met."""
    return str(CONDITIONS[code])


def reason(code: Reason, on: date | None = None) -> str:
    """Why a condition is not met, short enough to end a sentence; `on` is the day that belongs to the reason."""
    return with_day(REASONS[code], on)


def remedy(code: Remedy) -> str:
    """What the student can do about an unmet condition."""
    return str(REMEDIES[code])


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
        return str(_("Po anulowaniu możesz zamówić nową mLegitymację, ważną do %(day)s.", day=until))
    reasons = refusal_reasons(again)
    return str(_("Po anulowaniu na razie nie zamówisz nowej mLegitymacji: %(reasons)s.", reasons=reasons))


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
    return with_day(LASTS_AS_LONG_AS_THE_SEMESTER if by_semester else REFUSALS[code], on)


def _because(reasons: list[str]) -> str:
    words: str = ngettext(
        "Nie możesz zamówić mLegitymacji z następującego powodu: %(reasons)s.",
        "Nie możesz zamówić mLegitymacji z następujących powodów: %(reasons)s.",
        len(reasons),
        reasons=", ".join(reasons),
    )
    return words
