"""Finding students by number or name."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models.cards import ElsCard
from portal.services.search import Page, search
from tests.people import make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def surnames(page: Page) -> list[str]:
    return [student.surname for student in page.students]


def make_surnames(*names: str) -> None:
    for name in names:
        make_student(surname=name, extended_until=None)


@pytest.mark.parametrize("text", ["zolc", "ŻÓŁĆ", "Żółć", "żół", "zo", " z ", "żolc"])
def test_letters_without_marks_stand_for_all_their_forms(text: str) -> None:
    make_surnames("Żółć", "Lis")

    assert surnames(search(text)) == ["Żółć"]


def test_a_letter_typed_with_its_mark_stands_for_itself() -> None:
    make_surnames("Losek", "Łosek")

    assert surnames(search("łos")) == ["Łosek"]
    assert surnames(search("los")) == ["Losek", "Łosek"]


def test_results_stand_in_polish_order() -> None:
    ordered = ["Zawieja", "Zięba", "Źdźbło", "Żółć"]
    make_surnames(*reversed(ordered))

    assert surnames(search("z")) == ordered


def test_first_names_and_second_surnames_go_on_behind_a_blank() -> None:
    make_surnames("Lis-Osa", "Lis", "Lisak")

    assert surnames(search("lis o")) == ["Lis-Osa"]
    assert surnames(search("lis wa")) == ["Lis"]
    assert surnames(search("lis")) == ["Lis", "Lis-Osa", "Lisak"]


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    ordered = ["Lis", "Lis", "Lis", "Lisak", "Lisiak", "Łis", "Łisak"]
    make_surnames(*ordered)

    pages: list[Page] = []
    after = None
    while not pages or after is not None:
        page = search("lis", after=after, size=2)
        pages.append(page)
        after = page.next_after

    assert [surname for page in pages for surname in surnames(page)] == ordered
    assert len({student.id for page in pages for student in page.students}) == len(ordered)
    assert [page.more for page in pages] == [True, True, True, False]


def test_a_number_is_found_by_its_beginning_the_exact_one_first() -> None:
    for album_number in ("1234", "123", "987"):
        make_student(album_number=album_number)

    assert [student.album_number for student in search("123").students] == ["123", "1234"]
    assert search("12", size=1).more


def test_a_card_number_is_found_with_and_without_its_dash() -> None:
    student = make_student(album_number=None)
    number = db.session.scalars(select(ElsCard.card_number)).one()

    for text in (number, number.lower(), number.replace("-", " "), number[:-1]):
        assert [found.id for found in search(text).students] == [student.id]


@pytest.mark.parametrize("text", ["", "   ", "!", "%", "_", "x" * 500, "zzz", "9\x00"])
def test_what_means_nobody_finds_nobody(text: str) -> None:
    make_student()

    assert search(text).students == []


@pytest.mark.parametrize("text", ["prob", "z", "lis o", "7000", "ELS-0"])
def test_searching_reads_by_indexes(text: str) -> None:
    make_surnames("Próbna", "Zięba", "Lis-Osa")

    with watched_plans() as plans:
        search(text)

    assert plans.statements > 0
    assert plans.whole_tables == set()
