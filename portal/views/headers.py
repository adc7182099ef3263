"""The headers every answer carries, errors and static files included."""

from flask import Flask, Response, g

from portal.application import ALWAYS_SENT
from portal.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The form token's check over TLS needs the referrer, so it stays within our own pages.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


def register(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of `app`."""
    always = {**HEADERS, **({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.secure else {})}
    app.extensions[ALWAYS_SENT] = list(always.items())

    @app.after_request
    def add_headers(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.request_id
        answer.headers.setdefault("Cache-Control", "no-store")
        if answer.status_code == 204:
            del answer.headers["Content-Type"]  # of nothing; an unchanged poll is mostly headers
        return answer
