"""Dates: semester ends, the confirmed date, end of entitlement and planned validity. All inclusive."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from portal.rules.policy import Basis, EndAfterRemoval, Policy
from portal.rules.student import (
    ENTITLING_LEVELS,
    RIGHTS_LOST,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    StudentFacts,
)

WINTER_ENDS = (3, 31)
SUMMER_ENDS = (10, 31)
WINTER_BEGINS = (10, 1)


def is_semester_end(day: date) -> bool:
    """Whether `day` is one on which validity ordinarily ends: 31 March or 31 October."""
    return (day.month, day.day) in {WINTER_ENDS, SUMMER_ENDS}


def proposed_until(on: date, policy: Policy) -> date:
    """The date an extension made `on` that day proposes.

    From 1 October to mid-February (`policy.summer_proposal_from`) the coming 31 March, after that 31 October.
    """
    month_day = (on.month, on.day)
    if month_day >= WINTER_BEGINS:
        return date(on.year + 1, *WINTER_ENDS)
    # A date that has passed is proposed under no setting.
    if month_day < policy.summer_proposal_from and month_day <= WINTER_ENDS:
        return date(on.year, *WINTER_ENDS)
    return date(on.year, *SUMMER_ENDS)


def confirmed_until(student: StudentFacts, policy: Policy) -> date | None:
    """The latest date until which the office confirmed the student, or None if it never did.

    Under `els` the date the plastic card carried when issued counts as the first confirmation.
    """
    days = [extension.until for extension in student.extensions]
    if policy.basis is Basis.ELS and student.card is not None:
        days.append(student.card.first_valid_until)
    return max(days, default=None)


def latest_extension(extensions: Iterable[ExtensionFacts]) -> ExtensionFacts | None:
    """The extension reaching furthest."""
    return max(extensions, key=lambda extension: extension.until, default=None)


def month_after(day: date) -> date:
    """The same day of the next month, or that month's last day."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_active(enrolment: EnrolmentFacts, policy: Policy, on: date) -> bool:
    """Whether `on` that day the person studies there, so that an order may be taken.

    Leave keeps student rights, and so does graduation until its last entitled day. A loss still to come takes
    nothing yet; from its day on no new order is taken, even where the document stays a month. Studies to
    which somebody returns on a day still to come are not active before it.
    """
    match enrolment.status:
        case EnrolmentStatus.ACTIVE:
            return enrolment.status_since <= on
        case EnrolmentStatus.ON_LEAVE:
            return True
        case EnrolmentStatus.PLANNED:
            return False
        case EnrolmentStatus.GRADUATED:
            end = last_entitled_day(enrolment, policy)
            return end is not None and on <= end
        case EnrolmentStatus.SUSPENDED | EnrolmentStatus.REMOVED | EnrolmentStatus.TRANSFERRED:
            return on < enrolment.status_since


def last_entitled_day(enrolment: EnrolmentFacts, policy: Policy) -> date | None:
    """The last day on which one enrolment entitles, or None while no end is known.

    Suspension, removal, transfer: that day, or a month later by policy. Graduation from second-cycle and
    uniform studies: the graduation day; from first-cycle studies: 31 October of that year, or the
    graduation day if later (Higher Education Act art. 74).
    """
    if enrolment.status in RIGHTS_LOST:
        if policy.end_after_removal is EndAfterRemoval.MONTH_LATER:
            return month_after(enrolment.status_since)
        return enrolment.status_since
    if enrolment.status is EnrolmentStatus.GRADUATED:
        if enrolment.level is Level.FIRST_CYCLE:
            return max(enrolment.status_since, date(enrolment.status_since.year, *SUMMER_ENDS))
        return enrolment.status_since
    return None


def last_entitling_enrolment(student: StudentFacts, policy: Policy) -> EnrolmentFacts | None:
    """The enrolment of an entitling level that lasts longest, or None; a planned one does not count yet."""
    return max(
        _entitling(student),
        key=lambda enrolment: last_entitled_day(enrolment, policy) or date.max,
        default=None,
    )


def end_of_entitlement(student: StudentFacts, policy: Policy) -> date | None:
    """The last day of a person's entitlement, or None while no end is known: that of the last entitling
    enrolment.

    Under `els` also the day on which the plastic card became void without a replacement. Studies whose oath
    is not approved give no rights and so prolong nothing. A person who never had an entitling enrolment has
    no entitlement at all; see `has_entitlement`.
    """
    ends = [last_entitled_day(enrolment, policy) for enrolment in _with_rights(student)]
    known = [end for end in ends if end is not None]
    studies_end = max(known) if known and len(known) == len(ends) else None
    card_end = student.card.void_on if policy.basis is Basis.ELS and student.card else None
    return min((end for end in (studies_end, card_end) if end is not None), default=None)


def has_entitlement(student: StudentFacts, policy: Policy, on: date) -> bool:
    """Whether what was ordered may still be held `on` that day; when not, it is revoked.

    A loss at once (removal and the like without the month's grace, a void card) counts from its first day;
    other ends are inclusive.
    """
    if policy.basis is Basis.ELS and student.card and student.card.void_on and student.card.void_on <= on:
        return False
    return any(_still_entitles(enrolment, policy, on) for enrolment in _with_rights(student))


def loses_entitlement_on(student: StudentFacts, policy: Policy, after: date) -> date | None:
    """The first day without entitlement, where that is known already and later than `after`; else None."""
    end = end_of_entitlement(student, policy)
    if end is None:
        return None
    first = end if not has_entitlement(student, policy, end) else end + timedelta(days=1)
    return first if first > after and has_entitlement(student, policy, first - timedelta(days=1)) else None


def planned_valid_until(student: StudentFacts, policy: Policy) -> date | None:
    """The date a document ordered now would carry: the earlier of the confirmed date and the end of
    entitlement.
    """
    confirmed = confirmed_until(student, policy)
    if confirmed is None:
        return None
    end = end_of_entitlement(student, policy)
    return confirmed if end is None else min(confirmed, end)


def _entitling(student: StudentFacts) -> list[EnrolmentFacts]:
    return [
        enrolment
        for enrolment in student.enrolments
        if enrolment.level in ENTITLING_LEVELS and enrolment.status is not EnrolmentStatus.PLANNED
    ]


def _with_rights(student: StudentFacts) -> list[EnrolmentFacts]:
    return [enrolment for enrolment in _entitling(student) if enrolment.oath_approved_on is not None]


def _still_entitles(enrolment: EnrolmentFacts, policy: Policy, on: date) -> bool:
    end = last_entitled_day(enrolment, policy)
    if end is None:
        return True
    if enrolment.status in RIGHTS_LOST and policy.end_after_removal is EndAfterRemoval.AT_ONCE:
        return on < end
    return on <= end
