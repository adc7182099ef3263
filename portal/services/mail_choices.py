"""Which mail a student wants and in which language: their own switches."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select

from portal.database import transaction
from portal.extensions import db
from portal.models.notices import MailChoice
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import MUTED_AT_FIRST, NoticeKind
from portal.services.languages import chosen_language
from portal.services.register import note_change


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What a student chose.

    `language`: None while they never chose; letters go out in Polish then. `address`: where mail goes, None while the
    office knows of none.
    """

    wanted: frozenset[NoticeKind]
    language: Language | None
    address: str | None = field(repr=False)


def choices_of(student_id: str) -> MailChoices:
    """What this student chose, with the first setting of every kind they said nothing about."""
    student = db.session.get_one(Student, student_id)
    said = dict(
        db.session.execute(
            select(MailChoice.kind, MailChoice.wanted).where(MailChoice.student_id == student_id)
        ).all()
    )
    return MailChoices(
        wanted=frozenset(kind for kind in NoticeKind if said.get(kind, kind not in MUTED_AT_FIRST)),
        language=chosen_language(student_id),
        address=student.email,
    )


def choose(student_id: str, wanted: Collection[NoticeKind], language: Language | None) -> None:
    """Keep what the student wants: mail of these kinds and no others, in that language; None leaves it as it is."""
    rows = [{"student_id": student_id, "kind": kind, "wanted": kind in wanted} for kind in NoticeKind]
    with transaction() as session:
        session.execute(delete(MailChoice).where(MailChoice.student_id == student_id))
        session.execute(insert(MailChoice), rows)
        if language is not None:
            session.get_one(Student, student_id).language = language
        note_change(student_id)
