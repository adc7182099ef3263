"""An invented student in plain data: what filling writes, and what rules can be asked about without a database."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time

from portal.clock import OFFICE_ZONE, day_of
from portal.demo.portraits import HEIGHT, WIDTH
from portal.rules.student import (
    CardFacts,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    PhotoFacts,
    StudentFacts,
)

NAMESPACE = uuid.UUID("6b5a7cf4-3d2c-4f0c-9d9b-1f6b6f4a2a10")


def fixed_id(*parts: object) -> str:
    """The same UUID for the same parts at every filling."""
    return str(uuid.uuid5(NAMESPACE, repr(parts)))


def office_hour(day: date, hour: int = 10, minute: int = 7) -> datetime:
    """A moment of that day in Warsaw."""
    return datetime.combine(day, time(hour, minute), OFFICE_ZONE)


@dataclass(frozen=True, slots=True)
class Studies:
    """One enrolment, as the register keeps it."""

    faculty: str
    programme: str
    level: Level
    year: int
    group_name: str
    status: EnrolmentStatus
    status_since: date
    begins_on: date
    oath_approved_on: date | None


@dataclass(frozen=True, slots=True)
class PlasticCard:
    """The student's ELS."""

    number: str
    issued_on: date
    first_valid_until: date
    void_on: date | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One extension: until when and made at which moment; when and why it was undone, if it was."""

    until: date
    at: datetime
    undone_at: datetime | None = None
    undo_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStudent:
    """One person; `user_name` also tells apart those without an album number. `photo`: a JPEG."""

    user_name: str
    album_number: str | None
    first_names: str
    surname: str
    birth_date: date
    pesel: str | None = field(repr=False)
    photo: bytes | None = field(repr=False)
    studies: tuple[Studies, ...]
    card: PlasticCard | None
    confirmations: tuple[Confirmation, ...]
    data_changed_on: date | None = None

    @property
    def id(self) -> str:
        return fixed_id("student", self.user_name)

    def enrolment_id(self, position: int) -> str:
        """The id of the enrolment at that position of `studies`."""
        return fixed_id("enrolment", self.user_name, position)

    def extension_id(self, position: int) -> str:
        """The id of the extension at that position of `confirmations`."""
        return fixed_id("extension", self.user_name, position)

    def facts(self, at: datetime) -> StudentFacts:
        """What the register knew about this person at that moment: nothing that came later."""
        day = day_of(at)
        return StudentFacts(
            enrolments=tuple(
                _enrolment_facts(self.enrolment_id(position), one, day)
                for position, one in enumerate(self.studies)
            ),
            has_pesel=self.pesel is not None,
            has_album_number=self.album_number is not None,
            photo=None if self.photo is None else PhotoFacts(WIDTH, HEIGHT, len(self.photo)),
            card=_card_facts(self.card, day),
            extensions=tuple(
                ExtensionFacts(self.extension_id(position), one.until)
                for position, one in enumerate(self.confirmations)
                if one.at <= at and (one.undone_at is None or one.undone_at > at)
            ),
            personal_data_changed_on=_if_past(self.data_changed_on, day),
        )


def _enrolment_facts(enrolment_id: str, studies: Studies, day: date) -> EnrolmentFacts:
    status, since = studies.status, studies.status_since
    if since > day and status is not EnrolmentStatus.PLANNED:
        status, since = EnrolmentStatus.ACTIVE, studies.begins_on
    oath = _if_past(studies.oath_approved_on, day)
    return EnrolmentFacts(enrolment_id, studies.level, status, since, studies.begins_on, oath)


def _card_facts(card: PlasticCard | None, day: date) -> CardFacts | None:
    if card is None or card.issued_on > day:
        return None
    return CardFacts(card.issued_on, card.first_valid_until, _if_past(card.void_on, day))


def _if_past(one: date | None, day: date) -> date | None:
    return one if one is not None and one <= day else None
