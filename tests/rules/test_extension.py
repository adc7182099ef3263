"""What an extension needs before the office may make it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from portal.rules.extension import check_extension, extension_ceiling
from portal.rules.policy import Policy
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import (
    Blocker,
    CardFacts,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    StudentFacts,
)
from portal.rules.validity import confirmed_until, is_semester_end, planned_valid_until, proposed_until
from tests.rules.facts import (
    ELS,
    MONTH_LATER,
    SEMESTER,
    SUMMER_END,
    TODAY,
    WINTER_END,
    calm,
    days,
    enrolment,
    hopeful_students,
    policies,
    student,
)

ES, Refused = EnrolmentStatus, ExtensionRefusal
NEW = student(until=None)
BASIS = "rozporządzenie z dnia 2.01.2026"


def _bachelor(since: date, id: str = "bachelor") -> EnrolmentFacts:
    return enrolment(ES.GRADUATED, since, level=Level.FIRST_CYCLE, id=id)


@pytest.mark.parametrize("policy", [ELS, SEMESTER, MONTH_LATER])
def test_active_student_is_extended_until_the_proposed_date(policy: Policy) -> None:
    assert check_extension(NEW, proposed_until(TODAY, policy), None, policy, TODAY) is None


def test_next_period_may_be_confirmed_while_the_old_one_runs() -> None:
    assert check_extension(student(), SUMMER_END, None, ELS, TODAY) is None


def test_date_may_be_the_day_itself_and_none_before_it() -> None:
    assert check_extension(NEW, WINTER_END, None, ELS, WINTER_END) is None
    day_after = WINTER_END + timedelta(1)
    assert check_extension(NEW, WINTER_END, None, ELS, day_after) is Refused.DATE_PASSED
    assert check_extension(NEW, date(2025, 11, 19), BASIS, ELS, TODAY) is Refused.DATE_PASSED


@pytest.mark.parametrize("odd", [date(2026, 3, 30), date(2026, 6, 30), date(2028, 2, 29), date(2026, 9, 30)])
@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_odd_date_needs_a_legal_basis_in_words(odd: date, blank: str | None) -> None:
    assert check_extension(NEW, odd, blank, ELS, TODAY) is Refused.LEGAL_BASIS_MISSING
    assert check_extension(NEW, odd, BASIS, ELS, TODAY) is None


@pytest.mark.parametrize(
    "held",
    [
        [enrolment(ES.PLANNED, TODAY)],
        [enrolment(ES.SUSPENDED, TODAY)],
        [enrolment(ES.REMOVED, TODAY)],
        [enrolment(ES.TRANSFERRED, TODAY)],
        [enrolment(ES.GRADUATED, TODAY - timedelta(1))],
        [enrolment(level=Level.DOCTORAL)],
        [enrolment(level=Level.POSTGRADUATE)],
        [enrolment(ES.REMOVED, TODAY), enrolment(level=Level.DOCTORAL, id="other")],
        [_bachelor(date(2025, 7, 1))],
    ],
)
@pytest.mark.parametrize("policy", [ELS, SEMESTER, MONTH_LATER])
def test_who_does_not_study_is_not_extended(held: list[EnrolmentFacts], policy: Policy) -> None:
    facts = replace(NEW, enrolments=tuple(held))
    assert check_extension(facts, WINTER_END, None, policy, TODAY) is Refused.NOT_ENTITLED


@pytest.mark.parametrize(
    "held",
    [
        [enrolment(ES.ON_LEAVE, TODAY)],
        [enrolment(ES.REMOVED, TODAY + timedelta(1))],
        [enrolment(ES.REMOVED, TODAY), enrolment(id="second programme")],
        [enrolment(oath=None)],
    ],
)
def test_who_studies_today_is_extended(held: list[EnrolmentFacts]) -> None:
    assert check_extension(student(*held, until=None), WINTER_END, None, ELS, TODAY) is None


@pytest.mark.parametrize("card", [None, CardFacts(date(2024, 10, 5), date(2025, 3, 31), void_on=TODAY)])
def test_without_a_valid_card_nothing_is_extended_where_the_card_decides(card: CardFacts | None) -> None:
    facts = student(until=None, card=card)
    assert check_extension(facts, WINTER_END, None, ELS, TODAY) is Refused.NO_VALID_CARD
    assert check_extension(facts, WINTER_END, None, SEMESTER, TODAY) is None


def test_card_that_becomes_void_tomorrow_is_valid_today() -> None:
    card = CardFacts(date(2024, 10, 5), date(2025, 3, 31), void_on=TODAY + timedelta(1))
    assert check_extension(student(until=None, card=card), WINTER_END, None, ELS, TODAY) is None


@pytest.mark.parametrize(
    ("graduated", "until", "refusal"),
    [
        (date(2026, 6, 30), SUMMER_END, None),
        (date(2026, 6, 30), date(2027, 3, 31), Refused.BEYOND_ENTITLEMENT),
        (date(2026, 11, 20), date(2027, 3, 31), Refused.BEYOND_ENTITLEMENT),
        (date(2026, 11, 20), date(2026, 11, 20), None),
        (date(2026, 11, 20), date(2026, 11, 21), Refused.BEYOND_ENTITLEMENT),
    ],
)
def test_first_cycle_graduate_is_extended_until_the_end_of_entitlement_and_never_beyond(
    graduated: date, until: date, refusal: ExtensionRefusal | None
) -> None:
    facts = student(_bachelor(graduated))
    assert check_extension(facts, until, BASIS, ELS, date(2026, 7, 1)) is refusal


def test_ceiling_is_lifted_by_studies_that_last_longer_but_not_by_planned_ones() -> None:
    bachelor = _bachelor(date(2026, 6, 30))
    planned = enrolment(ES.PLANNED, TODAY, id="planned")
    assert extension_ceiling(student(bachelor), ELS) == SUMMER_END
    assert extension_ceiling(student(bachelor, planned), ELS) == SUMMER_END
    assert extension_ceiling(student(bachelor, enrolment(id="master")), ELS) is None
    assert extension_ceiling(student(bachelor, _bachelor(date(2027, 7, 1), "later")), ELS) == date(
        2027, 10, 31
    )
    assert extension_ceiling(student(enrolment(ES.REMOVED, TODAY), bachelor), ELS) == SUMMER_END


def test_other_known_ends_are_no_ceiling_because_the_planned_validity_takes_them() -> None:
    leaving = student(enrolment(ES.GRADUATED, date(2026, 6, 30)), until=SUMMER_END)
    assert extension_ceiling(leaving, ELS) is None
    assert planned_valid_until(leaving, ELS) == date(2026, 6, 30)


@pytest.mark.parametrize("until", [WINTER_END, date(2025, 12, 31)])
def test_who_is_confirmed_that_far_already_needs_nothing(until: date) -> None:
    assert check_extension(student(), until, BASIS, ELS, TODAY) is Refused.ALREADY_EXTENDED


def test_the_cards_own_date_counts_as_extended_where_the_card_decides() -> None:
    card = CardFacts(date(2025, 10, 1), WINTER_END, void_on=None)
    facts = student(until=None, card=card)
    assert check_extension(facts, WINTER_END, None, ELS, TODAY) is Refused.ALREADY_EXTENDED
    assert check_extension(facts, WINTER_END, None, SEMESTER, TODAY) is None


@pytest.mark.parametrize(
    ("blocker", "blocking", "refusal"),
    [
        (Blocker.FEES_UNPAID, replace(ELS, block_unpaid_fees=True), Refused.FEES_UNPAID),
        (Blocker.YEAR_NOT_CLOSED, replace(ELS, block_unclosed_year=True), Refused.YEAR_NOT_CLOSED),
    ],
)
def test_blocker_blocks_only_where_the_university_says_so(
    blocker: Blocker, blocking: Policy, refusal: ExtensionRefusal
) -> None:
    blocked = replace(NEW, blockers=frozenset({blocker}))
    others = replace(NEW, blockers=frozenset(Blocker) - {blocker})
    assert check_extension(blocked, WINTER_END, None, ELS, TODAY) is None
    assert check_extension(blocked, WINTER_END, None, blocking, TODAY) is refusal
    assert check_extension(others, WINTER_END, None, blocking, TODAY) is None


def test_blocked_student_who_is_confirmed_that_far_needs_nothing() -> None:
    blocking = replace(ELS, block_unpaid_fees=True)
    facts = student(blockers=frozenset({Blocker.FEES_UNPAID}))
    assert check_extension(facts, WINTER_END, None, blocking, TODAY) is Refused.ALREADY_EXTENDED


def test_whole_list_hears_first_what_is_wrong_with_the_date() -> None:
    removed = student(enrolment(ES.REMOVED, TODAY))
    assert check_extension(removed, date(2025, 3, 31), None, ELS, TODAY) is Refused.DATE_PASSED
    assert check_extension(removed, date(2026, 5, 1), None, ELS, TODAY) is Refused.LEGAL_BASIS_MISSING


@calm
@given(hopeful_students, policies, days, days)
def test_extension_that_is_allowed_moves_the_confirmed_date_and_repeated_changes_nothing(
    facts: StudentFacts, policy: Policy, until: date, on: date
) -> None:
    if check_extension(facts, until, BASIS, policy, on) is not None:
        return
    extended = replace(facts, extensions=(*facts.extensions, ExtensionFacts("new", until)))
    before = confirmed_until(facts, policy)
    assert before is None or before < until
    assert confirmed_until(extended, policy) == until
    assert check_extension(extended, until, BASIS, policy, on) is Refused.ALREADY_EXTENDED


@calm
@given(hopeful_students, policies, days, days)
def test_without_a_legal_basis_only_semester_ends_are_confirmed(
    facts: StudentFacts, policy: Policy, until: date, on: date
) -> None:
    if check_extension(facts, until, None, policy, on) is None:
        assert is_semester_end(until)
