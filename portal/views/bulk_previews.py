"""What a bulk extension would do, shown before it is done: counts, who is left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_login import current_user

from portal import clock
from portal.services import left_out
from portal.services.bulk_extensions import AppliedExtension, apply_extension
from portal.services.extension_fates import (
    ExtensionFate,
    ExtensionPreview,
    ExtensionRequest,
    preview_extension,
)
from portal.services.left_out import LeftOut
from portal.views.current import settings

MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """The preview as a page shows it."""

    fingerprint: str
    counts: Mapping[str, int]
    left_out: list[LeftOut] = field(repr=False)

    @property
    def extended(self) -> int:
        """How many will be extended."""
        return self.counts[ExtensionFate.EXTENDED]


def preview_of(request: ExtensionRequest) -> ExtensionPreview:
    """What would become of everybody in `request` now."""
    return preview_extension(request, settings().policy, at=clock.now())


def shown(preview: ExtensionPreview) -> ShownPreview:
    """`preview` with the names of those left out."""
    named = left_out.left_out(preview, most=MOST_NAMES)
    return ShownPreview(preview.fingerprint, preview.counts(), named)


def carry_out(
    request: ExtensionRequest, fingerprint: str, rejected_for: Mapping[str, int] | None = None
) -> AppliedExtension:
    """Extend, if what was shown under `fingerprint` is still so. `rejected_for`: a file's rows that ask nothing.

    Raises FatesChanged.
    """
    return apply_extension(
        request,
        fingerprint,
        settings().policy,
        actor=current_user.id,
        at=clock.now(),
        rejected_for=rejected_for,
    )
