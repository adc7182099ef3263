"""What lists of students can be narrowed to: faculties, programmes and groups that somebody studies in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.extensions import db
from portal.models.people import Enrolment
from portal.services.polish_order import sort_prefix

MOST_GROUPS = 500


@dataclass(frozen=True, slots=True)
class Offered:
    """Each in Polish order; `programmes` and `groups` are those of the faculty and programme already chosen."""

    faculties: tuple[str, ...]
    programmes: tuple[str, ...]
    groups: tuple[str, ...]


def offered(faculty: str | None = None, programme: str | None = None) -> Offered:
    """What there is to choose from, given what is chosen; at most MOST_GROUPS groups."""
    pairs = db.session.execute(select(Enrolment.faculty, Enrolment.programme).distinct()).all()
    groups = select(Enrolment.group_name).distinct().order_by(Enrolment.group_name).limit(MOST_GROUPS)
    if faculty is not None:
        groups = groups.where(Enrolment.faculty == faculty)
    if programme is not None:
        groups = groups.where(Enrolment.programme == programme)
    return Offered(
        faculties=_in_order(pair.faculty for pair in pairs),
        programmes=_in_order(pair.programme for pair in pairs if faculty in {None, pair.faculty}),
        groups=_in_order(db.session.scalars(groups)),
    )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: (_natural(name), name)))


def _natural(name: str) -> list[tuple[str, int]]:
    """Letters in Polish order, numbers by their size: group 2 before group 10."""
    pieces = re.findall(r"(\D*)(\d*)", name)
    return [(sort_prefix(words), int(digits or -1)) for words, digits in pieces]
