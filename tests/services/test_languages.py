"""The language a student chose."""

import pytest
from flask_sqlalchemy import SQLAlchemy

from portal.extensions import db
from portal.models.people import Student
from portal.rules.language import Language
from portal.services.languages import choose_language, chosen_language
from tests.people import make_student


def test_who_never_chose_has_no_choice_not_even_polish(database: SQLAlchemy) -> None:
    assert chosen_language(make_student().id) is None


def test_choosing_polish_is_a_choice(database: SQLAlchemy) -> None:
    student_id = make_student().id
    choose_language(student_id, Language.POLISH)
    assert chosen_language(student_id) is Language.POLISH
    assert db.session.get_one(Student, student_id).revision == 2


def test_a_choice_is_kept_and_open_pages_notice(database: SQLAlchemy) -> None:
    student_id = make_student().id
    choose_language(student_id, Language.ENGLISH)
    assert chosen_language(student_id) is Language.ENGLISH
    assert db.session.get_one(Student, student_id).revision == 2


@pytest.mark.parametrize("language", Language)
def test_the_same_choice_again_is_no_change(database: SQLAlchemy, language: Language) -> None:
    student_id = make_student().id
    choose_language(student_id, language)
    before = db.session.get_one(Student, student_id).revision
    choose_language(student_id, language)
    assert db.session.get_one(Student, student_id).revision == before
