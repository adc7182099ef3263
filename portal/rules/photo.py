"""What a photo must measure to stand on a card."""

from portal.rules.policy import Policy
from portal.rules.reasons import Reason
from portal.rules.student import PhotoFacts


def why_unfit(photo: PhotoFacts | None, policy: Policy) -> Reason | None:
    """The reason for which `photo` cannot be used, or None if it can."""
    if photo is None:
        return Reason.NO_PHOTO
    if photo.width < policy.photo_min_width or photo.height < policy.photo_min_height:
        return Reason.PHOTO_TOO_SMALL
    if photo.size > policy.photo_max_bytes:
        return Reason.PHOTO_TOO_HEAVY
    return None
