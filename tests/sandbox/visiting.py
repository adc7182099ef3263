"""Visiting the sandbox's pages as a browser without JavaScript does: following links, sending forms as they stand."""

import urllib.error
import urllib.request
from collections import Counter
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests import pages
from tests.ministry_server import DIRECT, SandboxServer


class Visitor:
    """What is on the screen now: `status`, `path`, `headers`, `page` and all its `text`."""

    status: int
    path: str
    headers: dict[str, str]
    page: pages.Element
    text: str

    def __init__(self, sandbox: SandboxServer) -> None:
        self._url = sandbox.url

    def open(self, path: str) -> None:
        self._ask(urllib.request.Request(self._url + path))

    def follow(self, words: str) -> None:
        """Open the one link that says `words`."""
        (link,) = [one for one in self.page.all("a") if one.text == words or one.get("aria-label") == words]
        self.open(str(link.get("href")))

    def send(self, action: str, **typed: str) -> None:
        """Send the form to `action` that has the fields typed in."""
        body = urlencode(typed).encode()
        self._send(action, next(iter(typed), None), body, "application/x-www-form-urlencoded")

    def show_picture(self, action: str, picture: bytes) -> None:
        """Send the form to `action` with this picture chosen."""
        self._send(action, "picture", *_multipart(picture))

    def _send(self, action: str, name: str | None, body: bytes, kind: str) -> None:
        (form,) = [
            one
            for one in self.page.all("form")
            if one.get("action") == action and (name is None or name in _names(one))
        ]
        headers = {"Content-Type": kind, "Origin": self._url}
        assert form.get("method") == "post"
        self._ask(urllib.request.Request(self._url + action, body, headers))

    def shows(self, words: str) -> bool:
        return words in self.text

    def problem(self) -> str:
        """What the page says is wrong."""
        return " ".join(one.text for one in self.page.all() if one.get("role") == "alert")

    def _ask(self, request: urllib.request.Request) -> None:
        request.add_header("Accept", "text/html,application/xhtml+xml,image/avif,*/*;q=0.8")
        try:
            answer = DIRECT.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status, self.headers = answer.status, dict(answer.headers)
            self.path = urlsplit(answer.url).path
            html = answer.read().decode()
        self.page = _checked(html)
        self.text = self.page.text


def _names(form: pages.Element) -> set[str | None]:
    return {one.get("name") for one in form.all("input", "select", "button")}


def _multipart(picture: bytes) -> tuple[bytes, str]:
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="kod.png"\r\n\r\n'
    body = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _checked(html: str) -> pages.Element:
    """Read a page and hold it to what every page here must be."""
    root, doctype = pages.read(html)
    assert doctype == "doctype html"
    assert len(list(root.all("h1"))) == 1
    assert len(list(root.all("main"))) == 1
    ids = Counter(one.get("id") for one in root.all() if one.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    for one in root.all():
        assert one.tag != "style"
        assert one.tag != "script" or one.get("src")
        assert not [name for name in one.attributes if name == "style" or name.startswith("on")]
        for name in pages.REFERENCES:
            assert set((one.get(name) or "").split()) <= ids.keys()
    return root
