"""Finding students by numbers somebody typed, scanned or exported: album numbers and plastic cards' numbers.

People write spaces and dashes, scanners add signs and line ends, spreadsheets eat leading zeros. What was given is
taken as it is first; a number that could then mean two people means nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from portal.extensions import db
from portal.models.cards import ElsCard, number_key
from portal.models.people import Student
from portal.services.row_sets import one_of

MOST_DIGITS = 12


class NumberUnknown(Exception):
    """No student has this album or card number."""


class NumberUnclear(Exception):
    """More than one student could be meant by this number: `students`, by name."""

    def __init__(self, students: Sequence[Student]) -> None:
        super().__init__()
        self.students = students


def student_with(text: str) -> str:
    """The id of the student who has this album or card number. Raises NumberUnknown, NumberUnclear."""
    given = readable(text)
    meant = _meant_by([given])[given] if given else set()
    if not meant:
        raise NumberUnknown
    if len(meant) > 1:
        named = select(Student).where(one_of(Student.id, meant)).order_by(Student.sort_name, Student.id)
        raise NumberUnclear(db.session.scalars(named).all())
    return next(iter(meant))


def is_card_of_another(text: str, student_id: str) -> bool:
    """Whether this number stands on a card of somebody other than the student to whom it led."""
    key = number_key(readable(text))
    holders = _holders_of({key, *(_spellings(key) if key.isdecimal() else ())})
    return any(who != student_id for several in holders.values() for who in several)


def owners_of_albums(numbers: Iterable[str]) -> dict[str, str]:
    """The students with these album numbers (`readable` ones), by number; unknown and unclear ones are left out."""
    return _clear(_meant_by_albums(list(numbers)))


def owners_of(numbers: Iterable[str]) -> dict[str, str]:
    """The students with these album or card numbers (`readable` ones), by number; an album number comes first."""
    return _clear(_meant_by(list(numbers)))


def readable(text: str) -> str:
    """The number without what surrounds it: blanks, line ends, the signs scanners put around it."""
    if text.isalnum():
        return text
    inside = [place for place, sign in enumerate(text) if sign.isalnum()]
    return text[inside[0] : inside[-1] + 1] if inside else ""


def _clear(meant: Mapping[str, set[str]]) -> dict[str, str]:
    return {number: next(iter(who)) for number, who in meant.items() if len(who) == 1}


def _meant_by_albums(wanted: Sequence[str]) -> dict[str, set[str]]:
    owners = _exactly(wanted)
    spellings = {number: _spellings(number) for number in wanted if number not in owners}
    likely = _exactly({spelling for several in spellings.values() for spelling in several})
    meant = {number: {who} for number, who in owners.items()}
    for number, several in spellings.items():
        meant[number] = {likely[spelling] for spelling in several if spelling in likely}
    return meant


def _meant_by(wanted: Sequence[str]) -> dict[str, set[str]]:
    meant = _meant_by_albums(wanted)
    keys = {number: number_key(number) for number in wanted if len(meant[number]) != 1}
    likely = {number: _spellings(key) if key.isdecimal() else set() for number, key in keys.items()}
    holders = _holders_of({*keys.values(), *(key for several in likely.values() for key in several)})
    for number, key in keys.items():
        held = holders.get(key) or {who for one in likely[number] for who in holders.get(one, ())}
        meant[number] = held if len(held) == 1 else meant[number] | held
    return meant


def _exactly(numbers: Iterable[str]) -> dict[str, str]:
    rows = db.session.execute(
        select(Student.album_number, Student.id).where(one_of(Student.album_number, numbers))
    )
    return {number: who for number, who in rows if number is not None}


def _spellings(number: str) -> set[str]:
    """Other ways in which the same album number may stand in the register."""
    bare = number_key(number)
    if not bare.isdecimal():
        return {bare, bare.lower(), number.upper(), number.lower()}
    digits = bare.lstrip("0")
    return {digits.zfill(length) for length in range(len(digits), MOST_DIGITS + 1)}


def _holders_of(keys: Iterable[str]) -> Mapping[str, set[str]]:
    """Who has or had a card of each of these keys."""
    rows = db.session.execute(
        select(ElsCard.number_key, ElsCard.student_id).where(one_of(ElsCard.number_key, keys))
    )
    holders: dict[str, set[str]] = defaultdict(set)
    for key, who in rows:
        holders[key].add(who)
    return holders
