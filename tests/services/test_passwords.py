"""Which passwords are accepted and how they are kept."""

import pytest

from portal.services import passwords
from portal.services.passwords import PasswordFault, PasswordRefused


def fault_of(password: str, *context: str) -> PasswordFault | None:
    try:
        passwords.check(password, context=context)
    except PasswordRefused as refused:
        return refused.fault
    return None


def test_fourteen_characters_are_too_few_and_fifteen_enough() -> None:
    assert fault_of("cicha-woda-brz") is PasswordFault.TOO_SHORT
    assert fault_of("cicha-woda-brzm") is None


def test_a_phrase_of_128_characters_is_accepted_and_129_are_not() -> None:
    phrase = "żółte liście spadają powoli na mokry bruk " * 4
    assert fault_of(phrase[:128]) is None
    assert fault_of(phrase[:129]) is PasswordFault.TOO_LONG


@pytest.mark.parametrize(
    "password",
    ["same male litery tu", "TYLKOWIELKIETUSA", "jeden dwa trzy cztery", "🐢🦊🐌🦉🐝🦋🐞🐙🦀🐬🐳🦜🦚🦩🐘"],
)
def test_no_kind_of_character_is_required(password: str) -> None:
    assert fault_of(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123!!!!!",
        "qwertyuiop123456",
        "1q2w3e4r5t6y1q2w3e",
        "hasło-hasło-hasło",
        "demo-mlegitymacja",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "abcdefghijklmnopq",
        "123456789012345678",
        "Warszawa2026!!!!",
    ],
)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    assert fault_of(password) is PasswordFault.COMMON


def test_a_password_made_of_the_account_s_own_words_is_refused() -> None:
    context = ("jkowalska", "Jadwiga Kowalska", "Akademia Przykładowa")
    assert fault_of("JadwigaKowalska1812", *context) is PasswordFault.SPEAKS_OF_ACCOUNT
    assert fault_of("przykładowa-jkowalska", *context) is PasswordFault.SPEAKS_OF_ACCOUNT
    assert fault_of("Jadwiga karmi wróble", *context) is None


def test_a_kept_hash_is_argon2id_at_no_less_than_the_minimum() -> None:
    kept = passwords.make_hash("cicha-woda-brzegi-rwie")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.needs_rehash(kept)


def test_the_same_password_is_never_kept_twice_alike() -> None:
    assert passwords.make_hash("cicha-woda-brzegi-rwie") != passwords.make_hash("cicha-woda-brzegi-rwie")


def test_only_the_right_password_verifies() -> None:
    kept = passwords.make_hash("cicha-woda-brzegi-rwie")
    assert passwords.verify(kept, "cicha-woda-brzegi-rwie")
    assert not passwords.verify(kept, "Cicha-woda-brzegi-rwie")
    assert not passwords.verify(kept, "cicha-woda-brzegi-rwie ")
    assert not passwords.verify(kept, "")


def test_no_password_fits_an_account_that_is_not_there() -> None:
    assert not passwords.verify(None, "cicha-woda-brzegi-rwie")
    assert not passwords.verify("not a hash", "cicha-woda-brzegi-rwie")


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    composed, decomposed = "cicha-woda-brzegi-rwie-\u00f3", "cicha-woda-brzegi-rwie-o\u0301"
    assert passwords.verify(passwords.make_hash(composed), decomposed)


def test_a_password_of_a_megabyte_is_answered_like_any_other() -> None:
    kept = passwords.make_hash("cicha-woda-brzegi-rwie")
    assert not passwords.verify(kept, "x" * 1_000_000)


def test_a_hash_of_weaker_parameters_asks_to_be_made_anew() -> None:
    weak = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$8mKqMqLqLqLqLqLqLqLqLqLqLqLqLqLqLqLqLqLqLqI"
    assert passwords.needs_rehash(weak)
