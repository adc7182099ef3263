"""The polling of an open student's page, as its own attributes ask for it."""

import html
import re

from bench.crowd import Browser, Line

ADDRESS = re.compile(r'data-hx-get="([^"]+)"')
EVERY = re.compile(r'data-hx-trigger="every (\d+)s')


class OpenPage:
    """A page that is being looked at: where it asks, and how often (seconds; None: it asks no more)."""

    def __init__(self, browser: Browser, address: str, interval: int | None) -> None:
        self._browser = browser
        self._address = address
        self.interval = interval
        self.text = ""

    def poll(self, line: Line) -> float | None:
        """Ask once; a changed fragment brings the next address and how soon to ask there."""
        answer = line.crowd.timed("poll", lambda: self._browser.ask(line, self._address, htmx=True), 200, 204)
        if answer.status == 200:
            self.show(answer.text)
        return self.interval

    def show(self, text: str) -> None:
        """Put a new fragment into the page."""
        self.text = text
        address, every = ADDRESS.search(text), EVERY.search(text)
        self.interval = int(every[1]) if every else None
        if address:
            self._address = html.unescape(address[1])
