"""Work on an uploaded archive of photos: the dry run, kept page by page as it will be looked at, and the act."""

from datetime import datetime
from functools import partial
from typing import Any

from portal.models.uploads import UploadState
from portal.rules.policy import Policy
from portal.services.dry_runs import check_or_apply
from portal.services.photo_archive import (
    ArchiveRefused,
    MemberFate,
    PhotosMoved,
    apply_photos,
    prepare_photos,
)
from portal.services.upload_claims import Claim, ProgressNotes, settle


def work_on(claim: Claim, policy: Policy, at: datetime) -> None:
    """Check the archive, and apply it if that was confirmed. Raises uploads.UploadMoved if the claim ran out."""
    try:
        check_or_apply(
            claim,
            lambda: prepare_photos(claim.content, policy, ProgressNotes(claim)),
            partial(apply_photos, policy=policy),
            _line,
            moved=PhotosMoved,
            at=at,
        )
    except ArchiveRefused as refused:
        settle(claim, UploadState.REFUSED, {"archive_fault": refused.fault.value}, {})


def _line(one: MemberFate) -> list[Any]:
    """The file's name and, where it is refused, why."""
    return [one.name, one.refusal]
