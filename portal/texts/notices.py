"""The words of news: on the student's page and, with the same first sentence, in mail. No codes, no names."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.rules.notices import NoticeKind, RenewalStep
from portal.rules.policy import Basis
from portal.texts.dates import day as written

# Over a notice, and the subject of its mail.
HEADINGS: Mapping[NoticeKind, LazyString] = {
    NoticeKind.ORDERED: _("mLegitymacja została zamówiona"),
    NoticeKind.READY: _("Kody do mLegitymacji czekają"),
    NoticeKind.CODES_EXPIRE_SOON: _("Kody do mLegitymacji niedługo wygasną"),
    NoticeKind.CODES_EXPIRED: _("Kody do mLegitymacji wygasły"),
    NoticeKind.REFUSED: _("Zamówienie mLegitymacji się nie powiodło"),
    NoticeKind.MAY_ORDER: _("Możesz zamówić mLegitymację"),
    NoticeKind.SEMESTER_ENDS: _("Twoja mLegitymacja niedługo straci ważność"),
    NoticeKind.REVOKED: _("Uczelnia unieważniła mLegitymację lub zamówienie"),
    NoticeKind.PHOTO_SENT_BACK: _("Twoje zdjęcie wymaga poprawy"),
}

SENTENCES: Mapping[NoticeKind, LazyString] = {
    NoticeKind.ORDERED: _("Mamy Twoje zamówienie. Gdy kody będą gotowe, znajdziesz je na swojej stronie."),
    NoticeKind.READY: _(
        "Kody do dodania mLegitymacji w mObywatelu są na Twojej stronie. Działają do %(day)s."
    ),
    NoticeKind.CODES_EXPIRE_SOON: _(
        "Twoje kody działają tylko do %(day)s. Dodaj mLegitymację do mObywatela, zanim wygasną."
    ),
    NoticeKind.CODES_EXPIRED: _(
        "Minął czas na użycie kodów i już nie zadziałają. Co teraz zrobić, przeczytasz na swojej stronie."
    ),
    NoticeKind.REFUSED: _(
        "Tym razem nie udało się dostać kodów. Dlaczego i co teraz zrobić, przeczytasz na swojej stronie."
    ),
    NoticeKind.MAY_ORDER: _("Spełniasz warunki: możesz zamówić mLegitymację ważną do %(day)s."),
    NoticeKind.SEMESTER_ENDS: _(
        "Masz mLegitymację ważną do %(day)s i nie masz jeszcze zamówionej następnej."
    ),
    NoticeKind.REVOKED: _("Dlaczego tak się stało i do kogo się zwrócić, przeczytasz na swojej stronie."),
    NoticeKind.PHOTO_SENT_BACK: _(
        "Co poprawić, przeczytasz na swojej stronie. Tam też prześlesz nowe zdjęcie."
    ),
}

ORDERED_BY_PORTAL = _("Portal zamówił ją za Ciebie. Gdy kody będą gotowe, znajdziesz je na swojej stronie.")

# What leads to the next document.
STEPS: Mapping[RenewalStep, LazyString] = {
    RenewalStep.ORDER: _("Możesz ją już zamówić, a do czasu odebrania działa obecna."),
    RenewalStep.EXTEND: _("Przedłuż ELS w dziekanacie. Zaraz potem zamówisz następną."),
    RenewalStep.CANCEL_FIRST: _("Żeby zamówić następną, najpierw anuluj obecną na swojej stronie."),
}
CONFIRM_SEMESTER = _("Poproś w dziekanacie o potwierdzenie semestru. Zaraz potem zamówisz następną.")

# Beside the switches: about what mail comes.
SWITCHES: Mapping[NoticeKind, LazyString] = {
    NoticeKind.ORDERED: _("Zamówienie zostało przyjęte"),
    NoticeKind.READY: _("Kody są gotowe"),
    NoticeKind.CODES_EXPIRE_SOON: _("Kody wygasną w ciągu trzech dni"),
    NoticeKind.CODES_EXPIRED: _("Kody wygasły"),
    NoticeKind.REFUSED: _("Zamówienie się nie powiodło"),
    NoticeKind.MAY_ORDER: _("Można zamówić mLegitymację"),
    NoticeKind.SEMESTER_ENDS: _("mLegitymacja straci ważność w ciągu dwóch tygodni"),
    NoticeKind.REVOKED: _("Uczelnia unieważniła mLegitymację lub zamówienie"),
    NoticeKind.PHOTO_SENT_BACK: _("Dziekanat odesłał zdjęcie do poprawy"),
}

# Why a letter did not arrive; other codes are the mail server's own.
UNDELIVERED: Mapping[str, LazyString] = {
    "address_unusable": _("Adres jest niepoprawny."),
    "too_old": _("Przez trzy dni nie udało się go wysłać."),
}


def heading(kind: NoticeKind) -> str:
    """What a notice is about, in a few words."""
    return str(HEADINGS[kind])


def sentence(kind: NoticeKind, day: date | None, *, by_portal: bool = False) -> str:
    """What a notice says; `day`: the one its words name, for the kinds that name one.

    `by_portal`: it tells of an order that the portal placed by itself.
    """
    is_standing_order = by_portal and kind is NoticeKind.ORDERED
    words = str(ORDERED_BY_PORTAL if is_standing_order else SENTENCES[kind])
    if "%(day)s" not in words:
        return words
    assert day is not None, "these words need their day"
    return words % {"day": written(day)}


def step(code: RenewalStep, basis: Basis) -> str:
    """What leads to the next document."""
    if code is RenewalStep.EXTEND and basis is Basis.SEMESTER:
        return str(CONFIRM_SEMESTER)
    return str(STEPS[code])


def switch(kind: NoticeKind) -> str:
    """What a switch for mail stands for."""
    return str(SWITCHES[kind])


def undelivered(code: str) -> str:
    """Why a letter did not arrive."""
    if code in UNDELIVERED:
        return str(UNDELIVERED[code])
    return str(_("Serwer poczty go nie przyjął (%(code)s).", code=code.removeprefix("smtp_")))


def masked_address(address: str) -> str:
    """An address by its first letter and its host: enough to recognise one's own."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"
