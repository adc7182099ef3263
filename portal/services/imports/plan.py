"""What an import found and what it would write: the fates of all rows, and rows ready for the database."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from enum import StrEnum
from typing import Any

from portal.models.base import new_id
from portal.models.sealed import Keyring
from portal.services.imports.columns import Field
from portal.services.imports.present import KnownStudent
from portal.services.imports.values import Rejection, Value
from portal.services.passwords import NOTHING_FITS
from portal.services.polish_order import sort_name

Rows = list[dict[str, Any]]
IDS_AT_ONCE = 1_000


class Fate(StrEnum):
    """What becomes of one row of the file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after. A PESEL is never among the values: only that it changed."""

    field: Field
    old: Value = kept(repr=False)
    new: Value = kept(repr=False)


@dataclass(frozen=True, slots=True)
class RowFate:
    """The fate of row `number` (as the spreadsheet counts).

    `other_row`: the row because of which this one is refused. `introduced`: name, programme and year of somebody new.
    """

    number: int
    fate: Fate
    album_number: str | None = kept(default=None, repr=False)
    changes: tuple[Change, ...] = ()
    rejection: Rejection | None = None
    rejected_field: Field | None = None
    other_row: int | None = None
    introduced: tuple[str, str, str] | None = kept(default=None, repr=False)


@dataclass(slots=True)
class Plan:
    """Rows to write, table by table; nothing in it needs another look at the file.

    `told`: what changes about each student the register knows, with the programme it is about (None: the person or
    the card), for the journal.
    """

    students: Rows = kept(default_factory=list)
    accounts: Rows = kept(default_factory=list)
    enrolments: Rows = kept(default_factory=list)
    cards: Rows = kept(default_factory=list)
    changed_students: Rows = kept(default_factory=list)
    changed_pesels: Rows = kept(default_factory=list)
    changed_accounts: Rows = kept(default_factory=list)
    changed_enrolments: Rows = kept(default_factory=list)
    changed_cards: Rows = kept(default_factory=list)
    void_cards: Rows = kept(default_factory=list)
    touched: dict[str, int] = kept(default_factory=dict)
    missing: list[KnownStudent] = kept(default_factory=list)
    ids: list[str] = kept(default_factory=list)
    told: dict[str, list[tuple[str | None, Change]]] = kept(default_factory=dict, repr=False)

    def tell(self, student_id: str, changes: Sequence[Change], programme: str | None = None) -> None:
        """Note what changes about a student, for the journal."""
        self.told.setdefault(student_id, []).extend((programme, change) for change in changes)

    def next_id(self) -> str:
        """A fresh id, higher than the last ones: rows in the order of their keys are written much faster."""
        if not self.ids:
            self.ids = sorted((new_id() for _ in range(IDS_AT_ONCE)), reverse=True)
        return self.ids.pop()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write, missing students apart."""
        return not (self.students or self.accounts or self.touched)


def new_student(plan: Plan, values: dict[Field, Value], pesel_index: bytes | None, keys: Keyring) -> str:
    """Plan a student with an account to come (see `slips.issue_slips`); answers the id."""
    student_id = plan.next_id()
    pesel = values.get(Field.PESEL)
    plan.students.append(
        {
            "id": student_id,
            "album_number": values.get(Field.ALBUM_NUMBER),
            "first_names": values[Field.FIRST_NAMES],
            "surname": values[Field.SURNAME],
            "sort_name": sort_name(str(values[Field.SURNAME]), str(values[Field.FIRST_NAMES])),
            "birth_date": values[Field.BIRTH_DATE],
            "pesel_sealed": keys.seal(str(pesel), pesel_place(student_id)) if pesel else None,
            "pesel_index": pesel_index,
            "email": values.get(Field.EMAIL),
            "fees_unpaid": values.get(Field.FEES_UNPAID, False),
            "year_not_closed": values.get(Field.YEAR_NOT_CLOSED, False),
            "revision": 1,
        }
    )
    return student_id


def new_account(plan: Plan, student_id: str, album_number: str, first_names: str, surname: str) -> None:
    """Plan an account nobody can sign in to before a slip is issued for it."""
    plan.accounts.append(
        {
            "id": plan.next_id(),
            "user_name": album_number.lower(),
            "display_name": f"{first_names} {surname}"[:120],
            "password_hash": NOTHING_FITS,
            "role": "student",
            "student_id": student_id,
            "must_change_password": True,
        }
    )


def pesel_place(student_id: str) -> str:
    """Where a student's PESEL is sealed to: the same place the model's own column names."""
    return f"students.pesel_sealed.{student_id}"


def count(fates: Sequence[RowFate]) -> Counter[Fate]:
    """How many rows have which fate."""
    return Counter(one.fate for one in fates)


def fingerprint(content: bytes, fates: Sequence[RowFate], missing: Sequence[KnownStudent]) -> str:
    """The same as long as the file and every row's fate are the same."""
    digest = hashlib.sha256(hashlib.sha256(content).digest())
    for one in fates:
        changes = [(change.field.value, str(change.old), str(change.new)) for change in one.changes]
        digest.update(f"{one.number} {one.fate} {one.rejection} {changes}\n".encode())
    digest.update("".join(sorted(one.id for one in missing)).encode())
    return digest.hexdigest()
