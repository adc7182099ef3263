"""Every state, condition, reason and refusal has its words, and they are fit to be read."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_file
from hypothesis import given

from portal import texts
from portal.models.orders import Attention
from portal.rules.eligibility import Assessment, Condition, PresentOrders, assess
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Basis, Policy
from portal.rules.reasons import EndReason, ExtensionRefusal, OrderRefusal, Reason, Remedy
from portal.rules.student import CardFacts, StudentFacts
from portal.texts import conditions, entitlement, orders
from tests.rules.facts import (
    ELS,
    SEMESTER,
    SUMMER_END,
    TODAY,
    WINTER_END,
    calm,
    likely_students,
    policies,
    present_orders,
    student,
    students,
)

TABLES: list[tuple[type[StrEnum], Mapping[Any, Any]]] = [
    (OrderStatus, orders.STATUSES),
    (Condition, conditions.CONDITIONS),
    (Reason, conditions.REASONS),
    (Remedy, conditions.REMEDIES),
    (OrderRefusal, conditions.REFUSALS),
    (EndReason, orders.ENDINGS),
    (EndReason, orders.ADVICE),
    (ExtensionRefusal, entitlement.EXTENSION_REFUSALS),
    (Attention, orders.ATTENTION),
]
NAMED = [
    pytest.param(member, str(words), id=f"{kind.__name__}-{member}")
    for kind, table in TABLES
    for member, words in table.items()
]
SENTENCES: list[Mapping[Any, Any]] = [
    conditions.REMEDIES,
    orders.ENDINGS,
    orders.ADVICE,
    entitlement.EXTENSION_REFUSALS,
    orders.ATTENTION,
]


@pytest.mark.parametrize(
    ("kind", "table"), TABLES, ids=[f"{i}-{kind.__name__}" for i, (kind, _) in enumerate(TABLES)]
)
def test_every_code_has_its_words(kind: type[StrEnum], table: Mapping[Any, Any]) -> None:
    assert set(table) == set(kind)


@pytest.mark.parametrize(("member", "words"), NAMED)
def test_words_are_words_and_not_code_names(member: StrEnum, words: str) -> None:
    assert _is_readable(words)
    assert member.value not in words.split()


@pytest.mark.parametrize("words", [str(words) for table in SENTENCES for words in table.values()])
def test_what_stands_alone_is_a_sentence(words: str) -> None:
    assert words[0].isupper()
    assert words[-1] in ".?!"


@pytest.mark.parametrize(
    "words", [str(words) for words in [*conditions.REASONS.values(), *conditions.REFUSALS.values()]]
)
def test_what_ends_a_sentence_brings_no_full_stop_of_its_own(words: str) -> None:
    assert not words.endswith((".", ",", ";"))


def test_no_two_states_look_the_same() -> None:
    for table in (orders.STATUSES, conditions.CONDITIONS, conditions.REASONS, orders.ENDINGS):
        assert len({str(words) for words in table.values()}) == len(table)


def test_labels_students_know_are_kept() -> None:
    assert [str(words) for words in orders.STATUSES.values()] == [
        "Oczekuje",
        "W trakcie",
        "Do odbioru",
        "Odebrana",
        "Kod wygasł",
        "Błąd",
        "Anulowane przez użytkownika",
        "Unieważnione przez uczelnię",
        "Zastąpiona",
        "Wygasła",
    ]
    assert {str(words) for words in conditions.CONDITIONS.values()} >= {
        "Jesteś aktywnym studentem",
        "Masz numer PESEL",
        "Masz numer albumu",
        "Masz zdjęcie",
        "Masz Elektroniczną Legitymację Studencką (plastikową)",
        "Twoja (plastikowa) ELS została przedłużona",
        "Twoje dane osobowe nie zmieniły się od czasu wydania ELS",
    }
    assert "semestr potwierdzony w dziekanacie" in str(conditions.CONDITIONS[Condition.SEMESTER_CONFIRMED])


def test_one_reason_ends_the_sentence_students_know() -> None:
    answer = assess(student(photo=None), PresentOrders(), ELS, TODAY)
    expected = "Nie możesz zamówić mLegitymacji z następującego powodu: brak zdjęcia."
    assert texts.refusal_sentence(answer) == expected


def test_several_reasons_stand_in_one_sentence_each_once() -> None:
    answer = assess(student(photo=None, has_pesel=False), PresentOrders(), ELS, TODAY)
    assert texts.refusal_sentence(answer) == (
        "Nie możesz zamówić mLegitymacji z następujących powodów: brak numeru PESEL, brak zdjęcia."
    )
    nobody = assess(student(enrolments=()), PresentOrders(), ELS, TODAY)
    assert texts.refusal_sentence(nobody).count("brak studiów") == 1
    assert texts.refusal_reasons(answer) == "brak numeru PESEL, brak zdjęcia"


def test_renewal_waits_for_what_the_basis_confirms() -> None:
    start = "Nie możesz zamówić mLegitymacji z następującego powodu: masz już mLegitymację do 31.10.2026; "
    refusal = OrderRefusal.DOCUMENT_LASTS_AS_LONG
    assert texts.order_refusal(refusal, SUMMER_END) == f"{start}kolejną zamówisz po przedłużeniu ELS."
    by_semester = texts.order_refusal(refusal, SUMMER_END, Basis.SEMESTER)
    assert by_semester == f"{start}kolejną zamówisz po potwierdzeniu semestru."


def test_sentence_about_an_assessment_knows_its_basis() -> None:
    held = PresentOrders(document_until=WINTER_END)
    for policy, ending in ((ELS, "przedłużeniu ELS."), (SEMESTER, "potwierdzeniu semestru.")):
        assert texts.refusal_sentence(assess(student(), held, policy, TODAY)).endswith(ending)


def test_before_cancelling_the_student_hears_whether_a_new_order_will_be_possible() -> None:
    may = assess(student(), PresentOrders(), ELS, TODAY)
    assert texts.after_cancelling(may) == (
        "Po anulowaniu możesz zamówić nową mLegitymację, ważną do 31.03.2026."
    )
    may_not = assess(student(photo=None), PresentOrders(), ELS, TODAY)
    assert texts.after_cancelling(may_not) == (
        "Po anulowaniu na razie nie zamówisz nowej mLegitymacji: brak zdjęcia."
    )


def test_functions_answer_plain_text_because_lazy_text_would_go_into_a_page_unescaped() -> None:
    answers: list[object] = [
        *map(texts.status, OrderStatus),
        *map(texts.condition, Condition),
        *map(texts.remedy, Remedy),
        *map(texts.attention, Attention),
        *(texts.end_reason(code, may_order=may) for code in EndReason for may in (True, False)),
        *map(texts.extension_refusal, ExtensionRefusal),
        texts.order_refusal(OrderRefusal.ORDER_OPEN),
        texts.reason(Reason.NO_PHOTO),
    ]
    assert {type(answer) for answer in answers} == {str}


@pytest.mark.parametrize("may_order", [True, False])
@pytest.mark.parametrize("code", EndReason)
def test_every_ending_says_what_happened_and_what_to_do(code: EndReason, may_order: bool) -> None:
    words = texts.end_reason(code, may_order=may_order)
    assert _is_filled(words)
    assert len(re.findall(r"[.?!]( |$)", words)) >= 2


def test_who_may_order_is_sent_to_nobody_first() -> None:
    for code in set(EndReason) - {
        EndReason.OFFICE_REVOKED,
        EndReason.MINISTRY_REFUSED,
        EndReason.MINISTRY_WITHDREW,
    }:
        now = texts.end_reason(code, may_order=True)
        assert "Gdy dziekanat" not in now
        assert "Zapytaj" not in now
        assert "Zgłoś się" not in now


def test_who_may_not_order_is_not_told_to_order() -> None:
    for code in (EndReason.CODES_NOT_USED, EndReason.CODES_EXPIRED_UNSEEN, EndReason.MINISTRY_REFUSED):
        assert not re.search(r"\b[Zz]amów\b", texts.end_reason(code, may_order=False))


def test_codes_that_wait_are_named_as_the_reason() -> None:
    assert texts.order_refusal(OrderRefusal.CODES_WAITING).endswith(": kody już czekają.")


@pytest.mark.parametrize("code", OrderRefusal)
@pytest.mark.parametrize("basis", Basis)
def test_every_refusal_is_a_sentence_with_its_date_filled_in(code: OrderRefusal, basis: Basis) -> None:
    words = texts.order_refusal(code, WINTER_END, basis)
    assert _is_filled(words)
    assert ("31.03.2026" in words) == ("%(day)s" in str(conditions.REFUSALS[code]))


@pytest.mark.parametrize("code", Reason)
def test_every_reason_has_its_date_filled_in(code: Reason) -> None:
    words = texts.reason(code, WINTER_END)
    assert _is_filled(words)
    assert ("31.03.2026" in words) == ("%(day)s" in str(conditions.REASONS[code]))


def test_words_that_need_a_day_refuse_to_go_without() -> None:
    with pytest.raises(AssertionError, match="need their day"):
        texts.reason(Reason.CARD_VOID)


@calm
@given(students | likely_students, present_orders, policies)
def test_whatever_the_rules_refuse_the_words_are_complete(
    facts: StudentFacts, orders: PresentOrders, policy: Policy
) -> None:
    answer = assess(facts, orders, policy, TODAY)
    if answer.may_order:
        return
    words = texts.refusal_sentence(answer)
    assert _is_filled(words)
    assert words.startswith("Nie możesz zamówić mLegitymacji z następując")
    assert all(one in words for one in _reasons(answer))


@pytest.mark.parametrize("policy", [ELS, SEMESTER])
def test_where_the_semester_decides_no_words_send_anybody_for_a_plastic_card(policy: Policy) -> None:
    void = CardFacts(date(2024, 10, 5), date(2025, 3, 31), void_on=TODAY)
    facts = student(card=void, until=None, personal_data_changed_on=TODAY)
    words = texts.refusal_sentence(assess(facts, PresentOrders(), policy, TODAY))
    assert ("ELS" in words) is (policy is ELS)


def test_office_hears_until_when_a_graduate_may_be_extended() -> None:
    refusal = ExtensionRefusal.BEYOND_ENTITLEMENT
    assert texts.extension_refusal(refusal, SUMMER_END).endswith("najdalej do 31.10.2026.")
    assert texts.extension_refusal(refusal) == entitlement.EXTENSION_REFUSALS[refusal]
    for code in ExtensionRefusal:
        assert _is_filled(texts.extension_refusal(code, SUMMER_END))


@pytest.mark.parametrize("has_order", [True, False])
def test_outage_is_told_with_its_beginning_and_without_alarm(has_order: bool) -> None:
    words = texts.ministry_notice(datetime(2025, 9, 3, 20, 18, tzinfo=UTC), has_order=has_order)
    assert "od 3.09.2025, 22:18" in words
    assert ("bezpieczne" in words) is has_order
    assert _is_filled(words)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2025, 10, 31), "31.10.2025"),
        (date(2025, 9, 3), "3.09.2025"),
        (date(2024, 2, 29), "29.02.2024"),
        (date(2026, 3, 31), "31.03.2026"),
    ],
)
def test_days_are_written_as_people_write_them(value: date, written: str) -> None:
    assert texts.day(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2025, 9, 3, 20, 18, tzinfo=UTC), "3.09.2025, 22:18"),
        (datetime(2025, 12, 3, 20, 18, tzinfo=UTC), "3.12.2025, 21:18"),
        # In Warsaw the next day has begun.
        (datetime(2025, 12, 31, 23, 5, tzinfo=UTC), "1.01.2026, 0:05"),
        # The night in which the clocks go back, and the one in which they go forward.
        (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), "26.10.2025, 2:30"),
        (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), "26.10.2025, 2:30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29.03.2026, 1:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29.03.2026, 3:00"),
        (datetime(2025, 9, 3, 22, 18, tzinfo=ZoneInfo("Europe/Warsaw")), "3.09.2025, 22:18"),
        (datetime(2025, 9, 3, 22, 18, tzinfo=timezone(timedelta(hours=-5))), "4.09.2025, 5:18"),
    ],
)
def test_moments_are_told_by_the_clocks_in_warsaw(value: datetime, written: str) -> None:
    assert texts.moment(value) == written


def test_all_words_are_marked_for_translation() -> None:
    marked: set[str] = set()
    for module in Path(texts.__file__).parent.glob("*.py"):
        for found in extract_from_file("python", module, keywords={"_": None, "ngettext": (1, 2)}):
            message = found[1]
            marked.update([message] if isinstance(message, str) else message)
    shown = {str(words) for _, table in TABLES for words in table.values()}
    assert shown <= marked


def _is_readable(words: str) -> bool:
    return bool(words) and words == words.strip() and "  " not in words and "_" not in words


def _is_filled(words: str) -> bool:
    return _is_readable(words) and not re.search(r"[%{}]|None|\.\.", words)


def _reasons(answer: Assessment) -> list[str]:
    if answer.refusal is not OrderRefusal.CONDITIONS_UNMET:
        return []
    return [texts.reason(one.reason, one.day) for one in answer.unmet if one.reason is not None]
