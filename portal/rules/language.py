"""The languages in which the portal speaks to students."""

from enum import StrEnum


class Language(StrEnum):
    """A language of pages and mail. The office's pages speak Polish only."""

    POLISH = "pl"
    ENGLISH = "en"
