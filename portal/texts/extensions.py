"""The words of bulk extensions: why people and rows are left out, what an undo does to orders."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.rules.reasons import ExtensionRefusal
from portal.rules.undo import Fate
from portal.services.extension_files import RowRejection

LEFT_OUT: Mapping[ExtensionRefusal, LazyString] = {
    ExtensionRefusal.DATE_PASSED: _("ta data już minęła"),
    ExtensionRefusal.LEGAL_BASIS_MISSING: _("data inna niż koniec semestru, a bez podstawy prawnej"),
    ExtensionRefusal.NOT_ENTITLED: _("nie ma teraz studiów, które dają prawo do legitymacji"),
    ExtensionRefusal.NO_VALID_CARD: _("nie ma ważnej plastikowej ELS"),
    ExtensionRefusal.FEES_UNPAID: _("nieopłacone należności"),
    ExtensionRefusal.YEAR_NOT_CLOSED: _("niezaliczony rok"),
    ExtensionRefusal.BEYOND_ENTITLEMENT: _("ukończone studia I stopnia; tak daleko nie można już przedłużyć"),
    ExtensionRefusal.ALREADY_EXTENDED: _("ma już potwierdzoną tę datę albo późniejszą"),
}

ROWS: Mapping[RowRejection, LazyString] = {
    RowRejection.NUMBER_MISSING: _("w wierszu nie ma numeru"),
    RowRejection.NUMBER_UNKNOWN: _("nikt nie ma tego numeru albumu ani karty"),
    RowRejection.NOT_A_DATE: _("to nie jest data; wpisz ją tak: 2027-03-31"),
    RowRejection.TWICE_IN_FILE: _("ten numer jest w pliku już wyżej"),
}

LEFT_OUT_OF_A_BATCH: Mapping[str, LazyString] = {
    code.value: words for codes in (LEFT_OUT, ROWS) for code, words in codes.items()
}
"""By the code a batch counts them under: people and, of a file, rows that lead to nobody."""

UNDO_FATES: Mapping[Fate, LazyString] = {
    Fate.KEEP: _("bez zmian"),
    Fate.TAKES_EARLIER_DATE: _("dostanie wcześniejszą datę"),
    Fate.REVOKE: _("zostanie unieważnione"),
    Fate.REVOKE_IF_TICKED: _("zostanie unieważnione tylko po zaznaczeniu poniżej"),
}

UNDO_FATES_OF_MANY: Mapping[Fate, LazyString] = {
    Fate.TAKES_EARLIER_DATE: _("dostaną wcześniejszą datę"),
    Fate.REVOKE: _("zostaną unieważnione"),
    Fate.REVOKE_IF_TICKED: _("zostaną unieważnione tylko po zaznaczeniu poniżej"),
}


def left_out(code: ExtensionRefusal) -> str:
    """Why people are left out."""
    return str(LEFT_OUT[code])


def row(code: RowRejection | ExtensionRefusal) -> str:
    """Why a row of a file changes nothing."""
    return str(ROWS[code]) if isinstance(code, RowRejection) else left_out(code)


def undo_fate(code: Fate, count: int) -> str:
    """What an undo does to so many orders."""
    return str(UNDO_FATES_OF_MANY.get(code, UNDO_FATES[code]) if count > 1 else UNDO_FATES[code])
