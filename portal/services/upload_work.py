"""The work that uploaded files wait for, whatever kind they are of."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from portal.models.uploads import UploadKind
from portal.rules.policy import Policy
from portal.services import panel_uploads, photo_uploads, register_uploads
from portal.services.upload_claims import Claim, claim_next, settle_written
from portal.services.uploads import UploadMoved

WORKERS: Mapping[UploadKind, Callable[[Claim, Policy, datetime], None]] = {
    UploadKind.REGISTER: register_uploads.work_on,
    UploadKind.PHOTOS: photo_uploads.work_on,
    UploadKind.PANEL_REPORT: panel_uploads.work_on,
}

_log = structlog.get_logger()


def work_on_next(policy: Policy, *, at: datetime, real_at: datetime) -> bool:
    """Do the work that has waited longest; whether there was any.

    `at`: the office's calendar, by which rows are judged; `real_at`: the clock that claims and expiry follow.
    """
    claim = claim_next(real_at)
    if claim is None:
        return False
    try:
        if not settle_written(claim):
            WORKERS[claim.kind](claim, policy, at)
    except UploadMoved:
        # Its owner threw it away, or it took longer than a claim lasts; whoever has it now tells the end.
        _log.info("upload_lost", upload=claim.id)
    else:
        _log.info("upload_worked_on", upload=claim.id, kind=claim.kind.value, state=claim.state.value)
    return True
