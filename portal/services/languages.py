"""The language a student chose for pages and mail."""

from portal.database import transaction
from portal.extensions import db
from portal.models.people import Student
from portal.rules.language import Language
from portal.services.register import note_change


def chosen_language(student_id: str) -> Language | None:
    """The language this student chose last; None for who never chose."""
    chosen = db.session.get_one(Student, student_id).language
    return None if chosen is None else Language(chosen)


def choose_language(student_id: str, language: Language) -> None:
    """From now on pages and mail speak this language to the student; the same once more changes nothing."""
    if chosen_language(student_id) is language:
        return
    with transaction() as session:
        session.get_one(Student, student_id).language = language
        note_change(student_id)
