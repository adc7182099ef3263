"""Passwords of local accounts: which are accepted, how they are kept, and one price for every verification."""

import hashlib
import threading
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 15
MAX_LENGTH = 128
NOTHING_FITS = "!"
"""Kept by an account nobody has given a password yet; no password is behind it."""

# OWASP's minimum for Argon2id; more memory is not free where sixteen threads may verify at once.
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
# Bounds the memory and the processor time that a flood of sign-ins can take from the other pages.
_places = threading.BoundedSemaphore(2)

# What guessers put together to fill the length; digits and signs around a word are ignored.
_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
_LEFT_AT_LEAST = 6


class PasswordFault(StrEnum):
    """Why a password is not accepted."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    SPEAKS_OF_ACCOUNT = "speaks_of_account"


class PasswordRefused(Exception):
    """The password would be guessed, or cannot be kept; `fault` says which."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def check(password: str, *, context: Iterable[str] = ()) -> None:
    """Raise PasswordRefused unless `password` is 15 to 128 characters, uncommon, and more than its `context`.

    `context`: words a guesser tries first (user name, the person's name, the university's). No rule about kinds of
    characters: length and rarity are what count.
    """
    password = _same_form(password)
    if len(password) < MIN_LENGTH:
        raise PasswordRefused(PasswordFault.TOO_SHORT)
    if len(password) > MAX_LENGTH:
        raise PasswordRefused(PasswordFault.TOO_LONG)
    known = {word.casefold() for phrase in context for word in phrase.split() if len(word) >= 3}
    bare = _without(password.casefold(), _COMMON)
    if len(set(password)) < 5 or len(bare) < _LEFT_AT_LEAST or _is_run(password):
        raise PasswordRefused(PasswordFault.COMMON)
    if len(_without(bare, known)) < _LEFT_AT_LEAST:
        raise PasswordRefused(PasswordFault.SPEAKS_OF_ACCOUNT)


def make_hash(password: str) -> str:
    """The Argon2id hash under which `password` is kept. Slow on purpose: never call it inside a transaction."""
    with _places:
        return _hasher.hash(_same_form(password))


def verify(kept_hash: str | None, password: str) -> bool:
    """Whether `password` is the one behind `kept_hash`; exactly one verification, also when there is no hash."""
    kept_hash = None if kept_hash == NOTHING_FITS else kept_hash
    # Longer than any kept password: cut to one that fits none, so that the price stays the same.
    presented = _same_form(password[: 4 * MAX_LENGTH])
    stand_in = _hash_of_nothing()  # made by whoever comes first, so that its price tells nothing either
    try:
        with _places:
            _hasher.verify(kept_hash or stand_in, presented)
    except (VerificationError, InvalidHashError):
        return False
    return kept_hash is not None


def needs_rehash(kept_hash: str) -> bool:
    """Whether `kept_hash` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept_hash)


@cache
def _hash_of_nothing() -> str:
    return _hasher.hash(hashlib.sha256(b"no password has this form").hexdigest())


def _same_form(password: str) -> str:
    # The same letters typed on another keyboard may arrive composed differently.
    return unicodedata.normalize("NFC", password)


def _without(password: str, words: Iterable[str]) -> str:
    """What is left of `password` when known words, longest first, and digits and signs around them are taken out."""
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return password.strip("0123456789 !@#$%^&*()_-+=.,;:?/|\\'\"[]{}<>~`")


def _is_run(password: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return len(steps) == 1
