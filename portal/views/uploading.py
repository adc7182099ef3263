"""Files in forms, and how the work on an uploaded one goes, for the pages that wait for it."""

from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.datastructures import FileStorage

from portal import clock
from portal.models.uploads import UploadedFile, UploadState
from portal.services.uploads import LINES_PER_PAGE

OVERDUE = timedelta(seconds=30)
"""After which nobody having begun means that the jobs do not run."""


def sent_file(name: str) -> bytes | None:
    """The file somebody chose in this field of the form; None for none."""
    file: FileStorage | None = request.files.get(name)
    if file is None:
        return None
    with file.stream as stream:
        content = stream.read()
    return content if file.filename else None


@dataclass(frozen=True, slots=True)
class Progress:
    """What a waiting `page` shows, and the `address` where to ask again. `total` 0: nobody can tell how far;
    `is_overdue`: nobody has begun for too long.
    """

    address: str
    page: str
    is_applying: bool
    has_begun: bool
    is_overdue: bool
    done: int
    total: int


def progress_of(kept: UploadedFile, address: str, page: str) -> Progress:
    """How the work on `kept` goes."""
    now = clock.real_now()
    has_begun = kept.leased_until is not None and kept.leased_until > now
    return Progress(
        address=address,
        page=page,
        is_applying=kept.state is UploadState.CONFIRMED,
        has_begun=has_begun,
        is_overdue=not has_begun and now - kept.uploaded_at > OVERDUE,
        done=kept.done,
        total=kept.total,
    )


def whole_pages(lines: int) -> int:
    """How many pages that many lines fill; one, if there are none."""
    return max(1, -(-lines // LINES_PER_PAGE))
