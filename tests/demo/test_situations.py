"""Each demonstration account shows its situation on every day of a year, by the rules that decide for students."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from portal.clock import OFFICE_ZONE, day_of
from portal.demo.accounts import ACCOUNTS
from portal.demo.orders import DemoOrder
from portal.demo.situations import DAYS_LEFT_OF_DOCUMENT, situation_orders, situation_students
from portal.demo.student import DemoStudent
from portal.rules.eligibility import Assessment, PresentOrders, assess
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.policy import Basis, Policy
from portal.rules.reasons import OrderRefusal, Reason
from portal.rules.validity import has_entitlement

UNMET = {
    "100002": Reason.EXTENSION_ENDED,
    "100003": Reason.NO_PHOTO,
    "100004": Reason.NO_PESEL,
    "100007": Reason.STUDENT_REMOVED,
    "100008": Reason.LEVEL_WITHOUT_CARD,
    "100009": Reason.NO_OATH,
    "100010": Reason.DATA_CHANGED,
    "bez-albumu": Reason.NO_ALBUM_NUMBER,
}
ORDERED = {
    "100005": OrderStatus.READY,
    "100006": OrderStatus.COLLECTED,
    "100011": OrderStatus.CODES_EXPIRED,
    "100012": OrderStatus.ERROR,
}
HOURS = (time(0, 5), time(12, 0), time(23, 55))
FIRST_DAY = date(2027, 9, 20)


def _month(number: int) -> list[datetime]:
    """Every day of a month, at changing hours; twelve of them cover a year with 29 February."""
    days = [FIRST_DAY + timedelta(days=31 * number + day) for day in range(31)]
    return [datetime.combine(day, HOURS[day.day % 3], OFFICE_ZONE) for day in days]


YEAR = [_month(number) for number in range(12)]
BORDERS = [
    datetime.combine(date(year, month, day), hour, OFFICE_ZONE)
    for year in (2026, 2027)
    for month, day in (
        (2, 15),
        (2, 16),
        (3, 17),
        (3, 31),
        (4, 1),
        (9, 30),
        (10, 1),
        (10, 17),
        (10, 31),
        (11, 1),
    )
    for hour in HOURS
]


def _first_day(moments: list[datetime]) -> str:
    return moments[0].date().isoformat()


on_every_day = pytest.mark.parametrize("moments", [*YEAR, BORDERS], ids=_first_day)


def _standings(at: datetime, policy: Policy) -> Iterator[tuple[DemoStudent, Assessment, list[DemoOrder]]]:
    people = situation_students(at, policy)
    orders = situation_orders(people, at, policy)
    for user_name, student in people.items():
        own = [order for order in orders if order.student.user_name == user_name]
        present = PresentOrders(
            open_status=next((order.status for order in own if order.status in OPEN), None),
            document_until=next(
                (order.valid_until for order in own if order.status is OrderStatus.COLLECTED), None
            ),
        )
        yield student, assess(student.facts(at), present, policy, day_of(at)), own


def _all(moments: list[datetime], basis: Basis) -> Iterator[tuple[DemoStudent, Assessment, list[DemoOrder]]]:
    for at in moments:
        yield from _standings(at, Policy(basis=basis))


@on_every_day
def test_every_account_is_in_its_situation(moments: list[datetime]) -> None:
    for student, assessment, own in _all(moments, Basis.ELS):
        unmet = UNMET.get(student.user_name)
        assert [result.reason for result in assessment.unmet] == ([unmet] if unmet else [])
        assert (own[-1].status if own else None) is ORDERED.get(student.user_name)
        refusal = OrderRefusal.CODES_WAITING if student.user_name == "100005" else None
        assert assessment.refusal is (OrderRefusal.CONDITIONS_UNMET if unmet else refusal)


@on_every_day
def test_under_the_semester_basis_the_plastic_card_no_longer_counts(moments: list[datetime]) -> None:
    unmet = UNMET | {"100002": Reason.SEMESTER_ENDED}
    del unmet["100010"]
    for student, assessment, _ in _all(moments, Basis.SEMESTER):
        expected = unmet.get(student.user_name)
        assert [result.reason for result in assessment.unmet] == ([expected] if expected else [])


@on_every_day
def test_what_is_shown_lasts_longer_than_a_demonstration(moments: list[datetime]) -> None:
    for at in moments:
        orders = {student.user_name: own for student, _, own in _standings(at, Policy(basis=Basis.ELS))}
        (ready,), (document,) = orders["100005"], orders["100006"]
        assert ready.codes_expire_at is not None
        assert ready.codes_expire_at > at + timedelta(days=20)
        assert document.valid_until >= day_of(at) + timedelta(days=DAYS_LEFT_OF_DOCUMENT)


@on_every_day
def test_nothing_has_happened_later_than_now_or_out_of_order(moments: list[datetime]) -> None:
    for at in moments:
        for student, _, own in _standings(at, Policy(basis=Basis.ELS)):
            confirmed = [one.at for one in student.confirmations]
            assert confirmed == sorted(confirmed)
            assert all(moment <= at for moment in confirmed)
            for order in own:
                lived = [event.at for event in order.events]
                assert lived == sorted(lived)
                assert lived[-1] <= at
                assert has_entitlement(student.facts(at), order.policy, day_of(at))


def test_the_accounts_of_students_are_exactly_these() -> None:
    people = situation_students(BORDERS[0], Policy(basis=Basis.ELS))
    assert list(people) == [account.user_name for account in ACCOUNTS if account.role == "student"]
    assert all(student.user_name == user_name for user_name, student in people.items())
    assert all(student.album_number in (user_name, None) for user_name, student in people.items())
