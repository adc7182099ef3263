"""The words for what an import finds: in the file, in its header, in its rows."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal import texts
from portal.rules.student import EnrolmentStatus, Level
from portal.services.imports.columns import Field, HeaderFault, HeaderRefused
from portal.services.imports.plan import Fate, RowFate
from portal.services.imports.values import Rejection
from portal.services.tables import LONGEST_CELL, FileFault, FileRefused
from portal.services.xlsx_child import MOST_COLUMNS, MOST_ROWS
from portal.texts import studies as studies_texts

FILE_FAULTS: Mapping[FileFault, LazyString] = {
    FileFault.EMPTY: _("Plik jest pusty."),
    FileFault.TOO_LARGE: _("Plik jest za duży: może mieć najwyżej 32 MB."),
    FileFault.NOT_TEXT: _("To nie jest arkusz. Zapisz dane jako CSV albo XLSX."),
    FileFault.BROKEN_QUOTES: _("Cudzysłów w pliku CSV nie ma pary. Zapisz plik ponownie w arkuszu."),
    FileFault.CELL_TOO_LONG: _("W pliku jest komórka dłuższa niż %(limit)s znaków.", limit=LONGEST_CELL),
    FileFault.TOO_MANY_ROWS: _("Plik ma za dużo wierszy: może mieć najwyżej %(limit)s.", limit=MOST_ROWS),
    FileFault.TOO_MANY_COLUMNS: _(
        "Plik ma za dużo kolumn: może mieć najwyżej %(limit)s.", limit=MOST_COLUMNS
    ),
    FileFault.TOO_FAR: _(
        "Arkusz sięga za daleko: są w nim komórki poza kolumną %(columns)s albo wierszem %(rows)s. "
        "Skopiuj same dane do nowego arkusza.",
        columns=MOST_COLUMNS,
        rows=MOST_ROWS,
    ),
    FileFault.LOCKED: _("Plik jest chroniony hasłem. Zapisz go bez hasła."),
    FileFault.OLD_EXCEL: _("To stary format Excela (XLS). Zapisz plik jako XLSX albo CSV."),
    FileFault.NOT_A_SPREADSHEET: _("Pliku nie da się otworzyć jako arkusza. Zapisz dane jako CSV albo XLSX."),
    FileFault.UNPACKS_TOO_LARGE: _("Po rozpakowaniu plik jest za duży. Skopiuj same dane do nowego arkusza."),
    FileFault.TOO_HARD: _("Arkusz jest zbyt złożony, żeby go odczytać. Zapisz dane jako CSV."),
}

HEADER_FAULTS: Mapping[HeaderFault, LazyString] = {
    HeaderFault.NO_HEADER: _("W pliku nie ma wiersza z nazwami kolumn, które portal zna."),
    HeaderFault.COLUMN_TWICE: _("Kolumna „%(column)s” mówi o tym samym co inna. Zostaw jedną z nich."),
    HeaderFault.COLUMN_MISSING: _("Brakuje kolumny „%(column)s” albo „PESEL”."),
    HeaderFault.MAPPED_COLUMN_ABSENT: _("W pliku nie ma kolumny „%(column)s”, którą wskazano."),
}

FIELDS: Mapping[Field, LazyString] = {
    Field.ALBUM_NUMBER: _("numer albumu"),
    Field.PESEL: _("PESEL"),
    Field.FIRST_NAMES: _("imiona"),
    Field.SURNAME: _("nazwisko"),
    Field.BIRTH_DATE: _("data urodzenia"),
    Field.EMAIL: _("e-mail"),
    Field.FEES_UNPAID: _("nieopłacone należności"),
    Field.YEAR_NOT_CLOSED: _("rok niezaliczony"),
    Field.CARD_NUMBER: _("numer ELS"),
    Field.CARD_ISSUED_ON: _("data wydania ELS"),
    Field.CARD_VALID_UNTIL: _("ELS ważna do"),
    Field.FACULTY: _("wydział"),
    Field.PROGRAMME: _("kierunek"),
    Field.LEVEL: _("stopień"),
    Field.YEAR: _("rok studiów"),
    Field.GROUP_NAME: _("grupa"),
    Field.STATUS: _("status studenta"),
    Field.STATUS_SINCE: _("status od"),
    Field.BEGINS_ON: _("początek studiów"),
    Field.OATH_APPROVED_ON: _("ślubowanie"),
}

DAYS = frozenset(
    {
        Field.BIRTH_DATE,
        Field.CARD_ISSUED_ON,
        Field.CARD_VALID_UNTIL,
        Field.STATUS_SINCE,
        Field.BEGINS_ON,
        Field.OATH_APPROVED_ON,
    }
)

FATES: Mapping[Fate, LazyString] = {
    Fate.NEW: _("nowy"),
    Fate.CHANGED: _("zmieniony"),
    Fate.UNCHANGED: _("bez zmian"),
    Fate.REJECTED: _("odrzucony"),
}

REJECTIONS: Mapping[Rejection, LazyString] = {
    Rejection.VALUE_MISSING: _("brakuje wartości"),
    Rejection.TEXT_TOO_LONG: _("za długi tekst"),
    Rejection.NOT_A_DATE: _("to nie jest data (wpisz na przykład 31.10.2026)"),
    Rejection.NOT_AN_ALBUM_NUMBER: _("taki numer albumu nie może istnieć"),
    Rejection.NOT_A_PESEL: _("to nie jest poprawny PESEL"),
    Rejection.NOT_AN_EMAIL: _("to nie jest adres e-mail"),
    Rejection.EMAIL_OF_OTHER_LETTERS: _("pod adres z polskimi znakami nie da się wysłać listu"),
    Rejection.NOT_A_CARD_NUMBER: _("to nie jest numer ELS"),
    Rejection.NOT_A_YEAR: _("to nie jest rok studiów (od 1 do 8)"),
    Rejection.NOT_YES_OR_NO: _("wpisz „tak” albo „nie”"),
    Rejection.LEVEL_UNKNOWN: _("nieznany stopień studiów"),
    Rejection.STATUS_UNKNOWN: _("nieznany status studenta"),
    Rejection.PESEL_OF_OTHER_BIRTH_DATE: _("PESEL nie zgadza się z datą urodzenia"),
    Rejection.TWICE_IN_FILE: _("to samo stoi w pliku w innym wierszu"),
    Rejection.CONTRADICTS_OTHER_ROW: _("inny wiersz tej osoby mówi co innego"),
    Rejection.PESEL_OF_ANOTHER: _("ten PESEL ma w rejestrze inna osoba"),
    Rejection.ALBUM_NUMBER_OF_ANOTHER: _("ten numer albumu ma w rejestrze inna osoba"),
    Rejection.CARD_OF_ANOTHER: _("tę ELS ma w rejestrze inna osoba"),
    Rejection.USER_NAME_TAKEN: _("na konto o tej nazwie loguje się ktoś inny"),
    Rejection.PROGRAMME_UNCLEAR: _("ta osoba ma kilka kierunków; podaj, o który chodzi"),
    Rejection.CARD_ENDS_BEFORE_ISSUE: _("ELS traci ważność przed dniem wydania"),
}


def file_refused(refused: FileRefused) -> str:
    """Why a file cannot be read, and where, if that is known."""
    words = str(FILE_FAULTS[refused.fault])
    return words if refused.row is None else str(_("Wiersz %(row)s: %(words)s", row=refused.row, words=words))


def header_refused(refused: HeaderRefused) -> str:
    """What is wrong with the columns of a file."""
    is_field = refused.fault is HeaderFault.COLUMN_MISSING
    column = str(FIELDS[Field(refused.column)]) if is_field else refused.column
    return str(HEADER_FAULTS[refused.fault]) % {"column": column}


def why_rejected(reason: Rejection, other_row: int | None) -> str:
    """Why a row is refused; where another row of the file stands in its way, which."""
    if other_row is None:
        return str(REJECTIONS[reason])
    if reason is Rejection.CONTRADICTS_OTHER_ROW:
        return str(_("wiersz %(row)d o tej samej osobie mówi co innego", row=other_row))
    return str(_("to samo stoi w pliku w wierszu %(row)d", row=other_row))


def rejection(fate: RowFate) -> tuple[str, str]:
    """Which column a refused row is refused for, and why."""
    assert fate.rejection is not None
    column = "" if fate.rejected_field is None else str(FIELDS[fate.rejected_field])
    return column, why_rejected(fate.rejection, fate.other_row)


def value(field: Field, kept: str | int | bool | None) -> str:
    """What a field says, from the form in which files and journal keep it."""
    if kept is None or kept == "":
        return str(_("brak"))
    if isinstance(kept, bool):
        return str(_("tak") if kept else _("nie"))
    if field in DAYS:
        return texts.day(date.fromisoformat(str(kept)))
    if field is Field.LEVEL:
        return studies_texts.level(Level(str(kept)))
    if field is Field.STATUS:
        return studies_texts.enrolment_status(EnrolmentStatus(str(kept)))
    return str(kept)
