"""Reading the register for thousands of students at once: a few queries, however many students.

Two forms. `facts_of_many` answers what `register.facts_of` answers for each student. `alike` puts students together
about whom the office knows the same, so that a rule is asked once for each group: ids and photos, which the rule
about extensions does not look at, are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Executable, Subquery, func, select, update

from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.people import Enrolment, Photo, PhotoSubmission, Student
from portal.rules.student import (
    CardFacts,
    EnrolmentFacts,
    ExtensionFacts,
    PhotoFacts,
    StudentFacts,
    SubmissionStatus,
)
from portal.services.register import blockers_of
from portal.services.row_sets import NUMBER, TEXT, one_of, rows

_STANDING = CardExtension.undone_at.is_(None)
_ENROLMENT = (
    Enrolment.level,
    Enrolment.status,
    Enrolment.status_since,
    Enrolment.begins_on,
    Enrolment.oath_approved_on,
)
_CARD = (ElsCard.issued_on, ElsCard.first_valid_until, ElsCard.void_on)
_FLAGS = (
    Student.pesel_sealed.is_not(None),
    Student.album_number.is_not(None),
    Student.personal_data_changed_on,
    Student.fees_unpaid,
    Student.year_not_closed,
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Students about whom the rule of extensions knows the same; `members`: id and revision of each."""

    facts: StudentFacts
    members: tuple[tuple[str, int], ...]


def facts_of_many(ids: Iterable[str]) -> dict[str, StudentFacts]:
    """What the rules need to know about each of these students, by student id."""
    wanted = list(ids)
    enrolments = _gathered(
        select(Enrolment.student_id, Enrolment.id, *_ENROLMENT)
        .where(one_of(Enrolment.student_id, wanted))
        .order_by(Enrolment.begins_on, Enrolment.id)
    )
    cards = _gathered(_cards(wanted))
    extensions = _gathered(
        select(CardExtension.student_id, CardExtension.id, CardExtension.until)
        .where(one_of(CardExtension.student_id, wanted), _STANDING)
        .order_by(CardExtension.until)
    )
    submissions = _latest_submissions(wanted)
    students = select(Student.id, *_FLAGS, Photo.width, Photo.height, Photo.size)
    rows = _read(students.outerjoin(Student.photo).where(one_of(Student.id, wanted)))
    return {
        row[0]: _facts(
            row[1:6],
            tuple(EnrolmentFacts(*one) for one in enrolments[row[0]]),
            _latest_card(cards[row[0]]),
            tuple(ExtensionFacts(*one) for one in extensions[row[0]]),
            photo=None if row[6] is None else PhotoFacts(*row[6:9]),
            submission=submissions.get(row[0]),
        )
        for row in rows
    }


def alike(ids: Iterable[str]) -> list[Alike]:
    """These students in groups about which an extension asks the same; unknown ids are left out."""
    groups: dict[tuple[Any, ...], list[tuple[str, int]]] = defaultdict(list)
    for (who, revision), found in groupby(_read(_for_extension(list(ids))), key=itemgetter(0, 1)):
        groups[tuple(row[2:] for row in found)].append((who, revision))
    return [Alike(_facts_of_group(key), tuple(members)) for key, members in groups.items()]


def as_seen(revisions: Mapping[str, int]) -> Subquery:
    """Revisions as `moved_since` takes them; made before the transaction, since making them takes as long as asking."""
    return rows(list(revisions.items()), {"id": TEXT, "revision": NUMBER})


def moved_since(seen: Subquery) -> list[str]:
    """The students about whom something changed since these revisions (see `as_seen`) were read."""
    changed = (
        select(seen.c.id).join(Student, Student.id == seen.c.id).where(Student.revision != seen.c.revision)
    )
    return list(db.session.scalars(changed))


def note_changes(ids: Iterable[str]) -> None:
    """Count a change that each of these students can see (`register.note_change` for many)."""
    db.session.execute(
        update(Student)
        .where(one_of(Student.id, ids))
        .values(revision=Student.revision + 1)
        .execution_options(synchronize_session=False)
    )


def _read(query: Executable) -> Sequence[Any]:
    # Plain rows: the unit of work has no part in them.
    return db.session.connection().execute(query).all()


def _gathered(query: Executable) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of `query` without their first column, the student, by which they are gathered."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in _read(query):
        found[row[0]].append(row[1:])
    return found


def _cards(ids: list[str]) -> Executable:
    return select(ElsCard.student_id, *_CARD).where(one_of(ElsCard.student_id, ids))


def _latest_submissions(ids: list[str]) -> dict[str, SubmissionStatus]:
    oldest_first = (
        select(PhotoSubmission.student_id, PhotoSubmission.status)
        .where(one_of(PhotoSubmission.student_id, ids))
        .order_by(PhotoSubmission.submitted_at, PhotoSubmission.id.desc())
    )
    return dict(_read(oldest_first))


def _latest_card(cards: Iterable[tuple[Any, ...]]) -> CardFacts | None:
    """A valid card wins over void ones; among void ones the last to become void."""
    return max((CardFacts(*card) for card in cards), key=lambda card: card.void_on or date.max, default=None)


def _for_extension(ids: list[str]) -> Executable:
    """One row for each student, enrolment and card; a student's rows stand together."""
    furthest = (
        select(func.max(CardExtension.until))
        .where(CardExtension.student_id == Student.id, _STANDING)
        .scalar_subquery()
    )
    return (
        select(Student.id, Student.revision, furthest, *_FLAGS, *_ENROLMENT, *_CARD)
        .outerjoin(Enrolment, Enrolment.student_id == Student.id)
        .outerjoin(ElsCard, ElsCard.student_id == Student.id)
        .where(one_of(Student.id, ids))
        .order_by(Student.id)
    )


def _facts_of_group(found: tuple[tuple[Any, ...], ...]) -> StudentFacts:
    extended_until, *flags = found[0][:6]
    enrolments = dict.fromkeys(row[6:11] for row in found if row[6] is not None)
    cards = dict.fromkeys(row[11:] for row in found if row[11] is not None)
    return _facts(
        tuple(flags),
        tuple(EnrolmentFacts("", *one) for one in enrolments),
        _latest_card(cards),
        () if extended_until is None else (ExtensionFacts("", extended_until),),
    )


def _facts(
    flags: tuple[Any, ...],
    enrolments: tuple[EnrolmentFacts, ...],
    card: CardFacts | None,
    extensions: tuple[ExtensionFacts, ...],
    *,
    photo: PhotoFacts | None = None,
    submission: SubmissionStatus | None = None,
) -> StudentFacts:
    has_pesel, has_album_number, changed_on, fees_unpaid, year_not_closed = flags
    return StudentFacts(
        enrolments=enrolments,
        has_pesel=has_pesel,
        has_album_number=has_album_number,
        photo=photo,
        card=card,
        extensions=extensions,
        personal_data_changed_on=changed_on,
        blockers=blockers_of(fees_unpaid=fees_unpaid, year_not_closed=year_not_closed),
        latest_submission=submission,
    )
