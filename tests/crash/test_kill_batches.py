"""kill -9 in the middle of a bulk extension and of its undo: everything or nothing."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch
from tests.crash.conftest import Deployment
from tests.ministry_server import ROOT
from tests.people import make_office, make_student

STUDENTS = 40
MOST_POINTS = 80


def act(deployment: Deployment, what: str, crash_at: int) -> int:
    """Run the act in a process of its own; answers its exit code."""
    command = [sys.executable, "-m", "tests.crash.crashing_batch", str(deployment.instance), what]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"CRASH_AT": str(crash_at)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, -9}, done.stderr.decode()
    return done.returncode


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

    died = _run_until_it_survives(deployment, "extend", before=(0, 0, 0), after=(STUDENTS, 0, 1))
    assert died > 3, "an act of so few statements is not the whole act"

    _run_until_it_survives(deployment, "undo", before=(STUDENTS, 0, 1), after=(0, STUDENTS, 0))
    assert deployment.promises() == []


def _run_until_it_survives(
    deployment: Deployment, what: str, *, before: tuple[int, int, int], after: tuple[int, int, int]
) -> int:
    """n = 1, 2, 3 … Nothing may be there after a death, all of it after the run that lived; answers the deaths."""
    for n in range(1, MOST_POINTS):
        code = act(deployment, what, n)
        assert standing() == (after if code == 0 else before), f"{what}, point {n}"
        if code == 0:
            return n - 1
    pytest.fail("the act never ended")
