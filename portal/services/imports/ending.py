"""What an import would end: enrolments as they would be after it, for those who hold an order or a document."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from portal import clock
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentFacts
from portal.services.entitlement import Ending, would_revoke
from portal.services.imports.applying import removals
from portal.services.imports.plan import Plan

DECISIVE = ("level", "status", "status_since", "begins_on", "oath_approved_on")


def would_end(plan: Plan, policy: Policy, *, at: datetime) -> Ending:
    """What the university would revoke by this plan, at once or later (students missing from it included)."""
    changed = {row["key"]: row for row in [*plan.changed_enrolments, *removals(plan, clock.day_of(at))]}
    added: dict[str, list[EnrolmentFacts]] = defaultdict(list)
    for row in plan.enrolments:
        decisive: dict[str, Any] = {name: row.get(name) for name in DECISIVE}
        added[row["student_id"]].append(EnrolmentFacts(row["id"], **decisive))

    def after(student_id: str, present: tuple[EnrolmentFacts, ...]) -> tuple[EnrolmentFacts, ...]:
        return (*(_changed(one, changed.get(one.id, {})) for one in present), *added[student_id])

    touched = [*plan.touched, *(student.id for student in plan.missing)]
    return would_revoke(touched, after, policy, at=at)


def _changed(enrolment: EnrolmentFacts, row: dict[str, Any]) -> EnrolmentFacts:
    values = {name: row.get(name, getattr(enrolment, name)) for name in DECISIVE}
    return EnrolmentFacts(enrolment.id, **values)
