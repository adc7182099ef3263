"""The tables, one file per subject; importing the package registers them all with the metadata."""

from portal.models import accounts, cards, journal, ministry_calls, orders, people

__all__ = ["accounts", "cards", "journal", "ministry_calls", "orders", "people"]
