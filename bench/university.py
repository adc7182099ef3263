"""A university of any size in a database of its own, for measuring: one enrolment and one plastic card each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from portal import clock, create_app
from portal.database import transaction
from portal.demo.catalogue import PROGRAMMES
from portal.demo.names import invent_birth, invent_name
from portal.extensions import db
from portal.keys import create_keys
from portal.models.accounts import Account, Role
from portal.models.base import new_id
from portal.models.cards import ElsCard
from portal.models.people import Enrolment, Student
from portal.rules.policy import Basis, Policy
from portal.rules.student import ENTITLING_LEVELS, EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services import passwords
from portal.services.deployment import prepare_database
from portal.services.polish_order import sort_name
from portal.settings import Settings
from portal.settings_groups import University

POLICY = Policy(basis=Basis.ELS)
UNTIL = proposed_until(clock.today(), POLICY)
OFFICE = "office"
WITH_CARD = [programme for programme in PROGRAMMES if programme.level in ENTITLING_LEVELS]
FIRST_ALBUM_NUMBER = 100_000


@contextmanager
def university(instance: Path, students: int) -> Iterator[Path]:
    """The application on a new SQLite database with so many students, inside its context; answers the file."""
    create_keys(instance)
    database = instance / "portal.sqlite"
    settings = Settings(
        instance=instance,
        database_url=f"sqlite:///{database}",
        public_url="http://localhost",
        demo=True,
        university=University(name="Akademia Pomiarów"),
        policy=POLICY,
    )
    app = create_app(settings, check=False)
    with app.app_context():
        prepare_database(demo=True)
        _fill(students)
        yield database
        db.session.remove()
        db.engine.dispose()


def _fill(students: int) -> None:
    people, enrolments, cards = [], [], []
    for number in range(students):
        student = _student(number)
        people.append(student)
        enrolments.append(_enrolment(number, student["id"]))
        cards.append(_card(number, student["id"]))
    with transaction() as session:
        session.add(
            Account(
                id=OFFICE,
                user_name="dziekanat",
                display_name="Dziekanat",
                password_hash=passwords.make_hash(new_id()),
                role=Role.STAFF,
            )
        )
        session.flush()
        session.execute(insert(Student), people)
        session.execute(insert(Enrolment), enrolments)
        session.execute(insert(ElsCard), cards)


def _student(number: int) -> dict[str, Any]:
    name = invent_name(number)
    return {
        "id": new_id(),
        "album_number": str(FIRST_ALBUM_NUMBER + number),
        "first_names": name.first_names,
        "surname": name.surname,
        "sort_name": sort_name(name.surname, name.first_names),
        "birth_date": invent_birth(number),
    }


def _enrolment(number: int, student_id: str) -> dict[str, Any]:
    programme = WITH_CARD[number % len(WITH_CARD)]
    # Groups stay as large as groups are, however large the university.
    group = number // len(WITH_CARD) // 25
    year = number % programme.years
    began = date(clock.today().year - 1 - year, 10, 1)
    return {
        "id": new_id(),
        "student_id": student_id,
        "faculty": programme.faculty,
        "programme": programme.name,
        "level": programme.level,
        "year": 1 + year,
        "group_name": f"{programme.code}-{group}",
        "status": EnrolmentStatus.ACTIVE,
        "status_since": began,
        "begins_on": began,
        "oath_approved_on": began + timedelta(days=number % 4),
    }


def _card(number: int, student_id: str) -> dict[str, Any]:
    issued = date(clock.today().year - 1, 10, 1) + timedelta(days=number % 40)
    return {
        "id": new_id(),
        "student_id": student_id,
        "card_number": f"ELS-{FIRST_ALBUM_NUMBER + number}",
        "issued_on": issued,
        "first_valid_until": proposed_until(issued, POLICY),
    }
