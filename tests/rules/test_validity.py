"""Semester ends, the confirmed date, the end of entitlement and the planned validity, over real dates."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.policy import Basis, EndAfterRemoval, Policy
from portal.rules.student import (
    CardFacts,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    StudentFacts,
)
from portal.rules.validity import (
    confirmed_until,
    end_of_entitlement,
    has_entitlement,
    is_active,
    is_semester_end,
    last_entitled_day,
    last_entitling_enrolment,
    latest_extension,
    month_after,
    planned_valid_until,
    proposed_until,
)
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
    enrolments,
    policies,
    student,
    students,
)

ES = EnrolmentStatus
LOSSES = [ES.SUSPENDED, ES.REMOVED, ES.TRANSFERRED]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 3, 31), True),
        (date(2026, 10, 31), True),
        (date(2026, 3, 30), False),
        (date(2026, 4, 1), False),
        (date(2026, 10, 30), False),
        (date(2026, 9, 30), False),
        (date(2024, 2, 29), False),
    ],
)
def test_semesters_end_on_the_last_of_march_and_of_october(day: date, end: bool) -> None:
    assert is_semester_end(day) is end


@pytest.mark.parametrize(
    ("on", "proposed"),
    [
        (date(2025, 9, 30), date(2025, 10, 31)),
        (date(2025, 10, 1), date(2026, 3, 31)),
        (date(2025, 10, 31), date(2026, 3, 31)),
        (date(2025, 12, 31), date(2026, 3, 31)),
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 2, 15), date(2026, 3, 31)),
        (date(2026, 2, 16), date(2026, 10, 31)),
        (date(2024, 2, 29), date(2024, 10, 31)),
        (date(2026, 3, 31), date(2026, 10, 31)),
        (date(2026, 4, 1), date(2026, 10, 31)),
    ],
)
def test_office_is_proposed_the_end_of_the_period_it_confirms(on: date, proposed: date) -> None:
    assert proposed_until(on, ELS) == proposed


def test_day_from_which_october_is_proposed_is_the_universitys_own() -> None:
    policy = replace(ELS, summer_proposal_from=(3, 1))
    assert proposed_until(date(2024, 2, 29), policy) == date(2024, 3, 31)
    assert proposed_until(date(2024, 3, 1), policy) == date(2024, 10, 31)


def test_no_setting_proposes_a_date_that_has_passed() -> None:
    policy = replace(ELS, summer_proposal_from=(4, 20))
    assert proposed_until(date(2026, 3, 31), policy) == date(2026, 3, 31)
    assert proposed_until(date(2026, 4, 1), policy) == date(2026, 10, 31)


@calm
@given(days)
def test_proposal_is_always_a_semester_end_within_nine_months(on: date) -> None:
    proposed = proposed_until(on, ELS)
    assert is_semester_end(proposed)
    assert on <= proposed <= on + timedelta(days=275)


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2025, 11, 20), date(2025, 12, 20)),
        (date(2025, 12, 31), date(2026, 1, 31)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2024, 3, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, after: date) -> None:
    assert month_after(day) == after


def test_latest_extension_reaches_furthest_whatever_the_order_they_came_in() -> None:
    far, near = ExtensionFacts("far", SUMMER_END), ExtensionFacts("near", WINTER_END)
    assert latest_extension([far, near]) == latest_extension([near, far]) == far
    assert latest_extension([]) is None


def test_the_cards_own_date_is_the_first_confirmation_where_the_card_decides() -> None:
    new = student(until=None)
    assert confirmed_until(new, ELS) == date(2025, 3, 31)
    assert confirmed_until(new, SEMESTER) is None
    assert confirmed_until(student(until=None, card=None), ELS) is None


def test_confirmed_date_is_the_latest_of_all_confirmations() -> None:
    extensions = (ExtensionFacts("b", SUMMER_END), ExtensionFacts("a", WINTER_END))
    for policy in (ELS, SEMESTER):
        assert confirmed_until(student(extensions=extensions), policy) == SUMMER_END
    longer_card = CardFacts(date(2025, 10, 1), date(2027, 3, 31), void_on=None)
    assert confirmed_until(student(extensions=extensions, card=longer_card), ELS) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("status", "since", "active_days", "idle_days"),
    [
        (ES.ACTIVE, TODAY, [TODAY, date(2030, 1, 1)], [TODAY - timedelta(1)]),
        (ES.ON_LEAVE, TODAY, [TODAY - timedelta(1), TODAY, date(2030, 1, 1)], []),
        (ES.PLANNED, TODAY, [], [TODAY - timedelta(1), TODAY, date(2030, 1, 1)]),
        (ES.SUSPENDED, TODAY, [TODAY - timedelta(1)], [TODAY]),
        (ES.REMOVED, TODAY, [TODAY - timedelta(1)], [TODAY]),
        (ES.TRANSFERRED, TODAY, [TODAY - timedelta(1)], [TODAY]),
        (ES.GRADUATED, TODAY, [TODAY - timedelta(1), TODAY], [TODAY + timedelta(1)]),
    ],
)
def test_who_is_active_depends_on_the_status_and_its_first_day(
    status: EnrolmentStatus, since: date, active_days: list[date], idle_days: list[date]
) -> None:
    one = enrolment(status, since)
    assert all(is_active(one, ELS, day) for day in active_days)
    assert not any(is_active(one, ELS, day) for day in idle_days)


@pytest.mark.parametrize("status", LOSSES)
def test_no_order_is_taken_in_the_month_for_which_the_document_stays(status: EnrolmentStatus) -> None:
    one = enrolment(status, TODAY)
    assert not is_active(one, MONTH_LATER, TODAY)
    assert has_entitlement(student(one), MONTH_LATER, TODAY)


@pytest.mark.parametrize(
    ("level", "status", "since", "policy", "end"),
    [
        (Level.SECOND_CYCLE, ES.ACTIVE, TODAY, ELS, None),
        (Level.SECOND_CYCLE, ES.ON_LEAVE, TODAY, ELS, None),
        (Level.SECOND_CYCLE, ES.REMOVED, TODAY, ELS, TODAY),
        (Level.FIRST_CYCLE, ES.SUSPENDED, TODAY, ELS, TODAY),
        (Level.UNIFORM, ES.TRANSFERRED, TODAY, ELS, TODAY),
        (Level.SECOND_CYCLE, ES.REMOVED, TODAY, MONTH_LATER, date(2025, 12, 20)),
        (Level.FIRST_CYCLE, ES.TRANSFERRED, date(2024, 1, 31), MONTH_LATER, date(2024, 2, 29)),
        (Level.SECOND_CYCLE, ES.GRADUATED, date(2026, 6, 30), MONTH_LATER, date(2026, 6, 30)),
        (Level.UNIFORM, ES.GRADUATED, date(2024, 2, 29), ELS, date(2024, 2, 29)),
        (Level.FIRST_CYCLE, ES.GRADUATED, date(2026, 6, 30), ELS, date(2026, 10, 31)),
        (Level.FIRST_CYCLE, ES.GRADUATED, date(2026, 1, 20), ELS, date(2026, 10, 31)),
        (Level.FIRST_CYCLE, ES.GRADUATED, date(2026, 10, 31), ELS, date(2026, 10, 31)),
        (Level.FIRST_CYCLE, ES.GRADUATED, date(2026, 11, 1), ELS, date(2026, 11, 1)),
        (Level.FIRST_CYCLE, ES.GRADUATED, date(2026, 12, 15), ELS, date(2026, 12, 15)),
    ],
)
def test_an_enrolment_entitles_until_its_last_day(
    level: Level, status: EnrolmentStatus, since: date, policy: Policy, end: date | None
) -> None:
    assert last_entitled_day(enrolment(status, since, level=level), policy) == end


REMOVED = enrolment(ES.REMOVED, TODAY, id="removed")
BACHELOR = enrolment(ES.GRADUATED, date(2025, 7, 1), level=Level.FIRST_CYCLE, id="bachelor")
MASTER = enrolment(id="master")
MASTER_TO_COME = enrolment(ES.PLANNED, date(2025, 7, 20), begins=date(2025, 10, 1), oath=None, id="planned")
MASTER_BEFORE_OATH = enrolment(since=date(2025, 10, 1), oath=None, id="unsworn")
DOCTORAL = enrolment(level=Level.DOCTORAL, id="doctoral")
POSTGRADUATE = enrolment(level=Level.POSTGRADUATE, id="postgraduate")


@pytest.mark.parametrize(
    ("held", "end"),
    [
        ([MASTER], None),
        ([REMOVED], TODAY),
        ([REMOVED, MASTER], None),
        ([MASTER, REMOVED], None),
        ([BACHELOR], date(2025, 10, 31)),
        ([BACHELOR, REMOVED], TODAY),
        ([BACHELOR, MASTER], None),
        ([BACHELOR, MASTER_TO_COME], date(2025, 10, 31)),
        ([BACHELOR, MASTER_BEFORE_OATH], date(2025, 10, 31)),
        ([BACHELOR, DOCTORAL], date(2025, 10, 31)),
        ([REMOVED, POSTGRADUATE], TODAY),
    ],
)
def test_a_persons_entitlement_ends_with_the_last_entitling_enrolment(
    held: list[EnrolmentFacts], end: date | None
) -> None:
    assert end_of_entitlement(student(*held), ELS) == end


def test_enrolment_that_lasts_longest_is_found_among_entitling_ones() -> None:
    assert last_entitling_enrolment(student(BACHELOR, MASTER, DOCTORAL), ELS) == MASTER
    assert last_entitling_enrolment(student(BACHELOR, REMOVED), ELS) == REMOVED
    assert last_entitling_enrolment(student(BACHELOR, MASTER_TO_COME), ELS) == BACHELOR
    assert last_entitling_enrolment(student(DOCTORAL), ELS) is None


def _with_card_void_on(day: date) -> StudentFacts:
    return student(card=CardFacts(date(2024, 10, 5), date(2025, 3, 31), void_on=day))


def test_a_void_card_without_replacement_ends_entitlement_only_where_the_card_decides() -> None:
    facts = _with_card_void_on(TODAY)
    assert end_of_entitlement(facts, ELS) == TODAY
    assert end_of_entitlement(facts, SEMESTER) is None
    assert not has_entitlement(facts, ELS, TODAY)
    assert has_entitlement(facts, ELS, TODAY - timedelta(1))
    assert has_entitlement(facts, SEMESTER, TODAY)


def test_whatever_ends_first_ends_entitlement_where_the_card_decides() -> None:
    facts = replace(_with_card_void_on(date(2025, 12, 1)), enrolments=(REMOVED,))
    assert end_of_entitlement(facts, ELS) == TODAY
    assert end_of_entitlement(facts, MONTH_LATER) == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("held", "policy", "last_day"),
    [
        # A loss at once counts from its first day; all other ends are inclusive.
        ([REMOVED], ELS, TODAY - timedelta(1)),
        ([REMOVED], MONTH_LATER, date(2025, 12, 20)),
        ([BACHELOR], ELS, date(2025, 10, 31)),
        ([enrolment(ES.GRADUATED, TODAY)], ELS, TODAY),
        ([enrolment(ES.GRADUATED, TODAY, level=Level.UNIFORM)], SEMESTER, TODAY),
        ([BACHELOR, MASTER_BEFORE_OATH], ELS, date(2025, 10, 31)),
        ([BACHELOR, REMOVED], ELS, TODAY - timedelta(1)),
    ],
)
def test_what_was_ordered_may_be_held_until_the_last_day_and_not_longer(
    held: list[EnrolmentFacts], policy: Policy, last_day: date
) -> None:
    assert has_entitlement(student(*held), policy, last_day)
    assert not has_entitlement(student(*held), policy, last_day + timedelta(1))


@pytest.mark.parametrize("held", [[DOCTORAL], [POSTGRADUATE], [MASTER_TO_COME], [MASTER_BEFORE_OATH]])
def test_who_never_had_student_rights_has_no_entitlement(held: list[EnrolmentFacts]) -> None:
    assert not has_entitlement(student(*held), ELS, TODAY)


def test_who_has_no_enrolment_has_no_entitlement() -> None:
    assert not has_entitlement(student(enrolments=()), ELS, TODAY)


@pytest.mark.parametrize(
    ("facts", "policy", "planned"),
    [
        (student(), ELS, WINTER_END),
        (student(until=SUMMER_END), SEMESTER, SUMMER_END),
        (student(until=None), SEMESTER, None),
        (student(enrolment(ES.REMOVED, date(2026, 2, 1))), ELS, date(2026, 2, 1)),
        (student(enrolment(ES.REMOVED, date(2026, 2, 1))), MONTH_LATER, date(2026, 3, 1)),
        (student(enrolment(ES.REMOVED, date(2026, 3, 15))), MONTH_LATER, WINTER_END),
        (student(enrolment(ES.GRADUATED, date(2026, 6, 30)), until=SUMMER_END), ELS, date(2026, 6, 30)),
        (
            student(
                enrolment(ES.GRADUATED, date(2026, 6, 30), level=Level.FIRST_CYCLE), until=date(2027, 3, 31)
            ),
            ELS,
            SUMMER_END,
        ),
        (_with_card_void_on(date(2026, 1, 10)), ELS, date(2026, 1, 10)),
        (_with_card_void_on(date(2026, 1, 10)), SEMESTER, WINTER_END),
    ],
)
def test_planned_validity_is_the_earlier_of_confirmation_and_entitlement(
    facts: StudentFacts, policy: Policy, planned: date | None
) -> None:
    assert planned_valid_until(facts, policy) == planned


@calm
@given(students, policies)
def test_planned_validity_never_outlasts_confirmation_or_entitlement(
    facts: StudentFacts, policy: Policy
) -> None:
    planned = planned_valid_until(facts, policy)
    confirmed, end = confirmed_until(facts, policy), end_of_entitlement(facts, policy)
    assert (planned is None) == (confirmed is None)
    if planned is not None and confirmed is not None:
        assert planned == (confirmed if end is None else min(confirmed, end))


@calm
@given(students, policies, days)
def test_entitlement_never_outlasts_its_known_end(facts: StudentFacts, policy: Policy, on: date) -> None:
    end = end_of_entitlement(facts, policy)
    if end is not None and end < on:
        assert not has_entitlement(facts, policy, on)


@calm
@given(students, policies, days, days)
def test_entitlement_once_lost_does_not_come_back_by_itself(
    facts: StudentFacts, policy: Policy, one: date, other: date
) -> None:
    earlier, later = sorted([one, other])
    assert has_entitlement(facts, policy, earlier) or not has_entitlement(facts, policy, later)


@calm
@given(enrolments, st.sampled_from(Basis), days)
def test_the_months_grace_only_ever_lengthens(one: EnrolmentFacts, basis: Basis, on: date) -> None:
    at_once, later = Policy(basis=basis), Policy(basis=basis, end_after_removal=EndAfterRemoval.MONTH_LATER)
    early, late = last_entitled_day(one, at_once), last_entitled_day(one, later)
    assert (early is None) == (late is None)
    assert early is None or late is None or early <= late
    assert has_entitlement(student(one), later, on) or not has_entitlement(student(one), at_once, on)
