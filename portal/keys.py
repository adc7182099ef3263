"""The instance's secret keys: files of their own, outside the database and its backups."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from portal.models.sealed import KEY_BYTES, Keyring

KEYS_FOLDER = "keys"
SEALING_KEYS = "seal-*.key"


class KeysMissing(Exception):
    """The key files are not there, or not whole; without them sealed data cannot be read."""


def create_keys(instance: Path) -> None:
    """Make all key files of a new instance, whole or not at all; existing ones are never touched.

    Raises FileExistsError if there are any.
    """
    folder = instance / KEYS_FOLDER
    if folder.exists():
        raise FileExistsError(str(folder))
    unfinished = Path(tempfile.mkdtemp(prefix="keys-", dir=instance))
    for name in ("seal-1.key", "index.key", "session.key"):
        descriptor = os.open(unfinished / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    try:
        unfinished.rename(folder)  # refused where somebody else's keys came first
    except OSError:
        shutil.rmtree(unfinished)
        raise FileExistsError(str(folder)) from None
    _remember(instance)


def load_keyring(instance: Path) -> Keyring:
    """The sealing keys (`seal-<number>.key`) and the index key. Raises KeysMissing."""
    files = sorted((instance / KEYS_FOLDER).glob(SEALING_KEYS))
    if not files:
        raise KeysMissing(str(instance / KEYS_FOLDER))
    sealing = {_number(file): _read(file) for file in files}
    return Keyring(sealing=sealing, index=_read(instance / KEYS_FOLDER / "index.key"))


def load_session_key(instance: Path) -> str:
    """The key that signs session cookies. Raises KeysMissing."""
    return _read(instance / KEYS_FOLDER / "session.key").hex()


def _number(file: Path) -> int:
    """The key's number, which is the first byte of every value it sealed. Raises KeysMissing for a wrong name."""
    digits = file.stem.removeprefix("seal-")
    if not digits.isdecimal() or not 1 <= int(digits) <= 255:
        raise KeysMissing(str(file))
    return int(digits)


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError) as reason:
        raise KeysMissing(str(file)) from reason
    if len(key) != KEY_BYTES:
        raise KeysMissing(str(file))
    return key


def _remember(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
