"""What becomes of orders and the document when the extension they rest on is undone."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.eligibility import PresentOrders, assess
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Basis, Policy, Renewal
from portal.rules.student import CardFacts, EnrolmentStatus, ExtensionFacts, StudentFacts
from portal.rules.undo import Fate, RestingOrder, UndoFate, may_change_date, undo_fate, without_extension
from portal.rules.validity import confirmed_until
from tests.rules.facts import (
    ELS,
    SEMESTER,
    SUMMER_END,
    TODAY,
    WINTER_END,
    calm,
    enrolment,
    likely_students,
    near,
    policies,
    student,
)

S, A = OrderStatus, AtMinistry
ENDED = sorted(set(S) - OPEN - {S.COLLECTED})

# Extended twice; the second extension is the one to undo.
TWICE = student(extensions=(ExtensionFacts("first", WINTER_END), ExtensionFacts("second", SUMMER_END)))
WITHOUT_SECOND = without_extension(TWICE, "second")
NEVER_CONFIRMED = student(until=None, card=None)


def _order(
    status: OrderStatus = S.WAITING, there: AtMinistry = A.ABSENT, until: date = SUMMER_END
) -> RestingOrder:
    return RestingOrder(status, there, until)


def test_extension_is_taken_out_of_the_facts_and_nothing_else() -> None:
    assert without_extension(TWICE, "second") == replace(
        TWICE, extensions=(ExtensionFacts("first", WINTER_END),)
    )
    assert without_extension(TWICE, "unknown") == TWICE


def test_waiting_order_never_sent_takes_the_earlier_date() -> None:
    fate = undo_fate(_order(), WITHOUT_SECOND, None, ELS, TODAY)
    assert fate == UndoFate(Fate.TAKES_EARLIER_DATE, WINTER_END)


@pytest.mark.parametrize(
    ("without", "document_until", "policy", "on"),
    [
        # Nothing confirmed is left, or what is left has passed.
        (student(until=None), None, ELS, TODAY),
        (student(until=None), None, SEMESTER, TODAY),
        (WITHOUT_SECOND, None, ELS, date(2026, 4, 1)),
        # The document reaches as far as the earlier date would.
        (WITHOUT_SECOND, WINTER_END, ELS, TODAY),
        # Another condition is unmet by now.
        (replace(WITHOUT_SECOND, photo=None), None, ELS, TODAY),
        (replace(WITHOUT_SECOND, enrolments=(enrolment(EnrolmentStatus.REMOVED, TODAY),)), None, ELS, TODAY),
        # The policy allows no renewal yet.
        (
            WITHOUT_SECOND,
            date(2026, 3, 1),
            Policy(basis=Basis.ELS, renewal=Renewal.AFTER_CANCELLING),
            TODAY,
        ),
    ],
)
def test_waiting_order_that_may_not_be_ordered_with_the_earlier_date_is_revoked(
    without: StudentFacts, document_until: date | None, policy: Policy, on: date
) -> None:
    assert undo_fate(_order(), without, document_until, policy, on) == UndoFate(Fate.REVOKE)


@pytest.mark.parametrize(
    ("status", "there"),
    [
        (S.WAITING, A.UNCERTAIN),
        (S.WAITING, A.PRESENT),
        (S.WAITING, A.GONE),
        (S.IN_PROGRESS, A.PRESENT),
        (S.READY, A.PRESENT),
        (S.IN_PROGRESS, A.ABSENT),
    ],
)
def test_order_sent_or_ready_is_revoked_even_if_the_earlier_date_could_be_ordered(
    status: OrderStatus, there: AtMinistry
) -> None:
    assert undo_fate(_order(status, there), WITHOUT_SECOND, None, ELS, TODAY) == UndoFate(Fate.REVOKE)


@pytest.mark.parametrize("there", [A.PRESENT, A.KEPT])
def test_document_is_revoked_only_when_the_office_ticks_so(there: AtMinistry) -> None:
    fate = undo_fate(_order(S.COLLECTED, there), WITHOUT_SECOND, SUMMER_END, ELS, TODAY)
    assert fate == UndoFate(Fate.REVOKE_IF_TICKED)


@pytest.mark.parametrize(("status", "there"), list(itertools.product(ENDED, A)))
def test_what_has_ended_stays_as_it_ended(status: OrderStatus, there: AtMinistry) -> None:
    assert undo_fate(_order(status, there), NEVER_CONFIRMED, None, ELS, TODAY) == UndoFate(Fate.KEEP)


@pytest.mark.parametrize("status", [*sorted(OPEN), S.COLLECTED])
def test_order_that_the_rest_still_covers_is_kept(status: OrderStatus) -> None:
    covered = _order(status, A.PRESENT, until=WINTER_END)
    assert undo_fate(covered, WITHOUT_SECOND, None, ELS, TODAY) == UndoFate(Fate.KEEP)
    one_day_more = replace(covered, planned_valid_until=WINTER_END + timedelta(1))
    assert undo_fate(one_day_more, WITHOUT_SECOND, None, ELS, TODAY).fate is not Fate.KEEP


def test_the_cards_own_date_carries_orders_only_where_the_card_decides() -> None:
    card = CardFacts(date(2025, 10, 1), WINTER_END, void_on=None)
    without = student(until=None, card=card)
    order = _order(S.READY, A.PRESENT, until=WINTER_END)
    assert undo_fate(order, without, None, ELS, TODAY).fate is Fate.KEEP
    assert undo_fate(order, without, None, SEMESTER, TODAY).fate is Fate.REVOKE


def test_document_and_its_renewal_each_meet_their_own_fate() -> None:
    document = _order(S.COLLECTED, A.PRESENT, until=WINTER_END)
    renewal = _order(S.WAITING, A.ABSENT, until=SUMMER_END)
    fates = [undo_fate(order, WITHOUT_SECOND, WINTER_END, ELS, TODAY).fate for order in (document, renewal)]
    assert fates == [Fate.KEEP, Fate.REVOKE]


@pytest.mark.parametrize(
    ("until", "allowed"),
    [(SUMMER_END, True), (SUMMER_END - timedelta(1), False), (date(2027, 3, 31), True), (WINTER_END, False)],
)
def test_date_is_changed_without_undo_only_to_one_that_is_not_before_the_orders(
    until: date, allowed: bool
) -> None:
    orders = [_order(S.COLLECTED, A.PRESENT, until=WINTER_END), _order(S.READY, A.PRESENT)]
    assert may_change_date(until, orders, WITHOUT_SECOND, ELS) is allowed


def test_date_changes_freely_where_nothing_rests_on_the_extension() -> None:
    orders = [_order(S.COLLECTED, A.PRESENT, until=WINTER_END), _order(S.REVOKED, A.GONE)]
    assert may_change_date(date(2025, 12, 1), orders, WITHOUT_SECOND, ELS)


orders = st.builds(RestingOrder, st.sampled_from(S), st.sampled_from(A), near)
may_be_documents = st.none() | near


@calm
@given(orders, likely_students, may_be_documents, policies)
def test_new_date_is_earlier_and_one_that_may_be_ordered(
    order: RestingOrder, without: StudentFacts, document_until: date | None, policy: Policy
) -> None:
    fate = undo_fate(order, without, document_until, policy, TODAY)
    assert (fate.valid_until is not None) == (fate.fate is Fate.TAKES_EARLIER_DATE)
    if fate.valid_until is not None:
        assert TODAY <= fate.valid_until < order.planned_valid_until
        answer = assess(without, PresentOrders(None, document_until), policy, TODAY)
        assert (answer.may_order, answer.planned_valid_until) == (True, fate.valid_until)


@calm
@given(orders, likely_students, may_be_documents, policies)
def test_no_living_order_outlasts_the_confirmation_unless_the_office_decides_about_it(
    order: RestingOrder, without: StudentFacts, document_until: date | None, policy: Policy
) -> None:
    fate = undo_fate(order, without, document_until, policy, TODAY).fate
    confirmed = confirmed_until(without, policy)
    if order.status in OPEN and (confirmed is None or confirmed < order.planned_valid_until):
        assert fate in {Fate.REVOKE, Fate.TAKES_EARLIER_DATE}
    if fate is Fate.REVOKE_IF_TICKED:
        assert order.status is S.COLLECTED
