"""Many browsers, each acting when its moment has come; a few threads play them all and note how long answers took."""

import gzip
import heapq
import http.client
import itertools
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

THREADS = 8
IDLE_SECONDS = 1.0
"""After that a connection is not used again: the server may be closing it at that moment."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Browser:
    """One visitor's cookie, sent along with every request as a browser of ours would."""

    cookie: str = ""

    def ask(
        self, line: "Line", path: str, form: dict[str, str] | None = None, *, htmx: bool = False
    ) -> Answer:
        """GET `path`, or POST the form there; the cookie follows what the server sets."""
        headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin", "Cookie": self.cookie}
        if htmx:
            headers["HX-Request"] = "true"
        answer = line.send(path, None if form is None else urlencode(form), headers)
        self.cookie = answer.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        return answer


class Line:
    """One thread's connection to the server."""

    def __init__(self, port: int, crowd: "Crowd") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._used_at = 0.0
        self.crowd = crowd

    def send(self, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        """One request and its answer."""
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self._connection.close()
        if body is not None:
            headers = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        found = self._connection.getresponse()
        content = found.read()
        self._used_at = time.monotonic()
        packed = found.headers.get("Content-Encoding") == "gzip"
        return Answer(found.status, found.headers, (gzip.decompress(content) if packed else content).decode())


Act = Callable[[Line], float | None]
"""Does something and answers in how many seconds it wants to be called again; None: no more."""


@dataclass
class Crowd:
    """Those who act. `took`: seconds per kind of request; `mistakes`: what should not have happened."""

    port: int
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    mistakes: list[str] = field(default_factory=list)
    late: float = 0.0
    """The most by which this program was behind its own plan, in seconds: then it was the bottleneck."""

    def __post_init__(self) -> None:
        self._due: list[tuple[float, int, Act]] = []
        self._serial = itertools.count()
        self._changed = threading.Condition()
        self._acting = 0

    def add(self, act: Act, in_seconds: float) -> None:
        """Let somebody act for the first time in so many seconds."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + in_seconds, next(self._serial), act))
            self._changed.notify()

    def timed(self, kind: str, ask: Callable[[], Answer], *expected: int) -> Answer:
        """Ask, and note how long it took and whether the status was one of those expected."""
        began = time.perf_counter()
        answer = ask()
        self.took[kind].append(time.perf_counter() - began)
        if answer.status not in expected:
            self.mistakes.append(f"{kind}: {answer.status}")
        return answer

    def play(self, seconds: float = math.inf) -> None:
        """Let everybody act until nobody wants to any more, or for so many seconds."""
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._work, args=(until,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, until: float) -> None:
        line = Line(self.port, self)
        while (act := self._next(until)) is not None:
            again: float | None = None
            try:
                again = act(line)
            except Exception as failure:  # whatever it was, the others go on and the report names it
                self.mistakes.append(f"{type(failure).__name__}: {failure}")
            with self._changed:
                self._acting -= 1
                if again is not None:
                    heapq.heappush(self._due, (time.monotonic() + again, next(self._serial), act))
                self._changed.notify_all()

    def _next(self, until: float) -> Act | None:
        with self._changed:
            while True:
                now = time.monotonic()
                if now >= until or (not self._due and not self._acting):
                    self._changed.notify_all()
                    return None
                if self._due and self._due[0][0] <= now:
                    due, _, act = heapq.heappop(self._due)
                    self.late = max(self.late, now - due)
                    self._acting += 1
                    return act
                self._changed.wait(min(self._due[0][0], until) - now if self._due else None)


def percentile(seconds: list[float], share: float) -> float:
    """The value below which so large a share of `seconds` lies, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))]
