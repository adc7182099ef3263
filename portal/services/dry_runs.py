"""A file's dry run: shown to the office, then applied as it was shown or, where something moved, shown afresh."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from portal.models.uploads import UploadState
from portal.services.upload_claims import Claim, settle


class DryRun(Protocol):
    """What a file would do, row by row; `fingerprint`: the same as long as that is the same."""

    @property
    def fates(self) -> Sequence[Any]:
        """What becomes of each row."""

    @property
    def counts(self) -> Mapping[Any, int]:
        """How many rows have which fate."""

    @property
    def fingerprint(self) -> str:
        """The mark under which all this is shown."""


Prepared = TypeVar("Prepared", bound=DryRun)


def check_or_apply(
    claim: Claim,
    prepare: Callable[[], Prepared],
    apply: Callable[..., str | None],
    line: Callable[[Any], list[Any]],
    *,
    moved: type[Exception],
    at: datetime,
) -> None:
    """Check a file by `prepare`, write it by `apply` if that was confirmed, and tell the end.

    `apply` answers the batch's id and raises `moved` where it would do something else than was shown. `line`: a fate
    as it is kept to be looked at. Raises uploads.UploadMoved if the claim ran out, and whatever `prepare` raises.
    """
    prepared, state, batch_id = prepare(), UploadState.CHECKED, None
    if claim.state is UploadState.CONFIRMED:
        assert claim.found is not None
        shown = claim.found["fingerprint"]
        try:
            batch_id = apply(prepared, fingerprint=shown, actor=claim.account_id, at=at, batch_id=claim.id)
            state = UploadState.APPLIED
        except moved:
            prepared = prepare()
    found = {
        "counts": {fate.value: count for fate, count in prepared.counts.items()},
        "fingerprint": prepared.fingerprint,
        "moved": claim.state is UploadState.CONFIRMED and state is UploadState.CHECKED,
    }
    parts: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for one in prepared.fates:
        parts[one.fate.value].append(line(one))
    settle(claim, state, found, parts, batch_id=batch_id)
