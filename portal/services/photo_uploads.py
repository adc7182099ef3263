"""Work on an uploaded archive of photos: the dry run, kept page by page as it will be looked at, and the act."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from portal.models.uploads import UploadState
from portal.rules.policy import Policy
from portal.services.photo_archive import (
    ArchiveRefused,
    PhotosMoved,
    PreparedPhotos,
    apply_photos,
    prepare_photos,
)
from portal.services.upload_claims import Claim, ProgressNotes, settle


def work_on(claim: Claim, policy: Policy, at: datetime) -> None:
    """Check the archive, and apply it if that was confirmed. Raises uploads.UploadMoved if the claim ran out."""
    try:
        prepared = prepare_photos(claim.content, policy, ProgressNotes(claim))
    except ArchiveRefused as refused:
        settle(claim, UploadState.REFUSED, {"archive_fault": refused.fault.value}, {})
        return
    state, batch_id = UploadState.CHECKED, None
    if claim.state is UploadState.CONFIRMED:
        assert claim.found is not None
        try:
            batch_id = apply_photos(
                prepared,
                policy,
                fingerprint=claim.found["fingerprint"],
                actor=claim.account_id,
                at=at,
                batch_id=claim.id,
            )
            state = UploadState.APPLIED
        except PhotosMoved:
            prepared = prepare_photos(claim.content, policy, ProgressNotes(claim))
    found = {
        "counts": {fate.value: count for fate, count in prepared.counts.items()},
        "fingerprint": prepared.fingerprint,
        "moved": claim.state is UploadState.CONFIRMED and state is UploadState.CHECKED,
    }
    settle(claim, state, found, _parts(prepared), batch_id=batch_id)


def _parts(prepared: PreparedPhotos) -> dict[str, list[list[Any]]]:
    """By fate: the file's name and, where it is refused, why."""
    parts: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for one in prepared.fates:
        parts[one.fate.value].append([one.name, one.refusal])
    return parts
