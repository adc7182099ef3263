"""Which e-mail addresses a letter can be sent to."""

import re

LONGEST = 254
"""Characters in an address that any mail server takes."""

# What every server takes: of other alphabets, quotes and blanks many servers know nothing.
_WORD = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MAILABLE = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII | re.I)


def can_be_mailed(address: str) -> bool:
    """Whether a letter can be sent there: Latin letters without diacritics, no more than mail servers agree on."""
    return len(address) <= LONGEST and _MAILABLE.fullmatch(address) is not None
