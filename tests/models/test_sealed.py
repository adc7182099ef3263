"""What is sealed cannot be read, moved or changed without notice, and is still found."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from portal.database import transaction
from portal.extensions import db
from portal.models.base import new_id
from portal.models.people import Student
from portal.models.sealed import Keyring, SealBroken
from tests.people import make_student, pesel_of

PESEL = pesel_of(date(1872, 4, 17), 1)
RING = Keyring(sealing={1: b"1" * 32}, index=b"i" * 32)


@given(st.text(), st.text())
def test_what_was_sealed_opens_at_its_place(plain: str, place: str) -> None:
    assert RING.open(RING.seal(plain, place), place) == plain


@given(st.text(min_size=4))
def test_the_same_text_is_never_sealed_alike(plain: str) -> None:
    assert RING.seal(plain, "p") != RING.seal(plain, "p")


def test_the_sealed_bytes_hide_the_text() -> None:
    assert PESEL.encode() not in RING.seal(PESEL, "p")


@pytest.mark.parametrize(
    "place", ["students.pesel_sealed.2", "orders.pesel_sealed.1", "students.name_sealed.1", ""]
)
def test_a_value_does_not_open_at_another_place(place: str) -> None:
    sealed = RING.seal(PESEL, "students.pesel_sealed.1")
    with pytest.raises(SealBroken):
        RING.open(sealed, place)


def test_every_changed_byte_is_noticed() -> None:
    sealed = RING.seal("z8e+6Ys$", "p")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            RING.open(bytes(changed), "p")


@pytest.mark.parametrize("length", [0, 1, 12, 13, 20])
def test_a_cut_value_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        RING.open(RING.seal("z8e+6Ys$", "p")[:length], "p")


def test_another_key_of_the_same_number_does_not_open_it() -> None:
    other = Keyring(sealing={1: b"2" * 32}, index=b"i" * 32)
    with pytest.raises(SealBroken):
        other.open(RING.seal("x", "p"), "p")


def test_the_blind_index_depends_on_text_and_key() -> None:
    other = Keyring(sealing={1: b"1" * 32}, index=b"j" * 32)
    assert RING.blind_index("a") == RING.blind_index("a")
    assert len({RING.blind_index("a"), RING.blind_index("b"), other.blind_index("a")}) == 3


@pytest.mark.usefixtures("database")
def test_a_pesel_is_stored_sealed_and_read_back() -> None:
    student = make_student()
    pesel = student.pesel
    assert pesel is not None
    db.session.expire_all()
    assert db.session.get_one(Student, student.id).pesel == pesel
    stored = db.session.execute(text("SELECT * FROM students")).one()
    assert pesel not in repr(tuple(stored))


@pytest.mark.usefixtures("database")
def test_a_pesel_copied_to_another_student_does_not_open() -> None:
    one, other = make_student(), make_student()
    with transaction() as session:
        session.execute(
            text(
                "UPDATE students SET pesel_sealed = (SELECT pesel_sealed FROM students WHERE id = :one)"
                " WHERE id = :other"
            ),
            {"one": one.id, "other": other.id},
        )
    assert db.session.get_one(Student, one.id).pesel is not None
    with pytest.raises(SealBroken):
        _ = db.session.get_one(Student, other.id).pesel


def test_nothing_stays_sealed_where_nothing_was(app: Flask) -> None:
    with app.app_context():
        student = Student(id=new_id(), pesel=None)
        assert student.pesel is None
        assert student.pesel_sealed is None
