"""Columns whose content is encrypted at rest, and the blind index by which a sealed value is found.

A sealed value is authenticated together with its table, column and row, so a value copied to another row does not
open there. The first byte names the key, so keys can be rotated while old values still open.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """A sealed value does not open: wrong key, another row's value, or damage."""


@dataclass(frozen=True)
class Keyring:
    """The instance's keys: `sealing` by key number (1–255, the highest seals), `index` for blind indexes."""

    sealing: Mapping[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    def seal(self, plain: str, place: str) -> bytes:
        """Encrypt `plain` so that it opens only at `place` (table, column and row)."""
        return self.seal_bytes(plain.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same `place`. Raises SealBroken."""
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, plain: bytes, place: str) -> bytes:
        """`seal` for what is no text: files."""
        number = max(self.sealing)
        nonce = os.urandom(NONCE_BYTES)
        return bytes([number]) + nonce + AESGCM(self.sealing[number]).encrypt(nonce, plain, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal_bytes` made for the same `place`. Raises SealBroken."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(self.sealing[sealed[0]]).decrypt(nonce, body, place.encode())
        except (KeyError, IndexError, InvalidTag, ValueError) as broken:
            raise SealBroken(place) from broken

    def blind_index(self, plain: str) -> bytes:
        """A keyed fingerprint of `plain` that can be compared and looked up, but not read back."""
        return hmac.new(self.index, plain.encode(), sha256).digest()


def keyring() -> Keyring:
    """The keys of the application at hand."""
    ring = current_app.extensions["keyring"]
    assert isinstance(ring, Keyring)
    return ring


class Sealed:
    """A text attribute kept encrypted in the bytes column `column`; opened on each access, never cached."""

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: Any, owner: type) -> str | None: ...
    def __get__(self, row: Any, owner: type) -> "str | Self | None":
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else keyring().open(sealed, self._place(row))

    def __set__(self, row: Any, plain: str | None) -> None:
        setattr(row, self.column, None if plain is None else self.seal(row, plain))

    def seal(self, row: Any, plain: str) -> bytes:
        """`plain` encrypted for this attribute of `row`."""
        return keyring().seal(plain, self._place(row))

    def _place(self, row: Any) -> str:
        assert row.id is not None, "a row gets its id before anything is sealed in it"
        return f"{row.__tablename__}.{self.column}.{row.id}"
