"""Extending at the counter: one number after the other, scanned or typed."""

from dataclasses import dataclass
from datetime import date, datetime

from portal import clock
from portal.extensions import db
from portal.models.people import Student
from portal.rules.extension import extension_ceiling
from portal.rules.policy import Policy
from portal.rules.reasons import ExtensionRefusal
from portal.rules.validity import confirmed_until, proposed_until
from portal.services.card_extensions import ExtensionNotAllowed, extend
from portal.services.numbers import is_card_of_another, student_with
from portal.services.register import facts_of


@dataclass(frozen=True, slots=True)
class CounterResult:
    """What became of one scan. Without `extension_id` nothing was changed, for the reason in `refusal`.

    `confirmed_until`: how far the student is confirmed now; `ceiling`: how far a graduate may be extended at most;
    `is_card_of_another`: the number is the student's album number and stands on somebody else's card, too.
    """

    student: Student
    extension_id: str | None
    refusal: ExtensionRefusal | None
    confirmed_until: date | None
    ceiling: date | None
    is_card_of_another: bool


def extend_by_number(
    text: str,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    until: date | None = None,
    legal_basis: str | None = None,
) -> CounterResult:
    """Extend whoever has this album or card number, until the proposed date unless another is given.

    A second scan changes nothing and answers `ALREADY_EXTENDED`. Raises numbers.NumberUnknown,
    numbers.NumberUnclear.
    """
    student_id = student_with(text)
    until = until or proposed_until(clock.day_of(at), policy)
    extension_id, refusal = None, None
    try:
        extension_id = extend(student_id, until, policy, actor=actor, at=at, legal_basis=legal_basis).id
    except ExtensionNotAllowed as not_allowed:
        refusal = not_allowed.refusal
    student = db.session.get_one(Student, student_id)
    facts = facts_of(student)
    return CounterResult(
        student=student,
        extension_id=extension_id,
        refusal=refusal,
        confirmed_until=confirmed_until(facts, policy),
        ceiling=extension_ceiling(facts, policy),
        is_card_of_another=is_card_of_another(text, student_id),
    )
