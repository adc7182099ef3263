"""The instance's secret keys: files of their own, outside the database and its backups."""

import os
import secrets
from pathlib import Path

from portal.models.sealed import KEY_BYTES, Keyring

KEYS_FOLDER = "keys"
SEALING_KEYS = "seal-*.key"


class KeysMissing(Exception):
    """The key files are not there, or not whole; without them sealed data cannot be read."""


def create_keys(instance: Path) -> None:
    """Make all key files of a new instance; each is created exclusively, so none is ever overwritten.

    Raises FileExistsError if one is there already.
    """
    folder = instance / KEYS_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("seal-1.key", "index.key", "session.key"):
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())


def load_keyring(instance: Path) -> Keyring:
    """The sealing keys (`seal-<number>.key`) and the index key. Raises KeysMissing."""
    files = sorted((instance / KEYS_FOLDER).glob(SEALING_KEYS))
    if not files:
        raise KeysMissing(str(instance / KEYS_FOLDER))
    sealing = {int(file.stem.removeprefix("seal-")): _read(file) for file in files}
    return Keyring(sealing=sealing, index=_read(instance / KEYS_FOLDER / "index.key"))


def load_session_key(instance: Path) -> str:
    """The key that signs session cookies. Raises KeysMissing."""
    return _read(instance / KEYS_FOLDER / "session.key").hex()


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError) as reason:
        raise KeysMissing(str(file)) from reason
    if len(key) != KEY_BYTES:
        raise KeysMissing(str(file))
    return key
