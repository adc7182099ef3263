"""Whether the invented university is here already; cheap to ask at every start."""

from flask import current_app
from sqlalchemy import select

from portal.demo.accounts import ACCOUNTS
from portal.extensions import db
from portal.models.accounts import Account
from portal.settings import Settings


class NotADemonstration(Exception):
    """Invented people are written into a demonstration only."""


def is_filled() -> bool:
    """Whether this instance holds the invented university. Raises NotADemonstration."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.demo:
        raise NotADemonstration
    one_of_all = ACCOUNTS[0].user_name
    return db.session.scalar(select(Account.id).where(Account.user_name == one_of_all)) is not None
