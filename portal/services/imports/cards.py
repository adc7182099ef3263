"""A row's plastic card beside the one the student holds: the same, corrected, or a replacement."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.models.cards import number_key
from portal.services.imports.columns import Field
from portal.services.imports.plan import Change, Plan
from portal.services.imports.present import KnownCard, KnownStudent, Present
from portal.services.imports.values import Rejection, Unusable, Value


@dataclass(frozen=True, slots=True)
class CardDifference:
    """What a row changes about the card. `known`: the one held until now; a new one makes it void."""

    row: dict[str, Any]
    changes: tuple[Change, ...] = ()
    is_new: bool = False
    known: KnownCard | None = None

    def plan_for(self, plan: Plan, student_id: str) -> None:
        """Plan the new card and the end of the old one, or the correction."""
        if self.is_new:
            plan.cards.append({"id": plan.next_id(), "student_id": student_id, **self.row})
            if self.known is not None:
                plan.void_cards.append({"key": self.known.id, "void_on": self.row["issued_on"]})
        elif self.changes and self.known is not None:
            plan.changed_cards.append({"key": self.known.id, **self.row})


def compare_card(
    values: dict[Field, Value], student: KnownStudent | None, present: Present, on: date
) -> CardDifference:
    """What the file says about the card; a number the student held before and that is void is old news.

    A new number needs the date the card is valid until; without a date of issue it was issued on day `on`.
    Raises Unusable.
    """
    number = values.get(Field.CARD_NUMBER)
    if number is None:
        return CardDifference({})
    held = student.card if student is not None else None
    if held is not None and held.card_number == number:
        return _correction(held, values)
    holder = present.card_holders.get(str(number))
    if holder is not None:
        if student is None or holder != student.id:
            raise Unusable(Rejection.CARD_OF_ANOTHER, Field.CARD_NUMBER)
        return CardDifference({})
    if Field.CARD_VALID_UNTIL not in values:
        raise Unusable(Rejection.VALUE_MISSING, Field.CARD_VALID_UNTIL)
    row = _row(str(number), values.get(Field.CARD_ISSUED_ON, on), values[Field.CARD_VALID_UNTIL])
    old = held.card_number if held is not None else None
    return CardDifference(row, (Change(Field.CARD_NUMBER, old, number),), is_new=True, known=held)


def _correction(held: KnownCard, values: dict[Field, Value]) -> CardDifference:
    issued_on = values.get(Field.CARD_ISSUED_ON, held.issued_on)
    until = values.get(Field.CARD_VALID_UNTIL, held.first_valid_until)
    changes = [
        Change(field, old, new)
        for field, old, new in (
            (Field.CARD_ISSUED_ON, held.issued_on, issued_on),
            (Field.CARD_VALID_UNTIL, held.first_valid_until, until),
        )
        if old != new
    ]
    if not changes:
        return CardDifference({}, known=held)
    return CardDifference(_row(held.card_number, issued_on, until), tuple(changes), known=held)


def _row(number: str, issued_on: Value, until: Value) -> dict[str, Any]:
    assert isinstance(issued_on, date)
    assert isinstance(until, date)
    if until < issued_on:
        raise Unusable(Rejection.CARD_ENDS_BEFORE_ISSUE, Field.CARD_VALID_UNTIL)
    return {
        "card_number": number,
        "number_key": number_key(number),
        "issued_on": issued_on,
        "first_valid_until": until,
    }
