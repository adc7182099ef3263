"""Uploaded files between the look at what they would do and the act: kept sealed, looked at, forgotten.

1. `keep_file` keeps one; it waits to be checked.
2. The jobs work on it (`upload_claims`).
3. The office looks, changes what it asked for or confirms (`ask`); then it is work again.
4. An hour after the upload everything about it is gone (`forget_expired`), the content already once applied.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, insert, select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.uploads import UploadedFile, UploadedFilePage, UploadKind, UploadState
from portal.services.upload_seals import open_json, open_sealed, seal, seal_json, sealed_pages

KEPT_FOR = timedelta(hours=1)
LINES_PER_PAGE = 50
WORK = (UploadState.WAITING, UploadState.CONFIRMED)

Asked = dict[str, Any]


class UploadMoved(Exception):
    """The file is gone, or it is not where the caller believed: somebody works on it, or it is applied."""


def keep_file(
    kind: UploadKind,
    content: bytes,
    asked: Asked,
    *,
    account_id: str,
    at: datetime,
    state: UploadState = UploadState.WAITING,
) -> str:
    """Keep a file; answers its id. `asked`: what the office wants of it, as JSON.

    It waits for the jobs unless it is `CHECKED` already, being small enough to be read whenever it is looked at.
    """
    upload = UploadedFile(
        kind=kind,
        account_id=account_id,
        state=state,
        size=len(content),
        done=0,
        total=0,
        uploaded_at=at,
        expires_at=at + KEPT_FOR,
    )
    upload_id: str = upload.id
    upload.content_sealed = seal(content, upload_id, "content_sealed")
    upload.asked_sealed = seal_json(asked, upload_id, "asked_sealed")
    with transaction() as session:
        session.add(upload)
    return upload_id


def find(upload_id: str, kind: UploadKind, account_id: str, at: datetime) -> UploadedFile | None:
    """The file somebody uploaded, for that person only."""
    return db.session.scalar(
        select(UploadedFile).where(
            UploadedFile.id == upload_id,
            UploadedFile.kind == kind,
            UploadedFile.account_id == account_id,
            UploadedFile.expires_at > at,
        )
    )


def find_applied(batch_id: str, account_id: str, at: datetime) -> UploadedFile | None:
    """The file that was applied as this batch, for the person who uploaded it, as long as it is kept."""
    return db.session.scalar(
        select(UploadedFile).where(
            UploadedFile.batch_id == batch_id,
            UploadedFile.account_id == account_id,
            UploadedFile.expires_at > at,
        )
    )


def kept_for(kind: UploadKind, account_id: str, at: datetime) -> list[UploadedFile]:
    """Somebody's own files of a kind that are not forgotten yet, the newest first; refused ones are of no use."""
    return list(
        db.session.scalars(
            select(UploadedFile)
            .where(
                UploadedFile.kind == kind,
                UploadedFile.account_id == account_id,
                UploadedFile.state != UploadState.REFUSED,
                UploadedFile.expires_at > at,
            )
            .order_by(UploadedFile.uploaded_at.desc(), UploadedFile.id)
        )
    )


def asked_of(upload: UploadedFile) -> Asked:
    """What the office wants of the file."""
    asked: Asked = open_json(upload.asked_sealed, upload.id, "asked_sealed")
    return asked


def content_of(upload: UploadedFile) -> bytes:
    """The file itself. Raises UploadMoved once it is applied."""
    if upload.content_sealed is None:
        raise UploadMoved
    return open_sealed(upload.content_sealed, upload.id, "content_sealed")


def found_in(upload: UploadedFile) -> Mapping[str, Any] | None:
    """What was found in the file; None before it was checked."""
    if upload.found_sealed is None:
        return None
    found: Mapping[str, Any] = open_json(upload.found_sealed, upload.id, "found_sealed")
    return found


def lines_of(upload_id: str, part: str, number: int) -> list[list[Any]]:
    """A page, from 1, of one part of what was found; empty where there is none."""
    sealed = db.session.scalar(
        select(UploadedFilePage.lines_sealed).where(
            UploadedFilePage.file_id == upload_id,
            UploadedFilePage.part == part,
            UploadedFilePage.number == number,
        )
    )
    lines: list[list[Any]] = [] if sealed is None else open_json(sealed, upload_id, f"{part}.{number}")
    return lines


def all_lines_of(upload_id: str, part: str) -> Iterable[list[Any]]:
    """Every line of one part."""
    number = 1
    while lines := lines_of(upload_id, part, number):
        yield from lines
        number += 1


def ask(upload_id: str, asked: Asked, *, state: UploadState, account_id: str, at: datetime) -> None:
    """Have somebody's checked file checked again, or applied (`state`), as `asked`. Raises UploadMoved."""
    assert state in WORK
    sealed = seal_json(asked, upload_id, "asked_sealed")
    with transaction():
        change_one(
            update(UploadedFile).where(
                UploadedFile.id == upload_id,
                UploadedFile.account_id == account_id,
                UploadedFile.state == UploadState.CHECKED,
                UploadedFile.expires_at > at,
            ),
            {"state": state, "asked_sealed": sealed, "done": 0, "total": 0, "leased_until": None},
        )


def note_applied(upload_id: str, batch_id: str, part: str, lines: Sequence[list[Any]]) -> None:
    """What a checked file asked for was done as `batch_id`; its content, if it is still there, is needed no more.

    `lines`: what is to be kept as one part of what was found in it.
    """
    pages = sealed_pages(upload_id, part, lines, LINES_PER_PAGE)
    with transaction() as session:
        noted = session.execute(
            update(UploadedFile)
            .where(UploadedFile.id == upload_id, UploadedFile.state == UploadState.CHECKED)
            .values(state=UploadState.APPLIED, batch_id=batch_id, content_sealed=None)
        )
        assert isinstance(noted, CursorResult)
        if noted.rowcount and pages:  # forgotten meanwhile, it keeps nothing
            session.execute(insert(UploadedFilePage), pages)


def forget(upload_id: str, account_id: str) -> None:
    """Throw away what somebody uploaded and everything found in it."""
    _forget(UploadedFile.id == upload_id, UploadedFile.account_id == account_id)


def forget_expired(at: datetime) -> int:
    """Throw away every file whose time is over; answers how many."""
    if db.session.scalar(select(UploadedFile.id).where(UploadedFile.expires_at <= at).limit(1)) is None:
        return 0
    return _forget(UploadedFile.expires_at <= at)


def change_one(statement: Any, values: Mapping[str, Any]) -> None:
    """Give the one file that the UPDATE is about these values. Raises UploadMoved if there is none such any more."""
    done = db.session.execute(statement.values(values), execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise UploadMoved


def _forget(*which: Any) -> int:
    with transaction() as session:
        files = list(session.scalars(select(UploadedFile.id).where(*which)))
        session.execute(delete(UploadedFilePage).where(UploadedFilePage.file_id.in_(files)))
        session.execute(delete(UploadedFile).where(UploadedFile.id.in_(files)))
    return len(files)
