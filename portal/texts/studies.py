"""The words for levels of studies and for where somebody stands in them, as the office's pages show them."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.rules.student import EnrolmentStatus, Level

LEVELS: Mapping[Level, LazyString] = {
    Level.FIRST_CYCLE: _("I stopnia"),
    Level.SECOND_CYCLE: _("II stopnia"),
    Level.UNIFORM: _("jednolite magisterskie"),
    Level.DOCTORAL: _("doktoranckie"),
    Level.POSTGRADUATE: _("podyplomowe"),
}

ENROLMENT_STATUSES: Mapping[EnrolmentStatus, LazyString] = {
    EnrolmentStatus.PLANNED: _("jeszcze nie zaczęte"),
    EnrolmentStatus.ACTIVE: _("aktywne"),
    EnrolmentStatus.ON_LEAVE: _("urlop"),
    EnrolmentStatus.SUSPENDED: _("zawieszenie"),
    EnrolmentStatus.GRADUATED: _("ukończone"),
    EnrolmentStatus.REMOVED: _("skreślenie"),
    EnrolmentStatus.TRANSFERRED: _("przeniesienie"),
}


def level(code: Level) -> str:
    """The level as it follows „studia”."""
    return str(LEVELS[code])


def enrolment_status(code: EnrolmentStatus) -> str:
    """Where somebody stands in their studies."""
    return str(ENROLMENT_STATUSES[code])
