"""Rows become records: what each says about one student and one programme, or why it is refused."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden

from portal.services.imports.columns import OF_PERSON, Columns, Field, folded
from portal.services.imports.values import Rejection, Unusable, Value, birth_date_in, clean, parse
from portal.services.tables import Row

CARD_FIELDS = (Field.CARD_NUMBER, Field.CARD_ISSUED_ON, Field.CARD_VALID_UNTIL)


@dataclass(slots=True)
class Record:
    """One row. A field the row says nothing about is not among `values`; `pesel_index`: the PESEL's fingerprint.

    `other_row`: which row stands in its way, where it is refused because of one.
    """

    number: int
    values: dict[Field, Value] = hidden(repr=False)
    pesel_index: bytes | None = None
    rejection: Rejection | None = None
    rejected_field: Field | None = None
    other_row: int | None = None

    @property
    def album_number(self) -> str | None:
        return self.values.get(Field.ALBUM_NUMBER)  # type: ignore[return-value]  # what `parse` made of that column

    def reject(
        self, rejection: Rejection, field: Field | None = None, others: Iterable["Record"] = ()
    ) -> None:
        """Refuse the row, because of the first of `others` if it is one of them; the first reason stays."""
        if self.rejection is None:
            self.rejection, self.rejected_field = rejection, field
            self.other_row = next((one.number for one in others if one is not self), None)


def read_records(
    rows: Iterable[Row],
    columns: Columns,
    album_digits: int,
    index: Callable[[str], bytes],
    progress: Callable[[int], None] = lambda done: None,
) -> list[Record]:
    """Every row after the header; cells that repeat are understood once. `index`: fingerprint of a PESEL.

    `progress` is called with how many are read.
    """
    places = sorted(columns.places.items(), key=lambda item: list(Field).index(item[0]))
    understood: list[tuple[Field, int, dict[str, Value | Unusable]]] = [
        (field, place, {}) for field, place in places
    ]
    records = []
    for row in rows:
        if row.number <= columns.begins_after:
            continue
        record = Record(row.number, {})
        width = len(row.cells)
        for field, place, known in understood:
            cell = row.cells[place] if place < width else ""
            if not cell:
                continue
            value = known.get(cell, _UNSEEN)
            if value is _UNSEEN:
                value = known[cell] = _understand(field, cell, album_digits)
            if isinstance(value, Unusable):
                record.reject(value.rejection, value.field)
            elif value is not _NOTHING:
                record.values[field] = value
        _check_person(record, index)
        records.append(record)
        progress(len(records))
    return records


def _understand(field: Field, cell: str, album_digits: int) -> "Value | Unusable":
    text = clean(cell)
    if not text:
        return _NOTHING
    try:
        return parse(field, text, album_digits)
    except Unusable as reason:
        return reason


_UNSEEN: Value = "\x00 not met before"
_NOTHING: Value = "\x00 a blank cell"


def _check_person(record: Record, index: Callable[[str], bytes]) -> None:
    values = record.values
    pesel = values.get(Field.PESEL)
    if isinstance(pesel, str):
        record.pesel_index = index(pesel)
        born = birth_date_in(pesel)
        if values.setdefault(Field.BIRTH_DATE, born) != born:
            record.reject(Rejection.PESEL_OF_OTHER_BIRTH_DATE, Field.PESEL)
    elif Field.ALBUM_NUMBER not in values:
        record.reject(Rejection.VALUE_MISSING, Field.ALBUM_NUMBER)


def refuse_contradictions(records: Sequence[Record]) -> list[list[Record]]:
    """Refuse rows that cannot all be true, each of them; answer the others, those of one person together.

    1. One PESEL with two album numbers, one album number with two PESELs: nobody knows whose they are.
    2. One person, two rows that differ in what a person has only one of.
    3. One programme of one person twice. One plastic card with two people.
    """
    albums_of: defaultdict[bytes, set[str]] = defaultdict(set)
    pesels_of: defaultdict[str, set[bytes]] = defaultdict(set)
    for record in records:
        if record.album_number and record.pesel_index:
            albums_of[record.pesel_index].add(record.album_number)
            pesels_of[record.album_number].add(record.pesel_index)
    with_album, with_pesel = _rows_by_number(records, albums_of, pesels_of)
    people: defaultdict[str | bytes, list[Record]] = defaultdict(list)
    for record in records:
        album, pesel = record.album_number, record.pesel_index
        if album and len(pesels_of.get(album, ())) > 1:
            others = [one for one in with_album[album] if one.pesel_index != pesel]
            record.reject(Rejection.TWICE_IN_FILE, Field.ALBUM_NUMBER, others)
        if pesel and len(albums_of.get(pesel, ())) > 1:
            others = [one for one in with_pesel[pesel] if one.album_number != album]
            record.reject(Rejection.TWICE_IN_FILE, Field.PESEL, others)
        if pesel and not album:
            album = next(iter(albums_of.get(pesel, ())), None)
        if record.rejection is None:
            people[album or pesel or b""].append(record)
    for same in people.values():
        if len(same) > 1:
            _compare_rows_of_one_person(same)
    _refuse_shared_cards(people.values())
    kept = ([record for record in same if record.rejection is None] for same in people.values())
    return [same for same in kept if same]


def _rows_by_number(
    records: Sequence[Record],
    albums_of: Mapping[bytes, set[str]],
    pesels_of: Mapping[str, set[bytes]],
) -> tuple[Mapping[str, list[Record]], Mapping[bytes, list[Record]]]:
    """The rows of the numbers that contradict each other: few, also in a large file."""
    with_album: defaultdict[str, list[Record]] = defaultdict(list)
    with_pesel: defaultdict[bytes, list[Record]] = defaultdict(list)
    for record in records:
        if record.album_number and len(pesels_of.get(record.album_number, ())) > 1:
            with_album[record.album_number].append(record)
        if record.pesel_index and len(albums_of.get(record.pesel_index, ())) > 1:
            with_pesel[record.pesel_index].append(record)
    return with_album, with_pesel


def _compare_rows_of_one_person(records: Sequence[Record]) -> None:
    for field in OF_PERSON:
        said = {record.values[field] for record in records if field in record.values}
        if len(said) > 1:
            for record in records:
                own = record.values.get(field)
                others = [one for one in records if one.values.get(field, own) != own]
                record.reject(Rejection.CONTRADICTS_OTHER_ROW, field, others)
    programmes = Counter(programme_of(record) for record in records)
    for record in records:
        if programmes[programme_of(record)] > 1:
            others = [one for one in records if programme_of(one) == programme_of(record)]
            record.reject(Rejection.TWICE_IN_FILE, Field.PROGRAMME, others)


def _refuse_shared_cards(people: Iterable[Sequence[Record]]) -> None:
    holders: defaultdict[Value, list[Sequence[Record]]] = defaultdict(list)
    for same in people:
        for number in {
            record.values[Field.CARD_NUMBER] for record in same if Field.CARD_NUMBER in record.values
        }:
            holders[number].append(same)
    for sharing in holders.values():
        if len(sharing) > 1:
            for same in sharing:
                others = [record for group in sharing if group is not same for record in group]
                for record in same:
                    record.reject(Rejection.TWICE_IN_FILE, Field.CARD_NUMBER, others)


def programme_of(record: Record) -> tuple[str, Value]:
    """What tells one programme of a person from another: its name and level."""
    return folded(str(record.values.get(Field.PROGRAMME, ""))), record.values.get(Field.LEVEL)
