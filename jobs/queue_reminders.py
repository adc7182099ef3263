"""Tell students what ends soon, and queue the office's morning digest."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import current_app

from portal import clock
from portal.services.digest import queue_digest
from portal.services.office_lists import Terms
from portal.services.reminders import remind_of_codes, remind_of_documents
from portal.settings import Settings

NAME = "queue_reminders"


class DayAsked:
    """The day for which documents were looked through; another day, the calendar moved, asks again."""

    def __init__(self) -> None:
        self._day: date | None = None

    def needs(self, day: date) -> bool:
        """Whether nobody asked for that day yet."""
        return self._day != day

    def done(self, day: date) -> None:
        """That day's documents are looked through."""
        self._day = day


_ASKED = DayAsked()


def run(asked: DayAsked = _ASKED) -> Mapping[str, int]:
    """Codes: at every run. Documents: once a day. The digest: once a day, in the morning."""
    settings: Settings = current_app.extensions["settings"]
    at = clock.now()
    told = remind_of_codes(at=at)
    if asked.needs(clock.day_of(at)):
        told += remind_of_documents(settings.policy, at=at)
        asked.done(clock.day_of(at))
    ministry = settings.ministry
    terms = Terms(settings.policy, timedelta(seconds=ministry.overdue_after), ministry.repeatable, at)
    mail = settings.mail
    return {"told": told, "digests": queue_digest(mail.digest_to, mail.digest_hour, terms)}
