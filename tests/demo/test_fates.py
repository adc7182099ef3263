from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from portal.clock import OFFICE_ZONE, day_of
from portal.demo.fates import generated_students
from portal.demo.student import DemoStudent
from portal.rules.eligibility import PresentOrders, assess
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import proposed_until

POLICY = Policy(basis=Basis.ELS)
MOMENTS = [
    datetime(2026, 10, 1, 0, 5, tzinfo=OFFICE_ZONE) + timedelta(days=days) for days in range(0, 366, 61)
]


@pytest.fixture(scope="module", params=MOMENTS, ids=str)
def moment_and_students(request: pytest.FixtureRequest) -> tuple[datetime, list[DemoStudent]]:
    return request.param, generated_students(request.param, POLICY)


def test_three_hundred_people_study_over_faculties_programmes_levels_years_and_groups(
    moment_and_students: tuple[datetime, list[DemoStudent]],
) -> None:
    _, students = moment_and_students
    studies = [one for student in students for one in student.studies]
    assert len(students) == 300
    assert len({one.faculty for one in studies}) >= 4
    assert len({one.programme for one in studies}) >= 10
    assert {one.level for one in studies} == set(Level)
    assert {one.status for one in studies} == set(EnrolmentStatus)
    assert {one.year for one in studies} == {1, 2, 3, 4, 5}
    sizes = Counter((one.faculty, one.group_name) for one in studies)
    assert len(sizes) >= 30
    assert max(sizes.values()) >= 8


def test_album_numbers_follow_each_other(moment_and_students: tuple[datetime, list[DemoStudent]]) -> None:
    _, students = moment_and_students
    assert [student.album_number for student in students] == [str(number) for number in range(100101, 100401)]
    assert all(student.user_name == student.album_number for student in students)


def test_who_somebody_is_never_depends_on_the_day() -> None:
    one, other = (generated_students(at, POLICY) for at in (MOMENTS[0], MOMENTS[-1]))
    assert [(s.id, s.surname, s.pesel, s.birth_date) for s in one] == [
        (s.id, s.surname, s.pesel, s.birth_date) for s in other
    ]


def test_lists_show_every_kind_of_obstacle_and_many_who_may_order(
    moment_and_students: tuple[datetime, list[DemoStudent]],
) -> None:
    at, students = moment_and_students
    assessments = [assess(one.facts(at), PresentOrders(), POLICY, day_of(at)) for one in students]
    unmet = {result.condition for one in assessments for result in one.unmet}
    assert sum(one.may_order for one in assessments) > 80
    assert len(unmet) >= 8


def test_some_are_extended_as_far_as_the_office_proposes_and_some_are_not(
    moment_and_students: tuple[datetime, list[DemoStudent]],
) -> None:
    at, students = moment_and_students
    proposed = proposed_until(day_of(at), POLICY)
    active = [one for one in students if one.card and one.studies[-1].status is EnrolmentStatus.ACTIVE]
    done = [one for one in active if any(made.until == proposed for made in one.confirmations)]
    assert 20 < len(done) < len(active) - 20


def test_nothing_in_the_register_contradicts_the_calendar(
    moment_and_students: tuple[datetime, list[DemoStudent]],
) -> None:
    at, students = moment_and_students
    for student in students:
        for past in _past_days(student):
            assert past <= day_of(at)
        standing = [one.until for one in student.confirmations if one.undone_at is None]
        assert len(set(standing)) == len(standing)
        assert all(one.at <= at and (one.undone_at or at) <= at for one in student.confirmations)
        if student.card is not None:
            assert student.card.issued_on <= student.card.first_valid_until


def _past_days(student: DemoStudent) -> list[date]:
    """Days that the register can only know once they have come."""
    days = [one.oath_approved_on for one in student.studies]
    days += [one.status_since for one in student.studies]
    days += [student.data_changed_on]
    days += [student.card.issued_on, student.card.void_on] if student.card else []
    return [day for day in days if day is not None]
