"""Finding students by numbers somebody typed, scanned or exported: album numbers and plastic cards' numbers.

People write spaces and dashes, scanners add signs and line ends, spreadsheets eat leading zeros. What was given is
taken as it is first; a number that could then mean two people means nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from portal.extensions import db
from portal.models.cards import ElsCard, number_key
from portal.models.people import Student
from portal.services.row_sets import one_of

MOST_DIGITS = 12


class NumberUnknown(Exception):
    """No student has this album or card number, or more than one could be meant."""


def student_with(text: str) -> str:
    """The id of the student who has this album or card number. Raises NumberUnknown."""
    given = readable(text)
    found = owners_of_albums([given]).get(given) or _owner_of_card(given)
    if not given or found is None:
        raise NumberUnknown
    return found


def owners_of_albums(numbers: Iterable[str]) -> dict[str, str]:
    """The students with these album numbers (`readable` ones), by number; unknown and unclear ones are left out."""
    wanted = list(numbers)
    owners = _exactly(wanted)
    spellings = {number: _spellings(number) for number in wanted if number not in owners}
    likely = _exactly({spelling for several in spellings.values() for spelling in several})
    for number, several in spellings.items():
        meant = {likely[spelling] for spelling in several if spelling in likely}
        if len(meant) == 1:
            owners[number] = meant.pop()
    return owners


def readable(text: str) -> str:
    """The number without what surrounds it: blanks, line ends, the signs scanners put around it."""
    if text.isalnum():
        return text
    inside = [place for place, sign in enumerate(text) if sign.isalnum()]
    return text[inside[0] : inside[-1] + 1] if inside else ""


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


def _owner_of_card(number: str) -> str | None:
    key = number_key(number)
    keys = {key} | (_spellings(key) if key.isdecimal() else set())
    rows = db.session.execute(
        select(ElsCard.number_key, ElsCard.student_id).where(one_of(ElsCard.number_key, keys))
    )
    holders: Mapping[str, set[str]] = defaultdict(set)
    for found, who in rows:
        holders["exactly" if found == key else "likely"].add(who)
    meant = holders["exactly"] or holders["likely"]
    return meant.pop() if len(meant) == 1 else None
