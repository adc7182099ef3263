"""What the jobs do next about an order, for every pair of facts it can carry."""

import itertools

import pytest

from portal.rules.next_step import (
    STEPS,
    AtMinistry,
    Step,
    facts_needing,
    known_after_acceptance,
    known_after_no_call,
    next_step,
)
from portal.rules.order_status import OPEN, OrderStatus

S, A = OrderStatus, AtMinistry
PAIRS = list(itertools.product(S, A))


@pytest.mark.parametrize(("status", "there"), PAIRS)
def test_every_pair_has_a_step(status: OrderStatus, there: AtMinistry) -> None:
    assert next_step(status, there) in set(Step) - {Step.CLARIFY}


def test_only_a_waiting_order_that_is_not_known_to_be_there_is_submitted() -> None:
    assert facts_needing(Step.SUBMIT) == [(S.WAITING, A.ABSENT), (S.WAITING, A.UNCERTAIN)]


def test_open_orders_known_to_be_there_are_looked_up() -> None:
    assert facts_needing(Step.LOOK_UP) == [(status, A.PRESENT) for status in S if status in OPEN]


@pytest.mark.parametrize("ended", [S.CANCELLED, S.REVOKED, S.CODES_EXPIRED, S.ERROR])
def test_what_ended_and_may_be_there_is_withdrawn(ended: OrderStatus) -> None:
    assert next_step(ended, A.UNCERTAIN) is Step.WITHDRAW
    assert next_step(ended, A.PRESENT) is Step.WITHDRAW


@pytest.mark.parametrize("there", [A.ABSENT, A.GONE])
def test_what_never_was_there_or_has_gone_is_not_withdrawn(there: AtMinistry) -> None:
    assert all(next_step(status, there) is not Step.WITHDRAW for status in S)


def test_a_superseded_document_is_withdrawn_only_where_it_is_not_kept() -> None:
    assert next_step(S.SUPERSEDED, A.PRESENT) is Step.WITHDRAW
    assert next_step(S.SUPERSEDED, A.KEPT) is Step.NOTHING


def test_expired_codes_are_left_alone_while_the_student_is_asked() -> None:
    assert next_step(S.CODES_EXPIRED, A.KEPT) is Step.NOTHING


@pytest.mark.parametrize("ended", [S.CANCELLED, S.REVOKED])
def test_a_kept_request_is_withdrawn_once_its_card_is_cancelled_or_revoked(ended: OrderStatus) -> None:
    assert next_step(ended, A.KEPT) is Step.WITHDRAW


@pytest.mark.parametrize("there", A)
@pytest.mark.parametrize("status", [S.COLLECTED, S.EXPIRED])
def test_documents_need_nothing_from_the_jobs(status: OrderStatus, there: AtMinistry) -> None:
    assert next_step(status, there) is Step.NOTHING


@pytest.mark.parametrize("status", S)
def test_nothing_is_asked_about_a_request_that_has_gone(status: OrderStatus) -> None:
    assert next_step(status, A.GONE) is Step.NOTHING


def test_without_repeatable_calls_an_uncertain_submission_waits_for_a_person() -> None:
    assert next_step(S.WAITING, A.UNCERTAIN, repeatable=False) is Step.CLARIFY
    assert facts_needing(Step.SUBMIT, repeatable=False) == [(S.WAITING, A.ABSENT)]
    assert facts_needing(Step.CLARIFY, repeatable=False) == [(S.WAITING, A.UNCERTAIN)]


@pytest.mark.parametrize(("status", "there"), sorted(set(PAIRS) - {(S.WAITING, A.UNCERTAIN)}))
def test_repeatability_changes_no_other_step(status: OrderStatus, there: AtMinistry) -> None:
    assert next_step(status, there, repeatable=False) is next_step(status, there)


@pytest.mark.parametrize("repeatable", [True, False])
def test_jobs_selecting_by_step_miss_no_pair_and_share_none(repeatable: bool) -> None:
    selected = [pair for step in Step for pair in facts_needing(step, repeatable=repeatable)]
    assert sorted(selected) == sorted(PAIRS)


def test_the_table_names_no_step_that_does_nothing() -> None:
    assert Step.NOTHING not in STEPS.values()


@pytest.mark.parametrize(
    ("known", "after"),
    [
        (A.ABSENT, A.PRESENT),
        (A.UNCERTAIN, A.PRESENT),
        (A.PRESENT, A.PRESENT),
        (A.KEPT, A.KEPT),
        # What was withdrawn meanwhile is not there again because an older answer arrives late.
        (A.GONE, A.GONE),
    ],
)
def test_acceptance_is_a_fact_that_no_withdrawal_loses_to(known: AtMinistry, after: AtMinistry) -> None:
    assert known_after_acceptance(known) is after


@pytest.mark.parametrize("before", [A.ABSENT, A.UNCERTAIN, A.PRESENT])
def test_call_that_was_not_taken_leaves_what_was_known(before: AtMinistry) -> None:
    assert known_after_no_call(A.UNCERTAIN, before) is before


@pytest.mark.parametrize("known", [A.PRESENT, A.GONE, A.KEPT])
@pytest.mark.parametrize("before", [A.ABSENT, A.UNCERTAIN])
def test_call_that_was_not_taken_forgets_nothing_learned_meanwhile(
    known: AtMinistry, before: AtMinistry
) -> None:
    assert known_after_no_call(known, before) is known
