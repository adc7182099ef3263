"""Files in forms, and how the work on an uploaded one goes, for the pages that wait for it."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import FileStorage

from portal import clock
from portal.models.uploads import UploadedFile, UploadState
from portal.services.uploads import LINES_PER_PAGE

OVERDUE = timedelta(seconds=30)
"""After which nobody having begun means that the jobs do not run."""
QUARTER = 25


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
    """What a waiting `page` shows, and the `address` where to ask again. `percent`: how much is done, None while
    nobody can tell; `announced`: the percentage to be read out, None for silence; `is_overdue`: nobody has begun for
    too long.
    """

    address: str
    page: str
    is_applying: bool
    has_begun: bool
    is_overdue: bool
    percent: int | None
    announced: int | None


def progress_of(kept: UploadedFile, address: str, page: str, told: int | None = None) -> Progress:
    """How the work on `kept` goes. `told`: the percentage read out last, None on a page that was just opened.

    Every quarter is read out once; more would drown everything else.
    """
    now = clock.real_now()
    percent = min(kept.done * 100 // kept.total, 99) if kept.total else None
    quarter = (percent or 0) // QUARTER * QUARTER
    heard = quarter if told is None else max(told, quarter)
    has_begun = kept.leased_until is not None and kept.leased_until > now
    return Progress(
        address=f"{address}?{urlencode({'told': heard})}",
        page=page,
        is_applying=kept.state is UploadState.CONFIRMED,
        has_begun=has_begun,
        is_overdue=not has_begun and now - kept.uploaded_at > OVERDUE,
        percent=percent,
        announced=quarter if told is not None and quarter > told else None,
    )


def whole_pages(lines: int) -> int:
    """How many pages that many lines fill; one, if there are none."""
    return max(1, -(-lines // LINES_PER_PAGE))
