"""The tables, one file per subject; importing the package registers them all with the metadata."""

from portal.models import (
    accounts,
    cards,
    data_reports,
    journal,
    ministry_calls,
    notices,
    orders,
    people,
    renewals,
    uploads,
)

__all__ = [
    "accounts",
    "cards",
    "data_reports",
    "journal",
    "ministry_calls",
    "notices",
    "orders",
    "people",
    "renewals",
    "uploads",
]
