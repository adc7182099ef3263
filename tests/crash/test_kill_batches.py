"""kill -9 in the middle of a bulk extension and of its undo: everything or nothing."""

from functools import partial

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch
from tests.crash.conftest import Deployment
from tests.crash.dying import whole_or_nothing
from tests.people import make_office, make_student

STUDENTS = 40


def standing() -> tuple[int, int, int]:
    """How many extensions stand, how many are undone, and how many batches are applied and not undone."""
    db.session.rollback()
    extensions = select(func.count()).select_from(CardExtension)
    return (
        db.session.scalar(extensions.where(CardExtension.undone_at.is_(None))) or 0,
        db.session.scalar(extensions.where(CardExtension.undone_at.is_not(None))) or 0,
        db.session.scalar(select(func.count()).select_from(Batch).where(Batch.undone_at.is_(None))) or 0,
    )


@pytest.mark.usefixtures("database")
def test_a_batch_and_its_undo_happen_whole_or_not_at_all_at_every_statement(deployment: Deployment) -> None:
    make_office()
    for _ in range(STUDENTS):
        make_student(extended_until=None)

    extended = (STUDENTS, 0, 1)
    act = partial(whole_or_nothing, deployment, "crashing_batch")
    act("extend", standing, before=(0, 0, 0), after=extended)
    act("undo", standing, before=extended, after=(0, STUDENTS, 0))
    assert deployment.promises() == []
