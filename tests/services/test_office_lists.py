"""The lists that need a person."""

from datetime import datetime, timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.orders import Attention, Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.rules.validity import proposed_until
from portal.services.card_extensions import extend, undo_extension
from portal.services.office_lists import MANY_FAILURES, OfficeList, Terms, counts, rows
from portal.services.office_orders import keep_document
from portal.services.ordering import place_order
from portal.services.register import facts_of
from tests.people import POLICY, make_office, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")

S, A = OrderStatus, AtMinistry
LONG_AGO = timedelta(hours=5)


def terms(*, repeatable: bool = True) -> Terms:
    return Terms(POLICY, overdue_after=timedelta(hours=1), repeatable=repeatable, at=clock.now())


def order_in(
    status: OrderStatus,
    there: AtMinistry,
    *,
    student: Student | None = None,
    age: timedelta = timedelta(),
    **values: object,
) -> str:
    """An order in that state, placed and changed so long ago."""
    order_id: str = place_order(
        (student or make_student()).id, POLICY, actor="test", at=clock.now() - timedelta(seconds=1)
    ).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = status, there
        order.placed_at -= age
        order.status_since -= age
        if status is S.READY:
            order.qr_payload, order.activation_code = "0" * 32, "z8e+6Ys$"
            order.codes_expire_at = clock.now() + timedelta(days=30)
        for name, value in values.items():
            setattr(order, name, value)
    return order_id


def on(which: OfficeList, *, repeatable: bool = True) -> list[str]:
    found = [row.order_id for row in rows(which, terms(repeatable=repeatable))]
    assert counts(terms(repeatable=repeatable))[which] == len(found)
    return found


def test_stuck_are_open_orders_without_codes_that_take_too_long() -> None:
    stuck = [
        order_in(S.WAITING, A.ABSENT, age=LONG_AGO),
        order_in(S.IN_PROGRESS, A.PRESENT, age=LONG_AGO * 2),
    ]
    order_in(S.WAITING, A.ABSENT)
    order_in(S.READY, A.PRESENT, age=LONG_AGO)

    assert on(OfficeList.STUCK) == stuck[::-1]


def test_orders_that_fail_again_and_again_are_stuck_however_young() -> None:
    failing = [
        order_in(S.WAITING, A.UNCERTAIN, failures=MANY_FAILURES, age=timedelta(minutes=3)),
        order_in(S.READY, A.PRESENT, failures=MANY_FAILURES + 1, age=timedelta(minutes=2)),
    ]
    order_in(S.WAITING, A.UNCERTAIN, failures=MANY_FAILURES - 1)
    order_in(S.CANCELLED, A.GONE, failures=MANY_FAILURES)

    assert on(OfficeList.STUCK) == failing


def test_a_doubt_is_for_the_office_only_where_it_does_not_resolve_itself() -> None:
    unclear = order_in(S.WAITING, A.UNCERTAIN, age=LONG_AGO)
    order_in(
        S.WAITING,
        A.UNCERTAIN,
        lease_token="x",
        leased_until=clock.real_now() + timedelta(minutes=1),
    )

    assert (on(OfficeList.UNCLEAR), on(OfficeList.STUCK)) == ([], [unclear])
    assert on(OfficeList.UNCLEAR, repeatable=False) == [unclear]
    assert on(OfficeList.STUCK, repeatable=False) == []


def test_orders_about_which_the_ministry_said_something_odd_need_attention_while_open() -> None:
    odd = order_in(S.READY, A.PRESENT, attention=Attention.OTHER_CODES)
    order_in(S.REVOKED, A.GONE, attention=Attention.OTHER_CODES)

    assert on(OfficeList.ATTENTION) == [odd]
    assert rows(OfficeList.ATTENTION, terms())[0].attention is Attention.OTHER_CODES


def test_a_refusal_is_listed_until_the_student_orders_again() -> None:
    student = make_student()
    refused = order_in(
        S.ERROR,
        A.GONE,
        student=student,
        age=LONG_AGO,
        end_reason=EndReason.MINISTRY_REFUSED,
        refusal_code="x",
    )
    order_in(S.ERROR, A.GONE, end_reason=EndReason.DEADLINE_PASSED)
    assert on(OfficeList.REFUSED) == [refused]

    order_in(S.WAITING, A.ABSENT, student=student)

    assert on(OfficeList.REFUSED) == []


def test_withdrawals_that_take_too_long_are_listed() -> None:
    overdue = order_in(S.REVOKED, A.PRESENT, age=LONG_AGO)
    order_in(S.CANCELLED, A.PRESENT)
    order_in(S.CANCELLED, A.GONE, age=LONG_AGO)

    assert on(OfficeList.WITHDRAWALS_OVERDUE) == [overdue]


def test_codes_about_to_expire_are_listed_the_soonest_first() -> None:
    def expiring(days: float) -> str:
        return order_in(S.READY, A.PRESENT, codes_expire_at=clock.now() + timedelta(days=days))

    later, sooner = expiring(2.9), expiring(1)
    expiring(3.1)
    expiring(-0.1)

    assert on(OfficeList.CODES_EXPIRING) == [sooner, later]


def document_on_an_undone_extension() -> tuple[Student, str]:
    student = make_student(extended_until=None)
    again(student)
    order_id = order_in(S.COLLECTED, A.PRESENT, student=student)
    undo_latest(student)
    return student, order_id


def again(student: Student) -> None:
    extend(
        student.id,
        proposed_until(clock.today(), POLICY),
        POLICY,
        actor=make_office().id,
        at=clock.now(),
    )


def undo_latest(student: Student) -> None:
    latest = facts_of(student).extensions[-1].id
    undo_extension(latest, POLICY, actor=make_office().id, reason="pomyłka", at=clock.now())


def test_a_document_whose_extension_was_undone_is_listed_until_somebody_decides() -> None:
    _student, order_id = document_on_an_undone_extension()
    order_in(S.COLLECTED, A.PRESENT)
    assert on(OfficeList.RESTING_ON_UNDONE) == [order_id]

    keep_document(order_id, reason="studentka wraca", actor=make_office().id, at=clock.now())

    assert on(OfficeList.RESTING_ON_UNDONE) == []


def test_a_document_covered_again_is_not_listed() -> None:
    student, _order_id = document_on_an_undone_extension()

    again(student)

    assert on(OfficeList.RESTING_ON_UNDONE) == []


def test_pages_of_a_list_follow_each_other() -> None:
    expected = [order_in(S.WAITING, A.ABSENT, age=LONG_AGO * n) for n in (3, 2, 1)]

    first = rows(OfficeList.STUCK, terms(), size=2)
    after: tuple[datetime, str] = (first[-1].since, first[-1].order_id)
    rest = rows(OfficeList.STUCK, terms(), after=after)

    assert [row.order_id for row in [*first, *rest]] == expected


@pytest.mark.parametrize("which", OfficeList)
def test_lists_are_read_by_indexes(which: OfficeList) -> None:
    order_in(S.WAITING, A.ABSENT)

    with watched_plans() as plans:
        rows(which, terms(repeatable=False))

    assert plans.statements > 0
    assert plans.whole_tables == set()


def test_all_lists_are_counted_by_indexes() -> None:
    order_in(S.WAITING, A.ABSENT)

    with watched_plans() as plans:
        counts(terms(repeatable=False))

    assert plans.statements == len(OfficeList)
    assert plans.whole_tables == set()
