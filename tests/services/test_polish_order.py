from portal.services.polish_order import LONGEST, sort_name, sort_prefix


def _sorted(*people: tuple[str, str]) -> list[tuple[str, str]]:
    return sorted(people, key=lambda person: sort_name(*person))


def test_polish_letters_follow_the_letters_they_are_made_from() -> None:
    surnames = [
        "Cwał",
        "Ćwikła",
        "Dąb",
        "Lis",
        "Łąka",
        "Osa",
        "Ósmak",
        "Sum",
        "Śnieg",
        "Zawieja",
        "Źdźbło",
        "Żółć",
    ]
    assert [one for one, _ in _sorted(*((name, "Ewa") for name in reversed(surnames)))] == surnames


def test_case_does_not_count_and_first_names_decide_between_equal_surnames() -> None:
    assert sort_name("ŻÓŁĆ", "ŁUCJA") == sort_name("Żółć", "Łucja")
    assert _sorted(("Lis", "Łucja"), ("Lis", "Lucyna")) == [("Lis", "Lucyna"), ("Lis", "Łucja")]


def test_a_shorter_surname_comes_before_a_longer_and_a_double_one() -> None:
    people = [("Lis", "Zofia"), ("Lis-Osa", "Anna"), ("Lisak", "Adam")]
    assert _sorted(*reversed(people)) == people


def test_foreign_letters_stand_with_their_own_letter_and_unknown_ones_last() -> None:
    people = [("Muller", "A"), ("Müller", "B"), ("Mur", "C"), ("Мороз", "D")]
    assert _sorted(*reversed(people)) == people


def test_the_key_of_a_beginning_begins_the_keys_of_the_names() -> None:
    assert sort_name("Gżegżółka", "Ewa").startswith(sort_prefix("gże"))
    assert not sort_name("Gzela", "Ewa").startswith(sort_prefix("gże"))


def test_the_key_is_made_of_digits_and_fits_its_column() -> None:
    key = sort_name("Ż" * 100, "Ą" * 100)
    assert key.isdecimal()
    assert len(key) == LONGEST
