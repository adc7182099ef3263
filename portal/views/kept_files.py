"""A file between its dry run and its application: it travels, sealed, through the page and back.

Nothing of it stays at the server, so there is nothing to clean up and nothing to lose at a restart. It may hold more
than we read of it, so it is encrypted; it opens only for the person who uploaded it, for a few hours.
"""

import zlib
from base64 import b64decode, b64encode

from flask_login import current_user

from portal import clock
from portal.models.sealed import SealBroken, keyring

KEPT_FOR_SECONDS = 4 * 3600
_TIME_BYTES = 8


class FileGone(Exception):
    """What came back is not what was given out, or too long ago, or to somebody else."""


def give_out(content: bytes) -> str:
    """`content` as a hidden field can carry it."""
    since = int(clock.real_now().timestamp()).to_bytes(_TIME_BYTES, "big")
    return b64encode(keyring().seal_bytes(since + zlib.compress(content), _place())).decode()


def take_back(sealed: str) -> bytes:
    """What `give_out` was given. Raises FileGone."""
    try:
        opened = keyring().open_bytes(b64decode(sealed, validate=True), _place())
    except (ValueError, SealBroken):
        raise FileGone from None
    since, packed = int.from_bytes(opened[:_TIME_BYTES], "big"), opened[_TIME_BYTES:]
    if clock.real_now().timestamp() - since > KEPT_FOR_SECONDS:
        raise FileGone
    return zlib.decompress(packed)


def _place() -> str:
    return f"extension_file.{current_user.id}"
