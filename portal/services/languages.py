"""The language a student chose for pages and mail."""

from portal.database import transaction
from portal.extensions import db
from portal.models.people import Student
from portal.rules.language import Language
from portal.services.register import note_change


def language_of(student_id: str) -> Language:
    """The language this student chose last; Polish for who never chose."""
    return Language(db.session.get_one(Student, student_id).language)


def choose_language(student_id: str, language: Language) -> None:
    """From now on pages and mail speak this language to the student; the same once more changes nothing."""
    if language_of(student_id) is language:
        return
    with transaction() as session:
        session.get_one(Student, student_id).language = language
        note_change(student_id)
