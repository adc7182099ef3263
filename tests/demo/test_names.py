from datetime import date

import pytest
from stdnum.pl import pesel as pesel_numbers

from portal.demo.names import STEMS, invent_birth, invent_name, name_from_abroad, pesel_of
from portal.services.polish_order import ALPHABET

NUMBERS = range(1, 401)


def test_every_pesel_has_a_valid_checksum_and_agrees_with_birth_and_sex() -> None:
    for number in NUMBERS:
        name, birth = invent_name(number), invent_birth(number)
        pesel = pesel_numbers.validate(pesel_of(birth, number, feminine=name.feminine))
        assert pesel_numbers.get_birth_date(pesel) == birth
        assert pesel_numbers.get_gender(pesel) == ("F" if name.feminine else "M")


def test_no_birth_lies_in_a_living_persons_century() -> None:
    assert all(1800 <= invent_birth(number).year <= 1899 for number in NUMBERS)
    with pytest.raises(ValueError):
        pesel_of(date(1900, 1, 1), 1, feminine=True)


def test_no_two_people_share_a_pesel() -> None:
    birth = date(1881, 2, 3)
    pesels = {pesel_of(birth, number, feminine=number % 2 == 0) for number in range(1000)}
    assert len(pesels) == 1000


def test_names_use_every_letter_that_only_polish_has() -> None:
    letters = set("".join(f"{name.first_names}{name.surname}" for name in map(invent_name, NUMBERS)).lower())
    assert set(ALPHABET) - set("abcdefghijklmnopqrstuvwxyz") <= letters


def test_surnames_end_as_the_bearers_sex_asks() -> None:
    for name in map(invent_name, NUMBERS):
        for part in name.surname.split("-"):
            if part[:-1] in STEMS:
                assert part.endswith("a" if name.feminine else "i")


def test_the_same_number_is_always_the_same_person() -> None:
    assert [invent_name(number) for number in NUMBERS] == [invent_name(number) for number in NUMBERS]
    assert len({(name.first_names, name.surname) for name in map(invent_name, NUMBERS)}) > 350


def test_some_names_have_letters_that_polish_has_not() -> None:
    foreign = "".join(name_from_abroad(number).surname for number in range(6)).lower()
    assert set(foreign) - set(ALPHABET) - {"v", "q", "x"}
