"""Work on uploaded files: one worker at a time claims one, works with no transaction open, and tells how it ended.

A claim lasts for `LEASE`; whoever takes longer, or whose file was thrown away meanwhile, can tell nothing any more.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import undefer

from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch
from portal.models.uploads import UploadedFile, UploadedFilePage, UploadKind, UploadState
from portal.services.upload_seals import open_sealed, seal_json, sealed_pages
from portal.services.uploads import LINES_PER_PAGE, WORK, Asked, asked_of, change_one, found_in

LEASE = timedelta(minutes=10)
TOLD_EVERY = 1.0
"""Seconds between two notes of progress."""

Lines = Sequence[Sequence[Any]]


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
    return Claim(
        *claimed, content=open_sealed(sealed, claimed[0], "content_sealed"), asked=asked, found=found
    )


def note_progress(claim: Claim, done: int, total: int) -> None:
    """Tell how far the work is."""
    with transaction():
        change_one(_still(claim), {"done": done, "total": total})


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
    values["found_sealed"] = seal_json(found, claim.id, "found_sealed")
    if state in {UploadState.APPLIED, UploadState.REFUSED}:
        values["content_sealed"] = None
    pages = [
        page for part, lines in parts.items() for page in sealed_pages(claim.id, part, lines, LINES_PER_PAGE)
    ]
    with transaction() as session:
        change_one(_still(claim), values)
        session.execute(delete(UploadedFilePage).where(UploadedFilePage.file_id == claim.id))
        if pages:
            session.execute(insert(UploadedFilePage), pages)


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
        change_one(_still(claim), values)
    return True


def _still(claim: Claim) -> Any:
    return update(UploadedFile).where(
        UploadedFile.id == claim.id, UploadedFile.leased_until == claim.leased_until
    )
