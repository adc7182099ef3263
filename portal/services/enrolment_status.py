"""The office changes where a student stands in one programme, and what ends with it is revoked in the same act."""

from dataclasses import replace
from datetime import date, datetime

from portal.database import transaction
from portal.extensions import db
from portal.models.people import Enrolment
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentFacts, EnrolmentStatus
from portal.services import journal
from portal.services.entitlement import Ending, revoke_ended, would_revoke
from portal.services.journal import Subject
from portal.services.order_contents import follow_register
from portal.services.register import note_change


class StatusMoved(Exception):
    """Somebody changed the status since the form was opened; nothing was written. `present`: what it is now."""

    def __init__(self, present: EnrolmentStatus) -> None:
        super().__init__(present.value)
        self.present = present


def would_end_with(
    enrolment: Enrolment, status: EnrolmentStatus, since: date, policy: Policy, *, at: datetime
) -> Ending:
    """What the university would revoke, at once or later, if this enrolment took `status` on day `since`."""

    def after(student_id: str, present: tuple[EnrolmentFacts, ...]) -> tuple[EnrolmentFacts, ...]:
        return tuple(
            replace(one, status=status, status_since=since) if one.id == enrolment.id else one
            for one in present
        )

    return would_revoke([enrolment.student_id], after, policy, at=at)


def change_status(
    enrolment_id: str,
    status: EnrolmentStatus,
    since: date,
    policy: Policy,
    *,
    seen: EnrolmentStatus,
    actor: str,
    at: datetime,
) -> int:
    """Write the new status as of `since` (possibly a day to come); answers how many orders were revoked with it.

    The same status of the same day is no change, and nothing is written. `seen`: the status the form showed.
    Raises StatusMoved.
    """
    with transaction() as session:
        enrolment = session.get_one(Enrolment, enrolment_id, populate_existing=True)
        if (status, since) == (enrolment.status, enrolment.status_since):
            return 0  # the second of two clicks
        if enrolment.status is not seen:
            raise StatusMoved(enrolment.status)
        before = {"status": enrolment.status.value, "since": str(enrolment.status_since)}
        enrolment.status, enrolment.status_since = status, since
        session.flush()
        note_change(enrolment.student_id)
        journal.record(
            "status_changed",
            Subject.STUDENT,
            enrolment.student_id,
            actor=actor,
            at=at,
            details={"before": before, "after": {"status": status.value, "since": str(since)}},
        )
        revoked = revoke_ended([enrolment.student_id], policy, actor=actor, at=at)
        follow_register(enrolment.student, policy, at)
        return revoked


def enrolment_of(enrolment_id: str) -> Enrolment | None:
    """The enrolment, or None."""
    return db.session.get(Enrolment, enrolment_id)
