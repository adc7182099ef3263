"""Codes for why something is so. `portal.texts` has the words for each; nothing else speaks to people."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a condition is not met."""

    NO_STUDIES = "no_studies"
    STUDIES_PLANNED = "studies_planned"
    STUDIES_SUSPENDED = "studies_suspended"
    STUDIES_FINISHED = "studies_finished"
    STUDENT_REMOVED = "student_removed"
    STUDENT_TRANSFERRED = "student_transferred"
    LEVEL_WITHOUT_CARD = "level_without_card"
    NO_PESEL = "no_pesel"
    NO_ALBUM_NUMBER = "no_album_number"
    NO_PHOTO = "no_photo"
    PHOTO_TOO_SMALL = "photo_too_small"
    PHOTO_TOO_HEAVY = "photo_too_heavy"
    PHOTO_WAITING = "photo_waiting"
    PHOTO_SENT_BACK = "photo_sent_back"
    NO_CARD = "no_card"
    CARD_VOID = "card_void"
    NOT_EXTENDED = "not_extended"
    EXTENSION_ENDED = "extension_ended"
    SEMESTER_NOT_CONFIRMED = "semester_not_confirmed"
    SEMESTER_ENDED = "semester_ended"
    DATA_CHANGED = "data_changed"
    NO_OATH = "no_oath"
    STUDIES_NOT_BEGUN = "studies_not_begun"


class Remedy(StrEnum):
    """What the student can do about an unmet condition."""

    ASK_OFFICE_ABOUT_STATUS = "ask_office_about_status"
    NOT_FOR_THESE_STUDIES = "not_for_these_studies"
    REPORT_PESEL = "report_pesel"
    ASK_FOR_ALBUM_NUMBER = "ask_for_album_number"
    GIVE_PHOTO = "give_photo"
    GIVE_BETTER_PHOTO = "give_better_photo"
    WAIT_FOR_PHOTO = "wait_for_photo"
    CORRECT_PHOTO = "correct_photo"
    COLLECT_CARD = "collect_card"
    REPLACE_CARD = "replace_card"
    EXTEND_CARD = "extend_card"
    CONFIRM_SEMESTER = "confirm_semester"
    TAKE_OATH = "take_oath"
    WAIT_FOR_STUDIES = "wait_for_studies"


REMEDIES: dict[Reason, Remedy] = {
    Reason.NO_STUDIES: Remedy.ASK_OFFICE_ABOUT_STATUS,
    Reason.STUDIES_PLANNED: Remedy.WAIT_FOR_STUDIES,
    Reason.STUDIES_SUSPENDED: Remedy.ASK_OFFICE_ABOUT_STATUS,
    Reason.STUDIES_FINISHED: Remedy.ASK_OFFICE_ABOUT_STATUS,
    Reason.STUDENT_REMOVED: Remedy.ASK_OFFICE_ABOUT_STATUS,
    Reason.STUDENT_TRANSFERRED: Remedy.ASK_OFFICE_ABOUT_STATUS,
    Reason.LEVEL_WITHOUT_CARD: Remedy.NOT_FOR_THESE_STUDIES,
    Reason.NO_PESEL: Remedy.REPORT_PESEL,
    Reason.NO_ALBUM_NUMBER: Remedy.ASK_FOR_ALBUM_NUMBER,
    Reason.NO_PHOTO: Remedy.GIVE_PHOTO,
    Reason.PHOTO_TOO_SMALL: Remedy.GIVE_BETTER_PHOTO,
    Reason.PHOTO_TOO_HEAVY: Remedy.GIVE_BETTER_PHOTO,
    Reason.PHOTO_WAITING: Remedy.WAIT_FOR_PHOTO,
    Reason.PHOTO_SENT_BACK: Remedy.CORRECT_PHOTO,
    Reason.NO_CARD: Remedy.COLLECT_CARD,
    Reason.CARD_VOID: Remedy.REPLACE_CARD,
    Reason.NOT_EXTENDED: Remedy.EXTEND_CARD,
    Reason.EXTENSION_ENDED: Remedy.EXTEND_CARD,
    Reason.SEMESTER_NOT_CONFIRMED: Remedy.CONFIRM_SEMESTER,
    Reason.SEMESTER_ENDED: Remedy.CONFIRM_SEMESTER,
    Reason.DATA_CHANGED: Remedy.REPLACE_CARD,
    Reason.NO_OATH: Remedy.TAKE_OATH,
    Reason.STUDIES_NOT_BEGUN: Remedy.WAIT_FOR_STUDIES,
}


class OrderRefusal(StrEnum):
    """Which rule about orders stands in the way once all conditions hold."""

    CONDITIONS_UNMET = "conditions_unmet"
    ORDER_OPEN = "order_open"
    CODES_WAITING = "codes_waiting"
    DOCUMENT_LASTS_AS_LONG = "document_lasts_as_long"
    RENEWAL_TOO_EARLY = "renewal_too_early"
    CANCEL_DOCUMENT_FIRST = "cancel_document_first"


class ExtensionRefusal(StrEnum):
    """Why the office may not confirm a student until a date; `ALREADY_EXTENDED`: there is nothing to do."""

    DATE_PASSED = "date_passed"
    LEGAL_BASIS_MISSING = "legal_basis_missing"
    NOT_ENTITLED = "not_entitled"
    NO_VALID_CARD = "no_valid_card"
    FEES_UNPAID = "fees_unpaid"
    YEAR_NOT_CLOSED = "year_not_closed"
    BEYOND_ENTITLEMENT = "beyond_entitlement"
    ALREADY_EXTENDED = "already_extended"


class EndReason(StrEnum):
    """Why an order ended."""

    STUDENT_CANCELLED = "student_cancelled"
    OFFICE_REVOKED = "office_revoked"
    CONDITIONS_UNMET = "conditions_unmet"
    EXTENSION_UNDONE = "extension_undone"
    ENTITLEMENT_ENDED = "entitlement_ended"
    MINISTRY_REFUSED = "ministry_refused"
    MINISTRY_WITHDREW = "ministry_withdrew"
    CODES_EXPIRED_UNSEEN = "codes_expired_unseen"
    DEADLINE_PASSED = "deadline_passed"
    CODES_NOT_USED = "codes_not_used"
    NEWER_COLLECTED = "newer_collected"
    VALIDITY_ENDED = "validity_ended"


class CancelReason(StrEnum):
    """Why a student gives up a document; each leads on to something else."""

    NEW_PHONE = "new_phone"
    APP_REINSTALLED = "app_reinstalled"
    DATA_CHANGED = "data_changed"
    OTHER = "other"
