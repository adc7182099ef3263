"""Numbers as people, scanners and spreadsheets give them."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models.cards import ElsCard
from portal.services.numbers import NumberUnclear, NumberUnknown, owners_of_albums, student_with
from tests.people import make_student

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    "text",
    ["001234", " 001234\r\n", "00 1234", "00-1234", "1234", "0001234", ";001234?", "001234\t", "'001234"],
)
def test_an_album_number_is_found_however_it_is_written(text: str) -> None:
    student = make_student(album_number="001234")

    assert student_with(text) == student.id


@pytest.mark.parametrize("text", ["{}", " {}\n", "{lower}", "{bare}", "%{}?"])
def test_a_card_number_is_found_however_it_is_written(text: str) -> None:
    student = make_student()
    number = db.session.scalars(select(ElsCard.card_number)).one()

    assert (
        student_with(text.format(number, lower=number.lower(), bare=number.replace("-", " "))) == student.id
    )


@pytest.mark.parametrize("text", ["", " ", "999", "--", "ELS", "%_", "0"])
def test_what_nobody_has_is_unknown(text: str) -> None:
    make_student(album_number="12345")

    with pytest.raises(NumberUnknown):
        student_with(text)


def test_a_number_that_could_mean_two_people_means_nobody_unless_it_is_exact() -> None:
    short, long = make_student(album_number="123"), make_student(album_number="00123")

    assert (student_with("123"), student_with("00123")) == (short.id, long.id)
    with pytest.raises(NumberUnclear) as unclear:
        student_with("0123")
    assert {one.id for one in unclear.value.students} == {short.id, long.id}


def test_many_numbers_are_found_at_once() -> None:
    one, other = make_student(album_number="000777"), make_student(album_number="AB/12")

    assert owners_of_albums(["777", "AB/12", "5"]) == {"777": one.id, "AB/12": other.id}
