"""Where to send a browser next, without ever sending it to somebody else's site."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def local_path(address: str | None) -> str | None:
    """`address` as a path of one of our own pages, or None if it is anything else.

    Accepts a path or a whole address of this host. A path that browsers might read as another host's (two slashes,
    a backslash, control characters) is nobody's page.
    """
    if not address or any(sign <= " " or sign == "\\" for sign in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.netloc not in {"", request.host} or bool(parts.scheme) != bool(parts.netloc):
        return None
    if not parts.path.startswith("/") or parts.path.startswith("//") or not _is_page(parts.path):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def page_behind() -> str | None:
    """The page of ours on which the form or fragment of this request stands, as far as the browser tells."""
    return local_path(request.headers.get("HX-Current-URL") or request.referrer)


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return False
    return True
