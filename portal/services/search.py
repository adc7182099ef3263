"""Finding students by album number, card number or the beginning of a surname, in Polish order, page by page.

A letter typed without its mark stands for all its forms (`zolc` finds `Żółć`); typed with it, for that form alone.
The list is kept in order by `students.sort_name`, so each spelling the typed letters may mean is one stretch of an
index. Which spellings there are is found letter by letter, dropping at once those nobody bears; then the stretches
are read in their order until the page is full. What is read does not grow with the number of students.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Executable, select

from portal.extensions import db
from portal.models.cards import ElsCard, number_key
from portal.models.people import Student
from portal.services.numbers import readable
from portal.services.polish_order import sort_prefix
from portal.services.row_sets import TEXT, rows

PAGE = 20
LONGEST = 60
_FORMS = {"a": "aą", "c": "cć", "e": "eę", "l": "lł", "n": "nń", "o": "oó", "s": "sś", "z": "zźż"}
# Behind every digit and letter of a number or key, in every database's order.
_BEHIND = "zz"
_STUDENTS = select(Student.id, Student.album_number, Student.first_names, Student.surname, Student.sort_name)


@dataclass(frozen=True, slots=True)
class Found:
    """A student on a page of results."""

    id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    sort_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Some results, and whether there are `more`; `next_after` continues behind them where names were looked for."""

    students: Sequence[Found]
    more: bool
    next_after: tuple[str, str] | None


def search(text: str, *, after: tuple[str, str] | None = None, size: int = PAGE) -> Page:
    """The students meant by `text`: a number if it holds a digit, else the beginning of a surname.

    `after` is the `next_after` of the page before; short or unreadable texts find nobody.
    """
    text = " ".join(text.split())[:LONGEST]
    if any(sign.isdigit() for sign in text):
        return _with_number(text, size)
    found: list[Found] = []
    for prefix in _spellings(text):
        found += _with_name(prefix, after, size + 1 - len(found))
        if len(found) > size:
            last = found[size - 1]
            return Page(found[:size], more=True, next_after=(last.sort_name, last.id))
    return Page(found, more=False, next_after=None)


def _with_number(text: str, size: int) -> Page:
    """Album numbers that begin so, then card numbers, each in their own order; for more, one types another digit."""
    number, key = readable(text), number_key(text)
    albums = _STUDENTS.where(Student.album_number >= number, Student.album_number < number + _BEHIND)
    found = _found(albums.order_by(Student.album_number).limit(size + 1))
    if len(found) <= size:
        cards = _STUDENTS.join(ElsCard, ElsCard.student_id == Student.id).where(
            ElsCard.number_key >= key, ElsCard.number_key < key + _BEHIND
        )
        found += _found(cards.order_by(ElsCard.number_key).limit(size + 1))
    found = list(dict.fromkeys(found))
    return Page(found[:size], more=len(found) > size, next_after=None)


def _spellings(text: str) -> list[str]:
    """The sort keys of all spellings of this beginning that somebody bears, in order."""
    spellings = [""]
    for sign in text.casefold():
        keys = {key for form in _FORMS.get(sign, sign) for key in _keys(form)}
        if keys:
            spellings = _borne([spelling + key for spelling in spellings for key in sorted(keys)])
    return spellings if spellings != [""] else []


def _keys(form: str) -> set[str]:
    # A blank ends the surname, or stands between its two parts.
    return {"00", "01"} if form.isspace() else {sort_prefix(form)} - {""}


def _borne(prefixes: list[str]) -> list[str]:
    """Those of these beginnings that somebody's name has."""
    given = rows([(prefix,) for prefix in prefixes], {"prefix": TEXT})
    somebody = (
        select(Student.id)
        .where(Student.sort_name >= given.c.prefix, Student.sort_name < given.c.prefix + _BEHIND)
        .exists()
    )
    return sorted(db.session.scalars(select(given.c.prefix).where(somebody)))


def _with_name(prefix: str, after: tuple[str, str] | None, size: int) -> list[Found]:
    query = _STUDENTS.where(Student.sort_name >= prefix, Student.sort_name < prefix + _BEHIND)
    if after is not None:
        name, student_id = after
        behind = (Student.sort_name > name) | ((Student.sort_name == name) & (Student.id > student_id))
        query = query.where(Student.sort_name >= name, behind)
    return _found(query.order_by(Student.sort_name, Student.id).limit(size))


def _found(query: Executable) -> list[Found]:
    return [Found(*row) for row in db.session.execute(query)]
