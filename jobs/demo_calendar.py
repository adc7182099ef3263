"""A demonstration's calendar, followed by the jobs: the imitated ministry is told first, then everything is due.

The sandbox imports nothing of the portal and the web calls nobody, so the jobs carry the news.
"""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import structlog

from portal import clock
from portal.services.deployment import follow_calendar

TIMEOUT_SECONDS = 5.0

log = structlog.get_logger()


class DemoCalendar:
    """What this process has told the sandbox at `url` (may be empty: there is none) about the calendar.

    `hurry` lets every job run now; it is called after each move but not at the start, when all of them run anyway.
    """

    def __init__(self, url: str, hurry: Callable[[], None]) -> None:
        self._url = url
        self._hurry = hurry
        self._told: float | None = None
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Let this process's calendar run as far ahead as the demonstration's.

        Until the sandbox has been told, it is told again at every run: it may be starting.
        """
        follow_calendar()
        ahead = clock.ahead().total_seconds()
        with self._lock:
            if ahead == self._told or not self._tell(ahead):
                return
            moved, self._told = self._told is not None, ahead
        if moved:
            log.info("calendar_moved", ahead_seconds=ahead)
            self._hurry()

    def _tell(self, ahead: float) -> bool:
        if not self._url:
            return True
        connection = HTTPConnection(urlsplit(self._url).netloc, timeout=TIMEOUT_SECONDS)
        body = json.dumps({"calendar_ahead_seconds": ahead})
        try:
            connection.request("PUT", "/control", body, {"Content-Type": "application/json"})
            return connection.getresponse().status == 200
        except (OSError, HTTPException) as why:
            log.warning("calendar_not_told", reason=type(why).__name__)
            return False
        finally:
            connection.close()
