"""What somebody looks for, as an address may carry it: encrypted, and of use to the one who typed it alone.

Names do not belong into addresses, which browsers, proxies and logs keep (OWASP ASVS 14.2.1). So a search is sent in
a body and answered with a redirect to an address that holds it sealed: reloading, going back and turning pages work,
and nobody reads a name out of a history or a log.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

from flask_login import current_user

from portal.models.sealed import SealBroken, keyring

LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed; `after`: the last entry of the page before, where pages are turned."""

    text: str = field(repr=False)
    after: tuple[str, str] | None = field(default=None, repr=False)


def typed(text: str) -> Query:
    """A new search for what somebody typed, blanks and overlong ends taken off."""
    return Query(" ".join(text.split())[:LONGEST_TEXT])


def seal(query: Query) -> str:
    """`query` as a parameter of an address."""
    sealed = keyring().seal(json.dumps([query.text, query.after], ensure_ascii=False), _place())
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(parameter: str) -> Query | None:
    """What `seal` made for this same person; None for anything else."""
    try:
        sealed = urlsafe_b64decode(parameter.encode() + b"=" * (-len(parameter) % 4))
        text, after = json.loads(keyring().open(sealed, _place()))
    except (SealBroken, NotBase64):
        return None
    return Query(text, tuple(after) if after else None)


def _place() -> str:
    return f"search.{current_user.id}"
