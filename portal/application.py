"""The class of the application: Flask, with less to do for every request."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ALWAYS_SENT = "headers_always_sent"


class Portal(Flask):
    """Flask with headers that go out with every answer: put there once it is whole, not set one by one in each."""

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request; `extensions[ALWAYS_SENT]` goes along."""
        always: list[tuple[str, str]] = self.extensions[ALWAYS_SENT]

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            return start_response(status, headers + always, *failure)

        return super().wsgi_app(environ, start)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: no view here is a coroutine, which Flask would look into for every function it calls."""
        return func
