"""Let documents expire whose last day has passed."""

from collections.abc import Mapping

from portal import clock
from portal.services.expiry import expire_documents

NAME = "expire_cards"


def run() -> Mapping[str, int]:
    """Expire what was valid until yesterday or longer ago."""
    return {"expired": expire_documents(actor=NAME, at=clock.now())}
