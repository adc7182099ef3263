"""Uploaded files between the look at what they would do and the act: kept sealed, worked on by the jobs, forgotten.

1. `keep_file` keeps one; it waits to be checked.
2. A worker claims it (`claim_next`), works with no transaction open, and tells the end by `settle`.
3. The office looks, changes what it asked for or confirms (`ask`); then it is work again.
4. An hour after the upload everything about it is gone (`forget_expired`), the content already once applied.
"""

import json
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, insert, or_, select, update
from sqlalchemy.orm import undefer

from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch
from portal.models.sealed import keyring
from portal.models.uploads import UploadedFile, UploadedFilePage, UploadKind, UploadState

KEPT_FOR = timedelta(hours=1)
LEASE = timedelta(minutes=10)
LINES_PER_PAGE = 50
TOLD_EVERY = 1.0
"""Seconds between two notes of progress."""
WORK = (UploadState.WAITING, UploadState.CONFIRMED)

Asked = dict[str, Any]
Lines = Sequence[Sequence[Any]]


class UploadMoved(Exception):
    """The file is gone, or it is not where the caller believed: somebody works on it, or it is applied."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file to work on, opened; `leased_until` proves that it is still this worker's."""

    id: str
    kind: UploadKind
    state: UploadState
    account_id: str
    leased_until: datetime
    content: bytes = field(repr=False)
    asked: Asked = field(repr=False)
    found: Mapping[str, Any] | None = field(repr=False)


def keep_file(kind: UploadKind, content: bytes, asked: Asked, *, account_id: str, at: datetime) -> str:
    """Keep a file until it is checked; answers its id. `asked`: what the office wants of it, as JSON."""
    upload = UploadedFile(
        kind=kind,
        account_id=account_id,
        state=UploadState.WAITING,
        size=len(content),
        done=0,
        total=0,
        uploaded_at=at,
        expires_at=at + KEPT_FOR,
    )
    upload_id: str = upload.id
    upload.content_sealed = _seal(content, upload_id, "content_sealed")
    upload.asked_sealed = _seal_json(asked, upload_id, "asked_sealed")
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
    asked: Asked = _open_json(upload.asked_sealed, upload.id, "asked_sealed")
    return asked


def found_in(upload: UploadedFile) -> Mapping[str, Any] | None:
    """What was found in the file; None before it was checked."""
    if upload.found_sealed is None:
        return None
    found: Mapping[str, Any] = _open_json(upload.found_sealed, upload.id, "found_sealed")
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
    lines: list[list[Any]] = [] if sealed is None else _open_json(sealed, upload_id, f"{part}.{number}")
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
    sealed = _seal_json(asked, upload_id, "asked_sealed")
    with transaction():
        _change(
            update(UploadedFile).where(
                UploadedFile.id == upload_id,
                UploadedFile.account_id == account_id,
                UploadedFile.state == UploadState.CHECKED,
                UploadedFile.expires_at > at,
            ),
            {"state": state, "asked_sealed": sealed, "done": 0, "total": 0, "leased_until": None},
        )


def claim_next(at: datetime) -> Claim | None:
    """The file that has waited longest for work and that nobody works on, opened; None if there is none."""
    free = or_(UploadedFile.leased_until.is_(None), UploadedFile.leased_until <= at)
    due = (UploadedFile.state.in_(WORK), UploadedFile.expires_at > at, free)
    if db.session.scalar(select(UploadedFile.id).where(*due).limit(1)) is None:
        return None  # without waiting for the writers' door
    with transaction() as session:
        upload = session.scalar(
            select(UploadedFile)
            .where(*due)
            .order_by(UploadedFile.uploaded_at)
            .limit(1)
            .options(undefer(UploadedFile.content_sealed))
        )
        if upload is None:
            return None
        upload.leased_until = at + LEASE
        sealed = upload.content_sealed
        claimed = upload.id, upload.kind, upload.state, upload.account_id, upload.leased_until
        asked, found = asked_of(upload), found_in(upload)
    assert sealed is not None
    return Claim(*claimed, content=_open(sealed, claimed[0], "content_sealed"), asked=asked, found=found)


def note_progress(claim: Claim, done: int, total: int) -> None:
    """Tell how far the work is."""
    with transaction():
        _change(_still(claim), {"done": done, "total": total})


class ProgressNotes:
    """Tells how far the work on a claim is, not more often than somebody looks. Never from inside a transaction."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Note it, unless something was noted just now. Raises UploadMoved if the claim ran out meanwhile."""
        if time.monotonic() - self._told >= TOLD_EVERY:
            note_progress(self._claim, done, total)
            self._told = time.monotonic()


def settle(
    claim: Claim,
    state: UploadState,
    found: Mapping[str, Any],
    parts: Mapping[str, Lines],
    *,
    batch_id: str | None = None,
) -> None:
    """The end of the work: what was found, its lines by part. Raises UploadMoved if the claim ran out meanwhile."""
    values: dict[str, Any] = {"state": state, "batch_id": batch_id, "leased_until": None}
    values["found_sealed"] = _seal_json(found, claim.id, "found_sealed")
    if state in {UploadState.APPLIED, UploadState.REFUSED}:
        values["content_sealed"] = None
    pages = [
        {"file_id": claim.id, "part": part, "number": number, "lines_sealed": sealed}
        for part, lines in parts.items()
        for number, sealed in _sealed_pages(claim.id, part, lines)
    ]
    with transaction() as session:
        _change(_still(claim), values)
        session.execute(delete(UploadedFilePage).where(UploadedFilePage.file_id == claim.id))
        if pages:
            session.connection().execute(insert(UploadedFilePage.__table__), pages)  # type: ignore[arg-type]


def settle_written(claim: Claim) -> bool:
    """Whether an earlier worker wrote the file and died before it could tell; what was found before then stands.

    The batch of an uploaded file has the file's id.
    """
    if claim.state is not UploadState.CONFIRMED or db.session.get(Batch, claim.id) is None:
        return False
    values = {
        "state": UploadState.APPLIED,
        "batch_id": claim.id,
        "leased_until": None,
        "content_sealed": None,
    }
    with transaction():
        _change(_still(claim), values)
    return True


def forget(upload_id: str, account_id: str) -> None:
    """Throw away what somebody uploaded and everything found in it."""
    _forget(UploadedFile.id == upload_id, UploadedFile.account_id == account_id)


def forget_expired(at: datetime) -> int:
    """Throw away every file whose time is over; answers how many."""
    if db.session.scalar(select(UploadedFile.id).where(UploadedFile.expires_at <= at).limit(1)) is None:
        return 0
    return _forget(UploadedFile.expires_at <= at)


def _forget(*which: Any) -> int:
    with transaction() as session:
        files = list(session.scalars(select(UploadedFile.id).where(*which)))
        session.execute(delete(UploadedFilePage).where(UploadedFilePage.file_id.in_(files)))
        session.execute(delete(UploadedFile).where(UploadedFile.id.in_(files)))
    return len(files)


def _still(claim: Claim) -> Any:
    return update(UploadedFile).where(
        UploadedFile.id == claim.id, UploadedFile.leased_until == claim.leased_until
    )


def _change(statement: Any, values: Mapping[str, Any]) -> None:
    done = db.session.execute(statement.values(values), execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise UploadMoved


def _sealed_pages(upload_id: str, part: str, lines: Lines) -> Iterable[tuple[int, bytes]]:
    for number, start in enumerate(range(0, len(lines), LINES_PER_PAGE), start=1):
        page = list(lines[start : start + LINES_PER_PAGE])
        yield number, _seal_json(page, upload_id, f"{part}.{number}")


def _seal_json(value: Any, upload_id: str, what: str) -> bytes:
    return _seal(json.dumps(value, ensure_ascii=False).encode(), upload_id, what)


def _open_json(sealed: bytes, upload_id: str, what: str) -> Any:
    return json.loads(_open(sealed, upload_id, what))


def _seal(plain: bytes, upload_id: str, what: str) -> bytes:
    # Packed first: what is sealed cannot be packed any more, and exports are five times as large as they need to be.
    return keyring().seal_bytes(zlib.compress(plain, 1), _place(upload_id, what))


def _open(sealed: bytes, upload_id: str, what: str) -> bytes:
    return zlib.decompress(keyring().open_bytes(sealed, _place(upload_id, what)))


def _place(upload_id: str, what: str) -> str:
    return f"uploaded_files.{what}.{upload_id}"
