"""Whom a bulk extension leaves out, by name, so that the office sees it before it decides."""

from dataclasses import dataclass, field

from sqlalchemy import select

from portal.extensions import db
from portal.models.people import Student
from portal.rules.reasons import ExtensionRefusal
from portal.services.extension_fates import ExtensionPreview
from portal.services.row_sets import one_of


@dataclass(frozen=True, slots=True)
class NamedStudent:
    """As much of a student as a list needs."""

    id: str
    album_number: str | None = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Those left out for one reason: how many, and the first of them in Polish order."""

    refusal: ExtensionRefusal
    count: int
    named: tuple[NamedStudent, ...] = field(repr=False)


def left_out(preview: ExtensionPreview, *, most: int) -> list[LeftOut]:
    """Everybody who will not be extended, at most `most` names for each reason.

    Most frequent reason first; those for whom there is nothing to do, last.
    """
    by_reason: dict[ExtensionRefusal, list[str]] = {}
    for who, refusal in preview.refusals.items():
        if refusal is not None:
            by_reason.setdefault(refusal, []).append(who)
    ordered = sorted(by_reason.items(), key=_rank)
    return [LeftOut(refusal, len(ids), _named(ids, most)) for refusal, ids in ordered]


def _rank(one: tuple[ExtensionRefusal, list[str]]) -> tuple[bool, int, str]:
    refusal, ids = one
    return refusal is ExtensionRefusal.ALREADY_EXTENDED, -len(ids), refusal.value


def _named(ids: list[str], most: int) -> tuple[NamedStudent, ...]:
    rows = db.session.execute(
        select(Student.id, Student.album_number, Student.first_names, Student.surname)
        .where(one_of(Student.id, ids))
        .order_by(Student.sort_name, Student.id)
        .limit(most)
    )
    return tuple(NamedStudent(*row) for row in rows)
