"""What a photo must measure to stand on a card, and where it is while there is none to use."""

from portal.rules.policy import Policy
from portal.rules.reasons import Reason
from portal.rules.student import PhotoFacts, StudentFacts, SubmissionStatus


def why_unfit(photo: PhotoFacts | None, policy: Policy) -> Reason | None:
    """The reason for which `photo` cannot be used, or None if it can."""
    if photo is None:
        return Reason.NO_PHOTO
    if photo.width < policy.photo_min_width or photo.height < policy.photo_min_height:
        return Reason.PHOTO_TOO_SMALL
    if photo.size > policy.photo_max_bytes:
        return Reason.PHOTO_TOO_HEAVY
    return None


def why_no_photo(student: StudentFacts, policy: Policy) -> Reason | None:
    """Why `student` has no photo for a card; one that waits or was sent back is named as such.

    An accepted photo that can be used decides alone, whatever became of a later one.
    """
    reason = why_unfit(student.photo, policy)
    if reason is None:
        return None
    if student.latest_submission is SubmissionStatus.WAITING:
        return Reason.PHOTO_WAITING
    if student.latest_submission is SubmissionStatus.SENT_BACK:
        return Reason.PHOTO_SENT_BACK
    return reason
