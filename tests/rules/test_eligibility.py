"""Who may order: every condition of both bases, each met and not, and the rules about orders after them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.eligibility import (
    Condition,
    ConditionResult,
    PresentOrders,
    assess,
    check_conditions,
)
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, Policy, Renewal
from portal.rules.reasons import REMEDIES, OrderRefusal, Reason
from portal.rules.student import (
    CardFacts,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    PhotoFacts,
    StudentFacts,
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
    likely_students,
    policies,
    present_orders,
    student,
    students,
)

C, ES, R = Condition, EnrolmentStatus, Reason
NO_ORDERS = PresentOrders()
TOMORROW, YESTERDAY = TODAY + timedelta(1), TODAY - timedelta(1)
BACHELOR = enrolment(ES.GRADUATED, date(2025, 7, 1), level=Level.FIRST_CYCLE, id="bachelor")
DOCTORAL = enrolment(level=Level.DOCTORAL, id="doctoral")


def _unmet(facts: StudentFacts, policy: Policy = ELS, on: date = TODAY) -> dict[Condition, Reason | None]:
    return {
        result.condition: result.reason for result in check_conditions(facts, policy, on) if not result.met
    }


def _result(condition: Condition, facts: StudentFacts, policy: Policy = ELS) -> ConditionResult:
    return next(result for result in check_conditions(facts, policy, TODAY) if result.condition is condition)


def test_conditions_stand_in_reading_order_where_the_card_decides() -> None:
    assert [result.condition for result in check_conditions(student(), ELS, TODAY)] == [
        C.ACTIVE_STUDENT,
        C.STUDIES_WITH_CARD,
        C.PESEL,
        C.ALBUM_NUMBER,
        C.PHOTO,
        C.PLASTIC_CARD,
        C.CARD_EXTENDED,
        C.DATA_UNCHANGED,
        C.STUDIES_BEGUN,
    ]


def test_where_the_semester_decides_the_plastic_card_is_not_asked_about() -> None:
    assert [result.condition for result in check_conditions(student(), SEMESTER, TODAY)] == [
        C.ACTIVE_STUDENT,
        C.STUDIES_WITH_CARD,
        C.PESEL,
        C.ALBUM_NUMBER,
        C.PHOTO,
        C.SEMESTER_CONFIRMED,
        C.STUDIES_BEGUN,
    ]
    bare = student(card=None, personal_data_changed_on=TODAY)
    assert assess(bare, NO_ORDERS, SEMESTER, TODAY).may_order
    assert not assess(bare, NO_ORDERS, ELS, TODAY).may_order


@pytest.mark.parametrize("policy", [ELS, SEMESTER])
def test_student_who_meets_everything_may_order(policy: Policy) -> None:
    answer = assess(student(), NO_ORDERS, policy, TODAY)
    assert answer.may_order
    assert answer.unmet == ()
    assert answer.planned_valid_until == WINTER_END
    assert (answer.enrolment_id, answer.extension_id) == ("programme", "extension")


ENROLMENTS: list[tuple[list[EnrolmentFacts], dict[Condition, Reason]]] = [
    ([enrolment(ES.ON_LEAVE, TODAY)], {}),
    ([enrolment(ES.PLANNED, TODAY)], {C.ACTIVE_STUDENT: R.STUDIES_PLANNED}),
    ([enrolment(since=TOMORROW)], {C.ACTIVE_STUDENT: R.STUDIES_PLANNED}),
    ([enrolment(ES.SUSPENDED, TODAY)], {C.ACTIVE_STUDENT: R.STUDIES_SUSPENDED}),
    ([enrolment(ES.REMOVED, TODAY)], {C.ACTIVE_STUDENT: R.STUDENT_REMOVED}),
    ([enrolment(ES.TRANSFERRED, TODAY)], {C.ACTIVE_STUDENT: R.STUDENT_TRANSFERRED}),
    # A loss still to come takes nothing today.
    ([enrolment(ES.REMOVED, TOMORROW)], {}),
    # One programme is enough.
    ([enrolment(ES.REMOVED, TODAY), enrolment(id="second")], {}),
    # Graduates: the second cycle ends on its day, the first on 31 October.
    ([enrolment(ES.GRADUATED, TODAY)], {}),
    ([enrolment(ES.GRADUATED, YESTERDAY)], {C.ACTIVE_STUDENT: R.STUDIES_FINISHED}),
    ([enrolment(ES.GRADUATED, TODAY, level=Level.FIRST_CYCLE)], {}),
    ([BACHELOR], {C.ACTIVE_STUDENT: R.STUDIES_FINISHED}),
    # The last word of the register explains.
    (
        [BACHELOR, enrolment(ES.REMOVED, TODAY, id="master")],
        {C.ACTIVE_STUDENT: R.STUDENT_REMOVED},
    ),
    # Doctoral and postgraduate students have no card, whatever they studied before.
    ([DOCTORAL], {C.STUDIES_WITH_CARD: R.LEVEL_WITHOUT_CARD}),
    ([enrolment(level=Level.POSTGRADUATE)], {C.STUDIES_WITH_CARD: R.LEVEL_WITHOUT_CARD}),
    ([DOCTORAL, BACHELOR], {C.STUDIES_WITH_CARD: R.LEVEL_WITHOUT_CARD}),
    ([DOCTORAL, enrolment(id="second degree")], {}),
    (
        [enrolment(ES.REMOVED, TODAY, level=Level.DOCTORAL)],
        {C.ACTIVE_STUDENT: R.STUDENT_REMOVED, C.STUDIES_WITH_CARD: R.LEVEL_WITHOUT_CARD},
    ),
    # Student rights begin with the oath and the first day of studies.
    ([enrolment(oath=None)], {C.STUDIES_BEGUN: R.NO_OATH}),
    ([enrolment(oath=TOMORROW)], {C.STUDIES_BEGUN: R.NO_OATH}),
    ([enrolment(begins=TODAY, oath=TODAY)], {}),
    ([enrolment(begins=TOMORROW)], {C.STUDIES_BEGUN: R.STUDIES_NOT_BEGUN}),
    ([enrolment(begins=TOMORROW, oath=TODAY)], {C.STUDIES_BEGUN: R.STUDIES_NOT_BEGUN}),
    # The oath of studies that entitle to no card does not help.
    ([DOCTORAL, enrolment(oath=None, id="unsworn")], {C.STUDIES_BEGUN: R.NO_OATH}),
    ([enrolment(oath=None, id="unsworn"), enrolment(id="sworn")], {}),
]


@pytest.mark.parametrize(("held", "unmet"), ENROLMENTS)
@pytest.mark.parametrize("policy", [ELS, SEMESTER, MONTH_LATER])
def test_studies_decide_about_the_conditions_of_studying(
    held: list[EnrolmentFacts], unmet: dict[Condition, Reason], policy: Policy
) -> None:
    assert _unmet(student(*held), policy) == unmet


def test_who_studies_nothing_is_told_so_and_no_condition_of_studying_is_ticked() -> None:
    assert _unmet(student(enrolments=())) == {
        C.ACTIVE_STUDENT: R.NO_STUDIES,
        C.STUDIES_WITH_CARD: R.NO_STUDIES,
        C.STUDIES_BEGUN: R.NO_OATH,
    }


@pytest.mark.parametrize(
    ("on", "unmet"),
    [(date(2025, 10, 31), {}), (date(2025, 11, 1), {C.ACTIVE_STUDENT: R.STUDIES_FINISHED})],
)
def test_first_cycle_graduate_keeps_the_conditions_until_31_october(
    on: date, unmet: dict[Condition, Reason]
) -> None:
    assert _unmet(student(BACHELOR), on=on) == unmet


CARD = CardFacts(issued_on=date(2024, 10, 5), first_valid_until=date(2025, 3, 31), void_on=None)
CHANGES: list[tuple[dict[str, Any], dict[Condition, Reason]]] = [
    ({"has_pesel": False}, {C.PESEL: R.NO_PESEL}),
    ({"has_album_number": False}, {C.ALBUM_NUMBER: R.NO_ALBUM_NUMBER}),
    ({"photo": None}, {C.PHOTO: R.NO_PHOTO}),
    ({"photo": PhotoFacts(245, 310, 1)}, {C.PHOTO: R.PHOTO_TOO_SMALL}),
    ({"photo": PhotoFacts(246, 304, 300_001)}, {C.PHOTO: R.PHOTO_TOO_HEAVY}),
    ({"card": None}, {C.PLASTIC_CARD: R.NO_CARD}),
    ({"card": replace(CARD, void_on=TODAY)}, {C.PLASTIC_CARD: R.CARD_VOID}),
    ({"card": replace(CARD, void_on=TOMORROW)}, {}),
    ({"extensions": ()}, {C.CARD_EXTENDED: R.EXTENSION_ENDED}),
    ({"extensions": (), "card": replace(CARD, first_valid_until=TODAY)}, {}),
    ({"extensions": (ExtensionFacts("x", YESTERDAY),)}, {C.CARD_EXTENDED: R.EXTENSION_ENDED}),
    ({"extensions": (ExtensionFacts("x", TODAY),)}, {}),
    ({"extensions": (), "card": None}, {C.PLASTIC_CARD: R.NO_CARD, C.CARD_EXTENDED: R.NOT_EXTENDED}),
    ({"personal_data_changed_on": date(2024, 10, 4)}, {}),
    ({"personal_data_changed_on": date(2024, 10, 5)}, {}),
    ({"personal_data_changed_on": date(2024, 10, 6)}, {C.DATA_UNCHANGED: R.DATA_CHANGED}),
]


@pytest.mark.parametrize(("change", "unmet"), CHANGES)
def test_each_missing_thing_is_named_and_nothing_else(
    change: dict[str, Any], unmet: dict[Condition, Reason]
) -> None:
    answer = assess(student(**change), NO_ORDERS, ELS, TODAY)
    assert {result.condition: result.reason for result in answer.unmet} == unmet
    assert answer.refusal is (OrderRefusal.CONDITIONS_UNMET if unmet else None)


@pytest.mark.parametrize(
    ("until", "unmet"),
    [
        (None, {C.SEMESTER_CONFIRMED: R.SEMESTER_NOT_CONFIRMED}),
        (YESTERDAY, {C.SEMESTER_CONFIRMED: R.SEMESTER_ENDED}),
        (TODAY, {}),
    ],
)
def test_semester_must_be_confirmed_where_it_decides(
    until: date | None, unmet: dict[Condition, Reason]
) -> None:
    assert _unmet(student(until=until), SEMESTER) == unmet


def test_unmet_conditions_bring_their_day_and_remedy() -> None:
    removed = _result(C.ACTIVE_STUDENT, student(enrolment(ES.REMOVED, YESTERDAY)))
    assert (removed.day, removed.remedy) == (YESTERDAY, REMEDIES[R.STUDENT_REMOVED])
    planned = _result(C.ACTIVE_STUDENT, student(enrolment(ES.PLANNED, TODAY, begins=date(2026, 2, 20))))
    assert planned.day == date(2026, 2, 20)
    later = enrolment(begins=date(2026, 2, 20), id="later")
    begins = _result(C.STUDIES_BEGUN, student(later, enrolment(begins=TOMORROW)))
    assert begins.day == TOMORROW
    ended = _result(C.CARD_EXTENDED, student(until=YESTERDAY))
    assert ended.day == YESTERDAY
    void = _result(C.PLASTIC_CARD, student(card=replace(CARD, void_on=YESTERDAY)))
    assert void.day == YESTERDAY
    assert _result(C.PESEL, student()).remedy is None


def test_order_rests_on_the_longest_programme_with_student_rights() -> None:
    ending = enrolment(ES.GRADUATED, date(2026, 6, 30), id="ending")
    unsworn = enrolment(oath=None, id="unsworn")
    facts = student(ending, unsworn, until=SUMMER_END)
    answer = assess(facts, NO_ORDERS, ELS, TODAY)
    assert (answer.enrolment_id, answer.planned_valid_until) == ("ending", date(2026, 6, 30))
    both = assess(student(ending, unsworn, enrolment(id="lasting"), until=SUMMER_END), NO_ORDERS, ELS, TODAY)
    assert (both.enrolment_id, both.planned_valid_until) == ("lasting", SUMMER_END)


def test_order_rests_on_no_extension_where_the_card_itself_reaches_furthest() -> None:
    facts = student(until=None, card=replace(CARD, first_valid_until=WINTER_END))
    answer = assess(facts, NO_ORDERS, ELS, TODAY)
    assert (answer.may_order, answer.extension_id) == (True, None)
    longer = replace(facts, card=replace(CARD, first_valid_until=SUMMER_END), extensions=student().extensions)
    assert assess(longer, NO_ORDERS, ELS, TODAY).extension_id is None


@pytest.mark.parametrize(
    ("open_status", "refusal"),
    [
        (OrderStatus.WAITING, OrderRefusal.ORDER_OPEN),
        (OrderStatus.IN_PROGRESS, OrderRefusal.ORDER_OPEN),
        (OrderStatus.READY, OrderRefusal.CODES_WAITING),
    ],
)
def test_student_with_an_open_order_gets_no_second_one(
    open_status: OrderStatus, refusal: OrderRefusal
) -> None:
    assert assess(student(), PresentOrders(open_status), ELS, TODAY).refusal is refusal
    beside_document = PresentOrders(open_status, document_until=date(2025, 12, 1))
    assert assess(student(), beside_document, ELS, TODAY).refusal is refusal


STRICT = Policy(basis=Basis.ELS, renewal=Renewal.AFTER_CANCELLING)
LAST_MONTH = Policy(basis=Basis.ELS, renewal=Renewal.LAST_DAYS)


@pytest.mark.parametrize(
    ("policy", "on", "extended_until", "refusal", "day"),
    [
        # The document lasts until 31 March 2026 in every case.
        (ELS, TODAY, WINTER_END, OrderRefusal.DOCUMENT_LASTS_AS_LONG, WINTER_END),
        (ELS, TODAY, SUMMER_END, None, None),
        (LAST_MONTH, TODAY, WINTER_END, OrderRefusal.DOCUMENT_LASTS_AS_LONG, WINTER_END),
        (LAST_MONTH, TODAY, SUMMER_END, OrderRefusal.RENEWAL_TOO_EARLY, date(2026, 3, 1)),
        (LAST_MONTH, date(2026, 2, 28), SUMMER_END, OrderRefusal.RENEWAL_TOO_EARLY, date(2026, 3, 1)),
        (LAST_MONTH, date(2026, 3, 1), SUMMER_END, None, None),
        (LAST_MONTH, WINTER_END, SUMMER_END, None, None),
        (STRICT, TODAY, WINTER_END, OrderRefusal.DOCUMENT_LASTS_AS_LONG, WINTER_END),
        (STRICT, TODAY, SUMMER_END, OrderRefusal.CANCEL_DOCUMENT_FIRST, WINTER_END),
        (STRICT, WINTER_END, SUMMER_END, OrderRefusal.CANCEL_DOCUMENT_FIRST, WINTER_END),
        # From the next day on it is no valid document any more, whether or not the jobs have said so.
        (STRICT, date(2026, 4, 1), SUMMER_END, None, None),
    ],
)
def test_renewal_beside_a_document_follows_the_universitys_policy(
    policy: Policy, on: date, extended_until: date, refusal: OrderRefusal | None, day: date | None
) -> None:
    answer = assess(student(until=extended_until), PresentOrders(document_until=WINTER_END), policy, on)
    assert (answer.refusal, answer.refusal_day) == (refusal, day)


def test_days_before_which_no_renewal_opens_are_counted_back_over_29_february() -> None:
    policy = replace(LAST_MONTH, renewal_days=31)
    orders = PresentOrders(document_until=date(2028, 3, 31))
    facts = student(until=date(2028, 10, 31))
    assert assess(facts, orders, policy, date(2028, 2, 28)).refusal_day == date(2028, 2, 29)
    assert assess(facts, orders, policy, date(2028, 2, 29)).may_order


def test_unmet_condition_stands_before_the_rules_about_renewal() -> None:
    answer = assess(student(photo=None), PresentOrders(document_until=WINTER_END), ELS, TODAY)
    assert answer.refusal is OrderRefusal.CONDITIONS_UNMET


def test_graduates_renewal_reaches_no_further_than_31_october() -> None:
    bachelor = enrolment(ES.GRADUATED, date(2026, 7, 1), level=Level.FIRST_CYCLE)
    facts = student(bachelor, until=date(2027, 3, 31))
    on = date(2026, 9, 1)
    assert assess(facts, NO_ORDERS, ELS, on).planned_valid_until == SUMMER_END
    held = PresentOrders(document_until=SUMMER_END)
    assert assess(facts, held, ELS, on).refusal is OrderRefusal.DOCUMENT_LASTS_AS_LONG


@calm
@given(likely_students, present_orders, policies)
def test_who_may_order_meets_all_conditions_and_gets_a_document_not_yet_over(
    facts: StudentFacts, orders: PresentOrders, policy: Policy
) -> None:
    answer = assess(facts, orders, policy, TODAY)
    if not answer.may_order:
        return
    assert all(result.met for result in answer.conditions)
    assert answer.planned_valid_until is not None
    assert answer.planned_valid_until >= TODAY
    assert answer.enrolment_id in {one.id for one in facts.enrolments}
    assert orders.open_status is None
    assert orders.document_until is None or orders.document_until < answer.planned_valid_until


@calm
@given(students, present_orders, policies, days)
def test_every_refusal_is_explained(
    facts: StudentFacts, orders: PresentOrders, policy: Policy, on: date
) -> None:
    answer = assess(facts, orders, policy, on)
    assert answer.may_order == (answer.refusal is None)
    if answer.refusal is OrderRefusal.CONDITIONS_UNMET:
        assert answer.unmet
    for result in answer.conditions:
        assert result.met == (result.remedy is None)


CONFIRMED = {C.CARD_EXTENDED, C.SEMESTER_CONFIRMED}


@calm
@given(students, policies, days, st.integers(0, 1000))
def test_later_extension_never_takes_the_confirmation_away(
    facts: StudentFacts, policy: Policy, on: date, days_more: int
) -> None:
    latest = max((extension.until for extension in facts.extensions), default=on)
    added = ExtensionFacts("later", latest + timedelta(days_more))
    more = replace(facts, extensions=(*facts.extensions, added))
    before, after = _unmet(facts, policy, on), _unmet(more, policy, on)
    assert set(after) <= set(before)
    assert set(before) - set(after) <= CONFIRMED


@calm
@given(likely_students, policies, st.integers(1, 1000))
def test_later_extension_never_forbids_a_first_order(
    facts: StudentFacts, policy: Policy, days_more: int
) -> None:
    latest = max((extension.until for extension in facts.extensions), default=TODAY)
    added = ExtensionFacts("later", latest + timedelta(days_more))
    more = replace(facts, extensions=(*facts.extensions, added))
    if assess(facts, NO_ORDERS, policy, TODAY).may_order:
        assert assess(more, NO_ORDERS, policy, TODAY).may_order


@calm
@given(likely_students, present_orders, policies)
def test_what_may_be_ordered_where_the_card_decides_may_be_ordered_where_the_semester_does(
    facts: StudentFacts, orders: PresentOrders, policy: Policy
) -> None:
    # Only for who was extended at least once: the card's own date confirms nothing under the newer law.
    by_card, by_semester = (
        assess(facts, orders, replace(policy, basis=basis), TODAY) for basis in (Basis.ELS, Basis.SEMESTER)
    )
    if by_card.may_order and by_card.extension_id is not None:
        assert by_semester.may_order
