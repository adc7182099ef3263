from datetime import date, timedelta

import pytest

from portal.demo.semesters import academic_year, confirmation_opens, ends_between, next_end, previous_end
from portal.rules.policy import Basis, Policy
from portal.rules.validity import is_semester_end, proposed_until

POLICY = Policy(basis=Basis.ELS)
DAYS = [date(2027, 9, 1) + timedelta(days=day) for day in range(400)]


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 9, 30), 2025), (date(2026, 10, 1), 2026), (date(2027, 1, 1), 2026)],
)
def test_an_academic_year_begins_in_october(day: date, year: int) -> None:
    assert academic_year(day) == year


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2027, 3, 31), date(2026, 10, 31), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 3, 31), date(2027, 10, 31)),
        (date(2027, 10, 31), date(2027, 3, 31), date(2027, 10, 31)),
        (date(2027, 11, 1), date(2027, 10, 31), date(2028, 3, 31)),
    ],
)
def test_a_semester_end_still_belongs_to_its_day(day: date, before: date, after: date) -> None:
    assert (previous_end(day), next_end(day)) == (before, after)


def test_the_ends_between_two_days_are_all_of_them_in_order() -> None:
    assert ends_between(date(2026, 3, 31), date(2027, 10, 31)) == [
        date(2026, 10, 31),
        date(2027, 3, 31),
        date(2027, 10, 31),
    ]
    assert ends_between(date(2027, 3, 31), date(2027, 10, 30)) == []


def test_every_day_lies_between_the_previous_end_and_the_next() -> None:
    for day in DAYS:
        assert previous_end(day) < day <= next_end(day)
        assert is_semester_end(previous_end(day))
        assert ends_between(previous_end(day), next_end(day)) == [next_end(day)]


def test_what_the_office_proposes_it_may_confirm_since_that_day() -> None:
    for day in DAYS:
        assert confirmation_opens(proposed_until(day, POLICY), POLICY) <= day
