"""Lists of students for the office: filters, counts, pages."""

from datetime import date
from typing import Any

import pytest

from portal import clock
from portal.database import transaction
from portal.models.people import Student
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import proposed_until
from portal.services.student_lists import Confirmed, Progress, StudentFilter, matching_ids, page, progress
from tests.people import POLICY, make_enrolment, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def near() -> date:
    return proposed_until(clock.today(), POLICY)


def matching(**wanted: object) -> set[str]:
    return set(matching_ids(StudentFilter(near(), **wanted), POLICY))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("faculty", "Wydział Inny"),
        ("programme", "Historia"),
        ("level", Level.UNIFORM),
        ("year", 5),
        ("group_name", "H-1"),
        ("status", EnrolmentStatus.ON_LEAVE),
    ],
)
def test_every_filter_keeps_those_it_names(name: str, value: Any) -> None:
    studies: dict[str, Any] = {name: value}
    meant = make_student(**studies)
    other = make_student()

    assert matching(**{name: value}) == {meant.id}
    assert matching() == {meant.id, other.id}


def test_filters_of_studies_hold_for_one_and_the_same_enrolment() -> None:
    student = make_student(faculty="A", year=1)
    with transaction() as session:
        session.add(make_enrolment(student.id, faculty="B", year=2))

    assert matching(faculty="A", year=1) == matching(faculty="B", year=2) == {student.id}
    assert matching(faculty="A", year=2) == set()


def a_group() -> dict[str, Student]:
    return {
        "extended": make_student(),
        "first_date": make_student(extended_until=None, first_valid_until=near()),
        "behind": make_student(extended_until=None),
        "never": make_student(extended_until=None, card=False),
    }


def test_students_are_told_apart_by_how_far_they_are_confirmed() -> None:
    who = {name: student.id for name, student in a_group().items()}

    assert matching(confirmed=Confirmed.UNTIL_THEN) == {who["extended"], who["first_date"]}
    assert matching(confirmed=Confirmed.NOT_UNTIL_THEN) == {who["behind"], who["never"]}
    assert matching(confirmed=Confirmed.NEVER) == {who["never"]}


def test_the_cards_own_date_counts_under_els_only() -> None:
    make_student(extended_until=None, first_valid_until=near())
    wanted = StudentFilter(near())

    assert progress(wanted, POLICY) == Progress(1, 0)
    assert progress(wanted, Policy(basis=Basis.SEMESTER)) == Progress(0, 1)


def test_the_count_of_extended_and_remaining_ignores_which_of_them_are_listed() -> None:
    a_group()

    for confirmed in (None, *Confirmed):
        wanted = StudentFilter(near(), confirmed=confirmed)
        assert progress(wanted, POLICY) == Progress(extended=2, remaining=2)


def test_pages_follow_each_other_in_polish_order() -> None:
    for surname in ("Żuk", "Lis", "Łoś", "Lis"):
        make_student(surname=surname)
    wanted = StudentFilter(near())

    first = page(wanted, POLICY, size=2)
    rest = page(wanted, POLICY, size=9, after=(first[-1].sort_name, first[-1].id))

    assert [one.surname for one in [*first, *rest]] == ["Lis", "Lis", "Łoś", "Żuk"]
    assert len({one.id for one in [*first, *rest]}) == 4


def test_a_row_says_until_when_the_student_is_confirmed() -> None:
    who = {name: student.id for name, student in a_group().items()}

    shown = {one.id: one.confirmed_until for one in page(StudentFilter(near()), POLICY)}

    assert shown[who["extended"]] == shown[who["first_date"]] == near()
    assert shown[who["behind"]] is not None
    assert shown[who["never"]] is None


FILTERS: list[dict[str, Any]] = [
    {},
    {"faculty": "A"},
    {"programme": "B", "year": 1},
    {"group_name": "C"},
    {"level": Level.UNIFORM},
    {"year": 2, "status": EnrolmentStatus.ON_LEAVE},
    {"status": EnrolmentStatus.ACTIVE, "confirmed": Confirmed.NOT_UNTIL_THEN},
    {"faculty": "A", "confirmed": Confirmed.UNTIL_THEN},
    {"confirmed": Confirmed.NEVER},
]


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("basis", Basis)
def test_lists_are_read_by_indexes(wanted: dict[str, Any], basis: Basis) -> None:
    student, policy = make_student(), Policy(basis=basis)
    last_seen = (student.sort_name, student.id)

    with watched_plans() as plans:
        page(StudentFilter(near(), **wanted), policy)
        page(StudentFilter(near(), **wanted), policy, after=last_seen)
        matching_ids(StudentFilter(near(), **wanted), policy)
        progress(StudentFilter(near(), **wanted), policy)

    assert plans.statements == 4
    assert plans.whole_tables == set()
