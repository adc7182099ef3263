"""What an extension needs: may the office confirm this student until that date."""

from datetime import date

from portal.rules.policy import Basis, Policy
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import ENTITLING_LEVELS, Blocker, EnrolmentStatus, Level, StudentFacts
from portal.rules.validity import (
    confirmed_until,
    is_active,
    is_semester_end,
    last_entitled_day,
    last_entitling_enrolment,
)


def check_extension(
    student: StudentFacts, until: date, legal_basis: str | None, policy: Policy, on: date
) -> ExtensionRefusal | None:
    """Why the office may not confirm `student` until `until` on day `on`, or None if it may.

    What is wrong with the date itself comes first, so that a whole list gets the same answer;
    `ALREADY_EXTENDED` means that there is nothing to do, blockers or not. `legal_basis`: what the office
    typed, for a date that is not an ordinary end of a semester.
    """
    if until < on:
        return ExtensionRefusal.DATE_PASSED
    if not is_semester_end(until) and not (legal_basis and legal_basis.strip()):
        return ExtensionRefusal.LEGAL_BASIS_MISSING
    if not any(e.level in ENTITLING_LEVELS and is_active(e, policy, on) for e in student.enrolments):
        return ExtensionRefusal.NOT_ENTITLED
    if policy.basis is Basis.ELS and not _holds_valid_card(student, on):
        return ExtensionRefusal.NO_VALID_CARD
    ceiling = extension_ceiling(student, policy)
    if ceiling is not None and until > ceiling:
        return ExtensionRefusal.BEYOND_ENTITLEMENT
    confirmed = confirmed_until(student, policy)
    if confirmed is not None and confirmed >= until:
        return ExtensionRefusal.ALREADY_EXTENDED
    return _blocked(student, policy)


def extension_ceiling(student: StudentFacts, policy: Policy) -> date | None:
    """The date beyond which a first-cycle graduate is never extended, or None where there is no such ceiling.

    Other known ends are no ceiling: the ordinary date is confirmed and the planned validity takes the
    earlier one.
    """
    last = last_entitling_enrolment(student, policy)
    if last is None or last.level is not Level.FIRST_CYCLE or last.status is not EnrolmentStatus.GRADUATED:
        return None
    return last_entitled_day(last, policy)


def _blocked(student: StudentFacts, policy: Policy) -> ExtensionRefusal | None:
    if policy.block_unpaid_fees and Blocker.FEES_UNPAID in student.blockers:
        return ExtensionRefusal.FEES_UNPAID
    if policy.block_unclosed_year and Blocker.YEAR_NOT_CLOSED in student.blockers:
        return ExtensionRefusal.YEAR_NOT_CLOSED
    return None


def _holds_valid_card(student: StudentFacts, on: date) -> bool:
    return student.card is not None and (student.card.void_on is None or on < student.card.void_on)
