"""Who may order: facts about a student become conditions, each met or not, and one answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.rules.order_status import OrderStatus
from portal.rules.photo import why_no_photo
from portal.rules.policy import Basis, Policy, Renewal
from portal.rules.reasons import REMEDIES, OrderRefusal, Reason, Remedy
from portal.rules.student import (
    ENTITLING_LEVELS,
    EnrolmentFacts,
    EnrolmentStatus,
    StudentFacts,
)
from portal.rules.validity import (
    confirmed_until,
    is_active,
    last_entitled_day,
    latest_extension,
    planned_valid_until,
)


class Condition(StrEnum):
    """The conditions, in the order in which students read them."""

    ACTIVE_STUDENT = "active_student"
    STUDIES_WITH_CARD = "studies_with_card"
    PESEL = "pesel"
    ALBUM_NUMBER = "album_number"
    PHOTO = "photo"
    PLASTIC_CARD = "plastic_card"
    CARD_EXTENDED = "card_extended"
    SEMESTER_CONFIRMED = "semester_confirmed"
    DATA_UNCHANGED = "data_unchanged"
    STUDIES_BEGUN = "studies_begun"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition. `reason` is None when it is met; `day` belongs to the reason (since or until when)."""

    condition: Condition
    reason: Reason | None = None
    day: date | None = None

    @property
    def met(self) -> bool:
        return self.reason is None

    @property
    def remedy(self) -> Remedy | None:
        """What to do about it; None when the condition is met."""
        return None if self.reason is None else REMEDIES[self.reason]


@dataclass(frozen=True, slots=True)
class PresentOrders:
    """What a student has already: the status of the open order and the end of the document, if any."""

    open_status: OrderStatus | None = None
    document_until: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer: `planned_valid_until` is the date a new document would carry; `refusal_day` belongs to
    `refusal`.

    `enrolment_id` and `extension_id` name what the order would rest on (no extension: the card's own date).
    """

    conditions: tuple[ConditionResult, ...]
    refusal: OrderRefusal | None
    refusal_day: date | None
    planned_valid_until: date | None
    enrolment_id: str | None
    extension_id: str | None

    @property
    def may_order(self) -> bool:
        return self.refusal is None

    @property
    def unmet(self) -> tuple[ConditionResult, ...]:
        return tuple(result for result in self.conditions if not result.met)


def assess(student: StudentFacts, orders: PresentOrders, policy: Policy, on: date) -> Assessment:
    """Ask every condition about `student` as of day `on`, then the rules about orders."""
    conditions = check_conditions(student, policy, on)
    planned = planned_valid_until(student, policy)
    refusal, day = _refusal(conditions, planned, orders, policy, on)
    enrolment = next(iter(_entitled_enrolments(student, policy, on)), None)
    return Assessment(
        conditions=conditions,
        refusal=refusal,
        refusal_day=day,
        planned_valid_until=planned,
        enrolment_id=enrolment.id if enrolment else None,
        extension_id=_extension_behind(student, policy),
    )


def check_conditions(student: StudentFacts, policy: Policy, on: date) -> tuple[ConditionResult, ...]:
    """Every condition of the policy's basis, in reading order."""
    els = policy.basis is Basis.ELS
    results = [
        _active_student(student, policy, on),
        _studies_with_card(student, policy, on),
        _met_if(student.has_pesel, Condition.PESEL, Reason.NO_PESEL),
        _met_if(student.has_album_number, Condition.ALBUM_NUMBER, Reason.NO_ALBUM_NUMBER),
        ConditionResult(Condition.PHOTO, why_no_photo(student, policy)),
        *([_plastic_card(student, on)] if els else []),
        _confirmed(student, policy, on),
        *([_data_unchanged(student)] if els else []),
        _studies_begun(student, policy, on),
    ]
    return tuple(results)


def _met_if(met: bool, condition: Condition, reason: Reason) -> ConditionResult:
    return ConditionResult(condition, None if met else reason)


def _active_student(student: StudentFacts, policy: Policy, on: date) -> ConditionResult:
    if any(is_active(enrolment, policy, on) for enrolment in student.enrolments):
        return ConditionResult(Condition.ACTIVE_STUDENT)
    if not student.enrolments:
        return ConditionResult(Condition.ACTIVE_STUDENT, Reason.NO_STUDIES)
    # The most recent word of the register is the one that explains it.
    last = max(student.enrolments, key=lambda enrolment: enrolment.status_since)
    reason = {
        EnrolmentStatus.PLANNED: Reason.STUDIES_PLANNED,
        EnrolmentStatus.ACTIVE: Reason.STUDIES_PLANNED,
        EnrolmentStatus.SUSPENDED: Reason.STUDIES_SUSPENDED,
        EnrolmentStatus.GRADUATED: Reason.STUDIES_FINISHED,
        EnrolmentStatus.REMOVED: Reason.STUDENT_REMOVED,
        EnrolmentStatus.TRANSFERRED: Reason.STUDENT_TRANSFERRED,
    }[last.status]
    day = last.begins_on if last.status is EnrolmentStatus.PLANNED else last.status_since
    return ConditionResult(Condition.ACTIVE_STUDENT, reason, day)


def _studies_with_card(student: StudentFacts, policy: Policy, on: date) -> ConditionResult:
    if not student.enrolments:
        return ConditionResult(Condition.STUDIES_WITH_CARD, Reason.NO_STUDIES)
    active = [enrolment for enrolment in student.enrolments if is_active(enrolment, policy, on)]
    # With no active studies the first condition says what is wrong; here only the level counts.
    levels = {enrolment.level for enrolment in (active or student.enrolments)}
    return _met_if(bool(levels & ENTITLING_LEVELS), Condition.STUDIES_WITH_CARD, Reason.LEVEL_WITHOUT_CARD)


def _plastic_card(student: StudentFacts, on: date) -> ConditionResult:
    if student.card is None:
        return ConditionResult(Condition.PLASTIC_CARD, Reason.NO_CARD)
    if student.card.void_on is not None and student.card.void_on <= on:
        return ConditionResult(Condition.PLASTIC_CARD, Reason.CARD_VOID, student.card.void_on)
    return ConditionResult(Condition.PLASTIC_CARD)


def _confirmed(student: StudentFacts, policy: Policy, on: date) -> ConditionResult:
    els = policy.basis is Basis.ELS
    condition = Condition.CARD_EXTENDED if els else Condition.SEMESTER_CONFIRMED
    until = confirmed_until(student, policy)
    if until is None:
        return ConditionResult(condition, Reason.NOT_EXTENDED if els else Reason.SEMESTER_NOT_CONFIRMED)
    if until < on:
        return ConditionResult(condition, Reason.EXTENSION_ENDED if els else Reason.SEMESTER_ENDED, until)
    return ConditionResult(condition)


def _data_unchanged(student: StudentFacts) -> ConditionResult:
    changed = student.personal_data_changed_on
    stale = changed is not None and student.card is not None and changed > student.card.issued_on
    return ConditionResult(Condition.DATA_UNCHANGED, *((Reason.DATA_CHANGED, changed) if stale else ()))


def _studies_begun(student: StudentFacts, policy: Policy, on: date) -> ConditionResult:
    enrolments = _entitled_enrolments(student, policy, on) or list(student.enrolments)
    if any(_has_rights(enrolment, on) for enrolment in enrolments):
        return ConditionResult(Condition.STUDIES_BEGUN)
    with_oath = [e for e in enrolments if e.oath_approved_on is not None and e.oath_approved_on <= on]
    if with_oath:
        first_day = min(enrolment.begins_on for enrolment in with_oath)
        return ConditionResult(Condition.STUDIES_BEGUN, Reason.STUDIES_NOT_BEGUN, first_day)
    return ConditionResult(Condition.STUDIES_BEGUN, Reason.NO_OATH)


def _has_rights(enrolment: EnrolmentFacts, on: date) -> bool:
    return (
        enrolment.oath_approved_on is not None and max(enrolment.oath_approved_on, enrolment.begins_on) <= on
    )


def _entitled_enrolments(student: StudentFacts, policy: Policy, on: date) -> list[EnrolmentFacts]:
    """Active enrolments of an entitling level, the longest-lasting one with student rights first."""
    found = [e for e in student.enrolments if e.level in ENTITLING_LEVELS and is_active(e, policy, on)]
    return sorted(
        found,
        key=lambda e: (_has_rights(e, on), last_entitled_day(e, policy) or date.max, e.id),
        reverse=True,
    )


def _extension_behind(student: StudentFacts, policy: Policy) -> str | None:
    latest = latest_extension(student.extensions)
    if latest is None or latest.until != confirmed_until(student, policy):
        return None
    return latest.id


def _refusal(
    conditions: tuple[ConditionResult, ...],
    planned: date | None,
    orders: PresentOrders,
    policy: Policy,
    on: date,
) -> tuple[OrderRefusal | None, date | None]:
    if orders.open_status is OrderStatus.READY:
        return OrderRefusal.CODES_WAITING, None
    if orders.open_status is not None:
        return OrderRefusal.ORDER_OPEN, None
    if planned is None or not all(result.met for result in conditions):
        return OrderRefusal.CONDITIONS_UNMET, None
    return _renewal_refusal(planned, orders.document_until, policy, on)


def _renewal_refusal(
    planned: date, document_until: date | None, policy: Policy, on: date
) -> tuple[OrderRefusal | None, date | None]:
    # A document whose date has passed stands in nobody's way, even before the jobs mark it as expired.
    if document_until is None or document_until < on:
        return None, None
    if planned <= document_until:
        return OrderRefusal.DOCUMENT_LASTS_AS_LONG, document_until
    if policy.renewal is Renewal.AFTER_CANCELLING:
        return OrderRefusal.CANCEL_DOCUMENT_FIRST, document_until
    opens_on = document_until - timedelta(days=policy.renewal_days)
    if policy.renewal is Renewal.LAST_DAYS and on < opens_on:
        return OrderRefusal.RENEWAL_TOO_EARLY, opens_on
    return None, None
