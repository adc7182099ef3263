"""Filling a demonstration: the invented university in one transaction, the sandbox ministry to match it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from portal import clock
from portal.database import transaction
from portal.demo import order_rows, rows
from portal.demo.accounts import PASSWORD
from portal.demo.fates import generated_students
from portal.demo.histories import past_orders
from portal.demo.ministry_side import Issued, seed_sandbox
from portal.demo.orders import DemoOrder
from portal.demo.presence import is_filled
from portal.demo.situations import situation_orders, situation_students
from portal.demo.student import DemoStudent
from portal.models.people import Student
from portal.rules.policy import Policy
from portal.services import passwords
from portal.settings import Settings


def fill(sandbox_url: str, token: str) -> bool:
    """Write the invented university into this instance and the sandbox at `sandbox_url`; False if somebody was faster.

    1. Invent everybody and what they ordered, as of now.
    2. Place their requests in the sandbox, which makes up codes and card numbers. Keys are the same at every
       filling, so one that was cut off is simply done again.
    3. Write all rows of the portal in one transaction.

    Raises SandboxSilent; NotADemonstration outside a demonstration.
    """
    settings: Settings = current_app.extensions["settings"]
    at = clock.now()
    students, orders = invent(at, settings.policy)
    issued = seed_sandbox(sandbox_url, token, orders)
    password_hash = passwords.make_hash(PASSWORD)
    with transaction() as session:
        if is_filled():
            return False
        _write_people(session, students, password_hash, at)
        _write_orders(session, orders, issued, at)
    return True


def invent(at: datetime, policy: Policy) -> tuple[list[DemoStudent], list[DemoOrder]]:
    """Everybody at the invented university, and all that was ever ordered, as of that moment."""
    situations, others = situation_students(at, policy), generated_students(at, policy)
    orders = situation_orders(situations, at, policy)
    for student in others:
        orders += past_orders(student, at, policy)
    return [*situations.values(), *others], orders


def _write_people(
    session: scoped_session[Session], students: Sequence[DemoStudent], password_hash: str, at: datetime
) -> None:
    # Parents first: the tables know each other by foreign keys, not all by relationships.
    session.add_all(rows.photo_rows(students, at))
    session.flush()
    session.add_all([rows.student_row(student) for student in students])
    session.flush()
    session.add_all(rows.account_rows(students, password_hash))
    session.flush()
    for student in students:
        session.add_all(rows.enrolment_rows(student))
        session.add_all(rows.card_rows(student))
        session.add_all(rows.extension_rows(student))
    session.flush()


def _write_orders(
    session: scoped_session[Session],
    orders: Sequence[DemoOrder],
    issued: Mapping[str, Issued],
    at: datetime,
) -> None:
    for order in orders:
        student = session.get_one(Student, order.student.id)
        student.revision += len(order.events)
        session.add(order_rows.order_row(order, student, issued.get(order.id), at))
    session.flush()
    for order in orders:
        session.add_all(order_rows.event_rows(order))
        session.add_all(order_rows.attempt_rows(order))
