"""The facts about a student that rules reason over, as plain frozen data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Level of studies; only the first three entitle to a student card."""

    FIRST_CYCLE = "first_cycle"
    SECOND_CYCLE = "second_cycle"
    UNIFORM = "uniform"
    DOCTORAL = "doctoral"
    POSTGRADUATE = "postgraduate"


ENTITLING_LEVELS = frozenset({Level.FIRST_CYCLE, Level.SECOND_CYCLE, Level.UNIFORM})


class EnrolmentStatus(StrEnum):
    """Status of an enrolment in the register; leave keeps student rights."""

    PLANNED = "planned"
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"
    GRADUATED = "graduated"
    REMOVED = "removed"
    TRANSFERRED = "transferred"


RIGHTS_LOST = frozenset({EnrolmentStatus.SUSPENDED, EnrolmentStatus.REMOVED, EnrolmentStatus.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """One programme. `status_since`: first day of `status`, possibly still to come; `begins_on`: first day
    of studies.
    """

    id: str
    level: Level
    status: EnrolmentStatus
    status_since: date
    begins_on: date
    oath_approved_on: date | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The latest plastic card. `void_on`: the day it became void without a replacement, if it did."""

    issued_on: date
    first_valid_until: date
    void_on: date | None


@dataclass(frozen=True, slots=True)
class ExtensionFacts:
    """An extension that is not undone."""

    id: str
    until: date


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """The accepted photo: pixels and bytes."""

    width: int
    height: int
    size: int


class Blocker(StrEnum):
    """What the register knows against an extension; whether it blocks one is the university's choice."""

    FEES_UNPAID = "fees_unpaid"
    YEAR_NOT_CLOSED = "year_not_closed"


class SubmissionStatus(StrEnum):
    """What became of a photo that was submitted."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """All that decides whether a student may order.

    `photo` is the accepted one; `latest_submission` says where the photo submitted last stands, if any was.
    """

    enrolments: tuple[EnrolmentFacts, ...]
    has_pesel: bool
    has_album_number: bool
    photo: PhotoFacts | None
    card: CardFacts | None
    extensions: tuple[ExtensionFacts, ...]
    personal_data_changed_on: date | None
    blockers: frozenset[Blocker] = frozenset()
    latest_submission: SubmissionStatus | None = None
