"""Who a row is about: a student the register knows, somebody new, or a mix-up of two people."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from portal.services.imports.columns import Field, folded
from portal.services.imports.present import KnownStudent, Present
from portal.services.imports.records import Record
from portal.services.imports.values import Rejection, Value


@dataclass(slots=True)
class Person:
    """Rows about one person; `student` is None for somebody new."""

    records: list[Record]
    student: KnownStudent | None

    def values(self) -> dict[Field, Value]:
        """What the rows that are still good say together; rows of one person never contradict each other."""
        merged: dict[Field, Value] = {}
        for record in self.records:
            if record.rejection is None:
                merged.update(record.values)
        return merged

    @property
    def pesel_index(self) -> bytes | None:
        return next((record.pesel_index for record in self.records if record.pesel_index), None)

    def reject(self, rejection: Rejection, field: Field) -> None:
        """Refuse all rows of this person."""
        for record in self.records:
            record.reject(rejection, field)


def match_people(groups: Sequence[list[Record]], present: Present) -> list[Person]:
    """Find every group of rows in the register; groups that turn out to be one student refuse each other."""
    albums_in_file = {record.album_number for records in groups for record in records}
    people = [_match(records, present, albums_in_file) for records in groups]
    claims: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.student is not None:
            claims[person.student.id].append(person)
    for claiming in claims.values():
        if len(claiming) > 1:
            for person in claiming:
                person.reject(Rejection.TWICE_IN_FILE, Field.ALBUM_NUMBER)
    return [person for person in people if any(record.rejection is None for record in person.records)]


def _match(records: list[Record], present: Present, albums_in_file: set[str | None]) -> Person:
    """1. Album number and PESEL of two students: refused.
    2. A known album number with another surname *and* another birth date: refused, numbers are not reused.
    3. A known PESEL with a new album number: that student changed the number, unless the old one is in the file, too,
       or the names say otherwise.
    """
    person = Person(records, None)
    album = next((record.album_number for record in records if record.album_number), None)
    pesel = person.pesel_index
    by_album = present.by_album.get(album) if album else None
    by_pesel = present.by_pesel.get(pesel) if pesel else None
    person.student = by_album or by_pesel
    if by_album is not None:
        if by_pesel is not None and by_pesel is not by_album:
            person.reject(Rejection.PESEL_OF_ANOTHER, Field.PESEL)
        elif _differs(person, Field.SURNAME) and _differs(person, Field.BIRTH_DATE):
            person.reject(Rejection.ALBUM_NUMBER_OF_ANOTHER, Field.ALBUM_NUMBER)
    elif by_pesel is not None and album and by_pesel.album_number:
        same_name = not (_differs(person, Field.SURNAME) and _differs(person, Field.FIRST_NAMES))
        if by_pesel.album_number in albums_in_file or not same_name:
            person.reject(Rejection.PESEL_OF_ANOTHER, Field.PESEL)
    return person


def _differs(person: Person, field: Field) -> bool:
    said = person.records[0].values.get(field)
    known = getattr(person.student, field)
    return said is not None and folded(str(said)) != folded(str(known))


def named_students(records: Sequence[Record], present: Present) -> set[str]:
    """The students any row names, refused rows included: they are not missing from the file."""
    named: set[str] = set()
    for record in records:
        by_album = present.by_album.get(record.album_number or "")
        by_pesel = present.by_pesel.get(record.pesel_index or b"")
        named.update(known.id for known in (by_album, by_pesel) if known is not None)
    return named
