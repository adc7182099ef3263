"""The order of names on Polish lists, as a key that every database sorts alike."""

import unicodedata

ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
LONGEST = 400
_END, _BREAK, _OTHER = "00", "01", "99"
_PLACES = {letter: f"{place:02}" for place, letter in enumerate(ALPHABET, start=10)}


def sort_name(surname: str, first_names: str) -> str:
    """The key by which a person stands in a list: surname first, ą after a, ł after l, case of no account.

    Two digits stand for each letter, so no database's own collation can disagree. A key of the beginning of a
    surname begins the keys of all surnames that begin so (see `sort_prefix`).
    """
    return (sort_prefix(surname) + _END + sort_prefix(first_names))[:LONGEST]


def sort_prefix(text: str) -> str:
    """The key of a name's beginning, for finding names by it."""
    return "".join(_place(character) for character in unicodedata.normalize("NFC", text.casefold()))


def _place(character: str) -> str:
    if character in _PLACES:
        return _PLACES[character]
    if character.isspace() or unicodedata.category(character) == "Pd":
        return _BREAK
    if not character.isalpha():
        return ""
    # Foreign letters stand with the letter they are made from.
    return _PLACES.get(unicodedata.normalize("NFD", character)[0], _OTHER)
