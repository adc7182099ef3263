"""The words of the panel's pages: what a row of a report does, why one is not taken, what to do about it."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.services.panel_fates import ReportFate, RowProblem
from portal.services.panel_report_rows import HeaderFault

FATES: Mapping[ReportFate, LazyString] = {
    ReportFate.CODES: _("Kody dla studentów"),
    ReportFate.REFUSED: _("Odmowy ministerstwa"),
    ReportFate.UNCHANGED: _("Bez zmian"),
    ReportFate.REJECTED: _("Odrzucone"),
}

PROBLEMS: Mapping[RowProblem, LazyString] = {
    RowProblem.NO_ORDER_NAMED: _(
        "Nie wiadomo, o kogo chodzi: brak numeru zamówienia, numeru albumu i numeru PESEL."
    ),
    RowProblem.UNKNOWN: _("Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    RowProblem.TAKEN_BACK: _("Tę paczkę wycofano, a zamówienia wróciły do kolejki. Wycofaj je też w panelu."),
    RowProblem.CONTRADICTION: _(
        "Numer zamówienia, numer albumu lub PESEL należą do różnych osób. Popraw wiersz."
    ),
    RowProblem.TWICE_IN_FILE: _("To zamówienie jest w pliku więcej niż raz."),
    RowProblem.NO_CODES: _("Nie ma tu ani kodów, ani powodu odrzucenia."),
    RowProblem.CODES_AND_REFUSAL: _("Są tu naraz kody i powód odrzucenia. Zostaw jedno z nich."),
    RowProblem.NO_QR: _("Brak kodu QR."),
    RowProblem.NO_ACTIVATION_CODE: _("Brak kodu aktywacyjnego."),
    RowProblem.TOO_LONG: _("Kod jest za długi: kod QR może mieć 500 znaków, a aktywacyjny 64."),
    RowProblem.CODE_IS_NUMBER: _(
        "W miejscu kodu stoi numer zamówienia albo numer albumu. Wpisz kody, które nadał panel."
    ),
    RowProblem.CODES_ALIKE: _("Kod QR i kod aktywacyjny są takie same. Sprawdź w panelu, który jest który."),
    RowProblem.NOT_A_DATE: _("Termin ważności kodów nie jest datą. Wpisz ją jak 31.12.2026."),
    RowProblem.DATE_PASSED: _("Te kody już nie działają: ich termin minął."),
    RowProblem.LIFETIME_PASSED: _(
        "Te kody już nie działają: od utworzenia paczki minęło za dużo czasu. Jeśli mają inny termin, podaj go."
    ),
    RowProblem.CODES_TWICE_IN_FILE: _("Ten sam kod QR stoi w pliku przy różnych zamówieniach."),
    RowProblem.CODES_OF_ANOTHER: _("Ten kod QR należy już do innego zamówienia."),
    RowProblem.OTHER_CODES: _("To zamówienie ma już inne kody. Sprawdź w panelu, które są właściwe."),
    RowProblem.HAS_CODES: _("To zamówienie ma już kody, a raport mówi o odmowie. Sprawdź w panelu."),
    RowProblem.ALREADY_COLLECTED: _("Student już odebrał tę mLegitymację."),
    RowProblem.CODES_EXPIRED: _("Kody tego zamówienia już wygasły."),
    RowProblem.CANCELLED: _(
        "Student anulował to zamówienie. Kodów nie wczytujemy; w panelu ma być wycofane."
    ),
    RowProblem.REVOKED: _(
        "Uczelnia unieważniła to zamówienie. Kodów nie wczytujemy; w panelu ma być wycofane."
    ),
    RowProblem.FAILED: _(
        "To zamówienie zakończyło się błędem. Kodów nie wczytujemy; w panelu ma być wycofane."
    ),
}

HEADER_FAULTS: Mapping[HeaderFault, LazyString] = {
    HeaderFault.NO_HEADER: _(
        "W raporcie nie ma kolumny, która mówi, o kogo chodzi: z numerem zamówienia, numerem albumu lub numerem PESEL."
    ),
    HeaderFault.NO_CODES: _("W raporcie brakuje kolumny z kodem QR albo z kodem aktywacyjnym."),
    HeaderFault.TWICE: _("Kolumna „%(heading)s” mówi o tym samym co inna. Zostaw jedną z nich."),
}


def fate(code: str) -> str:
    """What becomes of rows, as a heading over them."""
    return str(FATES[ReportFate(code)])


def problem(code: str) -> str:
    """Why a row is not taken, and what to do about it."""
    return str(PROBLEMS[RowProblem(code)])


def header_fault(code: str, heading: str | None) -> str:
    """Why no row of a report can be read."""
    return str(HEADER_FAULTS[HeaderFault(code)]) % {"heading": heading}
