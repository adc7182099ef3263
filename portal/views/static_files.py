"""Style sheet, scripts and pictures: read once at the start, compressed in memory, with their hash in the address.

An address never changes its content, so browsers may keep it for good; a new version has a new address.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from portal.views.security import public
from portal.views.theme import theme_css

SERVED = frozenset({".css", ".js", ".svg", ".png", ".ico", ".woff2"})
HASH_LENGTH = 16
FOR_GOOD = "public, max-age=31536000, immutable"
STATIC_FILES = "static_files"
STYLE_SHEET = "portal.css"

pages = Blueprint(STATIC_FILES, __name__)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory; `packed` is its gzip form, or None where packing gains nothing."""

    digest: str
    media_type: str
    content: bytes = field(repr=False)
    packed: bytes | None = field(repr=False)


def register(app: Flask, *, colour: str) -> None:
    """Read the static files of `app` and serve them; templates name them by `static_url('portal.css')`.

    The style sheet ends with the university's `colour`: no page needs an inline style for it.
    """
    folder = Path(app.root_path) / "static"
    files = {
        file.name: _read(file.name, file.read_bytes())
        for file in sorted(folder.iterdir())
        if file.suffix in SERVED
    }
    sheet = files[STYLE_SHEET].content + theme_css(colour).encode()
    app.extensions[STATIC_FILES] = files | {STYLE_SHEET: _read(STYLE_SHEET, sheet)}
    app.jinja_env.globals["static_url"] = static_url
    app.register_blueprint(pages)


def static_url(name: str) -> str:
    """The address of a static file, with its hash. Raises KeyError if there is no such file."""
    return url_for("static_files.static_file", digest=_files()[name].digest, name=name)


@pages.get("/static/<digest>/<name>")
@public
def static_file(digest: str, name: str) -> Response:
    """A static file under its present hash; 404 under any other."""
    file = _files().get(name)
    if file is None or file.digest != digest:
        abort(404)
    packed = file.packed if request.accept_encodings["gzip"] else None
    answer = Response(packed or file.content, content_type=file.media_type)
    if packed is not None:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


def _files() -> dict[str, StaticFile]:
    files: dict[str, StaticFile] = current_app.extensions[STATIC_FILES]
    return files


def _read(name: str, content: bytes) -> StaticFile:
    packed = gzip.compress(content, 9, mtime=0)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(
        digest=hashlib.sha256(content).hexdigest()[:HASH_LENGTH],
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
        content=content,
        packed=packed if len(packed) < 0.9 * len(content) else None,
    )
