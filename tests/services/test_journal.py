"""The journal forgets what was kept as long as it has to be, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import JournalEntry
from portal.services import journal
from portal.services.journal import Subject

pytestmark = pytest.mark.usefixtures("database")


def write(act: str, days_ago: int) -> None:
    with transaction():
        at = clock.real_now() - timedelta(days=days_ago)
        journal.record(act, Subject.STUDENT, "somebody", actor=None, at=at)


def test_only_entries_past_their_time_are_forgotten() -> None:
    write("old", 731)
    write("young", 729)

    assert journal.forget_before(clock.real_now() - timedelta(days=730)) == 1

    assert db.session.scalars(select(JournalEntry.act)).all() == ["young"]
    assert journal.forget_before(clock.real_now() - timedelta(days=730)) == 0
