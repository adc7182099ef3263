"""What lists of students can be narrowed to."""

import pytest

from portal.services import studies_offered
from portal.services.studies_offered import Offered, offered
from tests.people import make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def studies(faculty: str, programme: str, group_name: str) -> None:
    make_student(faculty=faculty, programme=programme, group_name=group_name)


def test_a_university_without_students_offers_nothing() -> None:
    assert offered() == Offered((), (), ())


def test_everything_is_offered_once_and_in_polish_order() -> None:
    for faculty, programme, group in [
        ("Łódź", "Żeglarstwo", "Ć"),
        ("Zoo", "Łowiectwo", "D"),
        ("Luz", "Lot", "C"),
    ]:
        studies(faculty, programme, group)
        studies(faculty, programme, group)

    assert offered() == Offered(
        faculties=("Luz", "Łódź", "Zoo"),
        programmes=("Lot", "Łowiectwo", "Żeglarstwo"),
        groups=("C", "Ć", "D"),
    )


def test_a_choice_narrows_what_comes_after_it_and_leaves_itself_to_be_changed() -> None:
    studies("A", "Historia", "AH-1")
    studies("A", "Prawo", "AP-1")
    studies("B", "Historia", "BH-1")

    in_a = offered(faculty="A")
    in_a_history = offered(faculty="A", programme="Historia")

    assert (in_a.faculties, in_a.programmes, in_a.groups) == (
        ("A", "B"),
        ("Historia", "Prawo"),
        ("AH-1", "AP-1"),
    )
    assert (in_a_history.programmes, in_a_history.groups) == (("Historia", "Prawo"), ("AH-1",))
    assert offered(programme="Historia").groups == ("AH-1", "BH-1")


def test_a_choice_nobody_studies_in_offers_no_groups_but_the_way_back() -> None:
    studies("A", "Historia", "AH-1")

    nowhere = offered(faculty="Wydział, którego nie ma")

    assert nowhere == Offered(faculties=("A",), programmes=(), groups=())


def test_a_university_of_many_groups_offers_the_first_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies_offered, "MOST_GROUPS", 2)
    for group in ("G-3", "G-1", "G-2"):
        studies("A", "Historia", group)

    assert offered().groups == ("G-1", "G-2")


@pytest.mark.parametrize(
    "chosen", [{}, {"faculty": "A"}, {"faculty": "A", "programme": "B"}, {"programme": "B"}]
)
def test_what_is_offered_is_read_by_indexes(chosen: dict[str, str]) -> None:
    studies("A", "B", "C")

    with watched_plans() as plans:
        offered(**chosen)

    assert plans.statements == 2
    assert plans.whole_tables == set()


def test_numbers_in_the_names_of_groups_stand_by_their_size() -> None:
    for name in ("MAL-10", "MAL-2", "ŁĄ-1", "MAL-2A"):
        make_student(group_name=name)

    assert offered().groups == ("ŁĄ-1", "MAL-2", "MAL-2A", "MAL-10")
