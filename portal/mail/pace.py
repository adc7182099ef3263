"""How fast letters go out: no more in a minute than the settings allow, and a rest while the server is out of reach."""

import random
from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
FIRST_REST_SECONDS = 5
LONGEST_REST_SECONDS = 300


class Pace:
    """What one process remembers of its letters; another process keeps a pace of its own."""

    def __init__(self) -> None:
        self._lately: deque[datetime] = deque()
        self._failures = 0
        self._rest_until: datetime | None = None

    def resting(self, at: datetime) -> bool:
        """Whether the server is left alone for now."""
        return self._rest_until is not None and at < self._rest_until

    def admits(self, per_minute: int, at: datetime) -> bool:
        """Whether one letter more fits into the minute that ends now."""
        while self._lately and self._lately[0] <= at - MINUTE:
            self._lately.popleft()
        return len(self._lately) < per_minute

    def note_letter(self, at: datetime) -> None:
        """One letter was handed to the server, taken or not."""
        self._lately.append(at)

    def server_answered(self) -> None:
        """The server works."""
        self._failures, self._rest_until = 0, None

    def server_failed(self, at: datetime) -> None:
        """The server does not work: a rest that grows with every failure in a row."""
        longest = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2 ** min(self._failures, 16))
        self._failures += 1
        seconds = random.uniform(longest / 2, longest)  # noqa: S311  spreads load, guards no secret
        self._rest_until = at + timedelta(seconds=seconds)
