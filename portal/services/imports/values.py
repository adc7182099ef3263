"""What the cells of a register say: text, numbers, days, levels, statuses; or why a cell says nothing usable."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from stdnum.exceptions import ValidationError
from stdnum.pl import pesel as pesel_numbers

from portal.rules.email import can_be_mailed
from portal.rules.student import EnrolmentStatus, Level
from portal.services.imports.columns import Field, folded


class Rejection(StrEnum):
    """Why a row is not taken."""

    VALUE_MISSING = "value_missing"
    TEXT_TOO_LONG = "text_too_long"
    NOT_A_DATE = "not_a_date"
    NOT_AN_ALBUM_NUMBER = "not_an_album_number"
    NOT_A_PESEL = "not_a_pesel"
    NOT_AN_EMAIL = "not_an_email"
    EMAIL_OF_OTHER_LETTERS = "email_of_other_letters"
    NOT_A_CARD_NUMBER = "not_a_card_number"
    NOT_A_YEAR = "not_a_year"
    NOT_YES_OR_NO = "not_yes_or_no"
    LEVEL_UNKNOWN = "level_unknown"
    STATUS_UNKNOWN = "status_unknown"
    PESEL_OF_OTHER_BIRTH_DATE = "pesel_of_other_birth_date"
    TWICE_IN_FILE = "twice_in_file"
    CONTRADICTS_OTHER_ROW = "contradicts_other_row"
    PESEL_OF_ANOTHER = "pesel_of_another"
    ALBUM_NUMBER_OF_ANOTHER = "album_number_of_another"
    CARD_OF_ANOTHER = "card_of_another"
    USER_NAME_TAKEN = "user_name_taken"
    PROGRAMME_UNCLEAR = "programme_unclear"
    CARD_ENDS_BEFORE_ISSUE = "card_ends_before_issue"


class Unusable(Exception):
    """A cell or a row cannot be taken; `field` names the column it is about."""

    def __init__(self, rejection: Rejection, field: Field | None = None) -> None:
        super().__init__(rejection.value)
        self.rejection = rejection
        self.field = field


Value = str | int | bool | date | Level | EnrolmentStatus | None
"""What a cell can mean; None and "" erase what the register has."""

ERASE = "-"
LONGEST = {
    Field.FIRST_NAMES: 100,
    Field.SURNAME: 100,
    Field.FACULTY: 120,
    Field.PROGRAMME: 120,
    Field.GROUP_NAME: 40,
}
_ALBUM_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,19}")
_CARD_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_-]{0,39}")
_EMAIL = re.compile(r"[^@\s<>\",;:]{1,64}@[^@\s<>\",;:]{1,180}\.[^@\s<>\",;:.]{2,}")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_YEARS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


def _words(**lists: str) -> dict[str, str]:
    return {
        folded(word): meaning for meaning, words in lists.items() for word in (meaning, *words.split(","))
    }


_LEVELS = _words(
    first_cycle="1,I,I stopień,I stopnia,studia I stopnia,pierwszego stopnia,studia pierwszego stopnia,1 stopnia,"
    "1 stopień,licencjackie,licencjat,inżynierskie,bachelor",
    second_cycle="2,II,II stopień,II stopnia,studia II stopnia,drugiego stopnia,studia drugiego stopnia,2 stopnia,"
    "2 stopień,magisterskie uzupełniające,uzupełniające magisterskie,master",
    uniform="jednolite,jednolite magisterskie,studia jednolite magisterskie,jednolite studia magisterskie,JM",
    doctoral="doktoranckie,III stopień,III stopnia,studia III stopnia,szkoła doktorska,3,III,PhD",
    postgraduate="podyplomowe,studia podyplomowe",
)
_STATUSES = _words(
    planned="planowany,przyjęty,rekrutacja",
    active="aktywny,student,studiuje,A,wpisany,studentka,aktywna",
    on_leave="urlop,urlop dziekański,na urlopie,leave",
    suspended="zawieszony,zawieszona,zawieszony w prawach",
    graduated="absolwent,absolwentka,ukończył,ukończone,ukończenie studiów,dyplom",
    removed="skreślony,skreślona,skreślenie,rezygnacja",
    transferred="przeniesiony,przeniesiona,przeniesienie",
)
_FLAGS = {folded(word): True for word in ("tak", "t", "1", "yes", "y", "true", "prawda", "x")} | {
    folded(word): False for word in ("nie", "n", "0", "no", "false", "fałsz")
}


def clean(cell: str) -> str:
    """The text of a cell: one form for the same letters, single blanks, nothing invisible around it."""
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    return " ".join(text.split())


def parse(field: Field, text: str, album_digits: int) -> Value:
    """What a cleaned, non-empty cell of that column means. Raises Unusable."""
    if field is Field.ALBUM_NUMBER:
        return _album_number(text, album_digits)
    return _PARSERS[field](field, text)


def _album_number(text: str, digits: int) -> str:
    if not _ALBUM_NUMBER.fullmatch(text):
        raise Unusable(Rejection.NOT_AN_ALBUM_NUMBER, Field.ALBUM_NUMBER)
    # A spreadsheet takes a number of digits for a figure and eats its leading zeros.
    return text.zfill(digits) if text.isdecimal() else text


def _pesel(field: Field, text: str) -> str:
    text = text.zfill(11) if len(text) == 10 else text
    try:
        number: str = pesel_numbers.validate(text)
    except ValidationError:
        raise Unusable(Rejection.NOT_A_PESEL, field) from None
    return number


def birth_date_in(pesel: str) -> date:
    """The day of birth a valid PESEL speaks of."""
    day: date = pesel_numbers.get_birth_date(pesel)
    return day


def _text(field: Field, text: str) -> str:
    if field is Field.GROUP_NAME and text == ERASE:
        return ""
    if len(text) > LONGEST[field]:
        raise Unusable(Rejection.TEXT_TOO_LONG, field)
    return text


def _day(field: Field, text: str) -> date | None:
    if text == ERASE and field is Field.OATH_APPROVED_ON:
        return None
    written = _ISO.fullmatch(text)
    parts = written.groups() if written else None
    if parts is None and (written := _DAY_FIRST.fullmatch(text)):
        parts = written.groups()[::-1]
    try:
        day = date(*map(int, parts)) if parts else None
    except ValueError:
        day = None
    if day is None or not 1800 <= day.year <= 2199:
        raise Unusable(Rejection.NOT_A_DATE, field)
    return day


def _email(field: Field, text: str) -> str | None:
    if text == ERASE:
        return None
    if not _EMAIL.fullmatch(text) or not can_be_mailed(text):
        is_one_elsewhere = not text.isascii() and _EMAIL.fullmatch(text)
        raise Unusable(
            Rejection.EMAIL_OF_OTHER_LETTERS if is_one_elsewhere else Rejection.NOT_AN_EMAIL, field
        )
    return text


def _card_number(field: Field, text: str) -> str:
    if not _CARD_NUMBER.fullmatch(text):
        raise Unusable(Rejection.NOT_A_CARD_NUMBER, field)
    return text


def _year(field: Field, text: str) -> int:
    year = int(text) if len(text) == 1 and text.isdecimal() else _YEARS.get(text.lower(), 0)
    if not 1 <= year <= 8:
        raise Unusable(Rejection.NOT_A_YEAR, field)
    return year


def _flag(field: Field, text: str) -> bool:
    if (said := _FLAGS.get(folded(text))) is None:
        raise Unusable(Rejection.NOT_YES_OR_NO, field)
    return said


def _level(field: Field, text: str) -> Level:
    if (meaning := _LEVELS.get(folded(text))) is None:
        raise Unusable(Rejection.LEVEL_UNKNOWN, field)
    return Level(meaning)


def _status(field: Field, text: str) -> EnrolmentStatus:
    if (meaning := _STATUSES.get(folded(text))) is None:
        raise Unusable(Rejection.STATUS_UNKNOWN, field)
    return EnrolmentStatus(meaning)


_PARSERS: Mapping[Field, Callable[[Field, str], Value]] = {
    Field.PESEL: _pesel,
    Field.FIRST_NAMES: _text,
    Field.SURNAME: _text,
    Field.BIRTH_DATE: _day,
    Field.EMAIL: _email,
    Field.FEES_UNPAID: _flag,
    Field.YEAR_NOT_CLOSED: _flag,
    Field.CARD_NUMBER: _card_number,
    Field.CARD_ISSUED_ON: _day,
    Field.CARD_VALID_UNTIL: _day,
    Field.FACULTY: _text,
    Field.PROGRAMME: _text,
    Field.LEVEL: _level,
    Field.YEAR: _year,
    Field.GROUP_NAME: _text,
    Field.STATUS: _status,
    Field.STATUS_SINCE: _day,
    Field.BEGINS_ON: _day,
    Field.OATH_APPROVED_ON: _day,
}
