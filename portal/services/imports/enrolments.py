"""One row's programme beside the student's enrolments: the same, changed, or new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.rules.policy import Policy
from portal.rules.student import EnrolmentStatus
from portal.services.imports.columns import OF_ENROLMENT, Field
from portal.services.imports.plan import Change, Plan
from portal.services.imports.present import KnownEnrolment, latest_of
from portal.services.imports.records import Record, programme_of
from portal.services.imports.values import Rejection, Unusable, Value

NEEDED = (Field.FACULTY, Field.PROGRAMME, Field.LEVEL, Field.YEAR)


@dataclass(frozen=True, slots=True)
class EnrolmentDifference:
    """What a row changes about one enrolment; `known` is None where the row adds one."""

    known: KnownEnrolment | None
    row: dict[str, Any]
    changes: tuple[Change, ...]

    def plan_for(self, plan: Plan, student_id: str) -> None:
        """Plan the new or changed row of the table."""
        if self.known is None:
            plan.enrolments.append({"id": plan.next_id(), "student_id": student_id, **self.row})
        elif self.changes:
            plan.changed_enrolments.append({"key": self.known.id, **self.row})


def compare_enrolment(
    record: Record, enrolments: Sequence[KnownEnrolment], policy: Policy, on: date, taken: set[str]
) -> EnrolmentDifference:
    """Find the enrolment a row speaks of and what it changes; `taken`: ids that other rows spoke of already.

    Programme and level say which; with several, the day studies began, else the latest. A status that changes without
    a date of its own changes on day `on`. Raises Unusable.
    """
    known = _spoken_of(record, enrolments)
    if known is None:
        row = _new_row(record.values, policy, on)
        return EnrolmentDifference(None, row, (Change(Field.PROGRAMME, None, row["programme"]),))
    if known.id in taken:
        raise Unusable(Rejection.TWICE_IN_FILE, Field.PROGRAMME)
    taken.add(known.id)
    values = record.values
    changes = [
        Change(field, getattr(known, field), values[field])
        for field in OF_ENROLMENT
        if field in values and values[field] != getattr(known, field)
    ]
    if not changes:
        return EnrolmentDifference(known, {}, ())
    if any(change.field is Field.STATUS for change in changes) and Field.STATUS_SINCE not in values:
        changes.append(Change(Field.STATUS_SINCE, known.status_since, on))
    row = {field.value: getattr(known, field) for field in OF_ENROLMENT}
    row.update({change.field.value: change.new for change in changes})
    return EnrolmentDifference(known, row, tuple(changes))


def _spoken_of(record: Record, enrolments: Sequence[KnownEnrolment]) -> KnownEnrolment | None:
    values = record.values
    if Field.PROGRAMME in values:
        name, level = programme_of(record)
        found = latest_of(enrolments, name, level)
    elif len(enrolments) <= 1:
        found = list(enrolments)
    else:
        raise Unusable(Rejection.PROGRAMME_UNCLEAR, Field.PROGRAMME)
    begun_then = [one for one in found if one.begins_on == values.get(Field.BEGINS_ON)]
    candidates = begun_then or found
    return candidates[-1] if candidates else None


def _new_row(values: dict[Field, Value], policy: Policy, on: date) -> dict[str, Any]:
    for needed in NEEDED:
        if needed not in values:
            raise Unusable(Rejection.VALUE_MISSING, needed)
    year = values[Field.YEAR]
    assert isinstance(year, int)
    status = values.get(Field.STATUS, EnrolmentStatus.ACTIVE)
    begins_on = values.get(Field.BEGINS_ON) or _usual_beginning(year, status, policy, on)
    ended = status not in {EnrolmentStatus.PLANNED, EnrolmentStatus.ACTIVE}
    return {
        **{needed.value: values[needed] for needed in NEEDED},
        "group_name": values.get(Field.GROUP_NAME, ""),
        "status": status,
        "status_since": values.get(Field.STATUS_SINCE) or (on if ended else begins_on),
        "begins_on": begins_on,
        "oath_approved_on": values.get(Field.OATH_APPROVED_ON),
    }


def _usual_beginning(year: int, status: Value, policy: Policy, on: date) -> date:
    """The first day of the studies of somebody who is now in that year; planned ones begin with the next one."""
    this_year = date(on.year, *policy.studies_begin)
    if status is EnrolmentStatus.PLANNED:
        return this_year if this_year > on else date(on.year + 1, *policy.studies_begin)
    last_beginning = this_year if this_year <= on else date(on.year - 1, *policy.studies_begin)
    return date(last_beginning.year - year + 1, *policy.studies_begin)
