"""Looking things up in the journal: what is wanted, and how each kind of record answers its newest that fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock
from portal.extensions import db
from portal.models.base import Moment
from portal.rules.order_status import OrderStatus
from portal.services.journal import Subject

Place = tuple[datetime, str]
"""Where a page ended: moment and key of its last entry."""
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Records = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; what is None does not matter. `since` and `until` are days, both included."""

    since: date | None = None
    until: date | None = None
    actor_id: str | None = None
    act: str | None = None
    student_id: str | None = None

    def asks_for(self, *acts: str) -> bool:
        """Whether one of these acts would fit."""
        return self.act is None or self.act in acts


@dataclass(frozen=True, slots=True)
class Found:
    """A record as it was found. `subject`: kind and id of whom it is about, None where that is nobody in particular.

    `before` and `after`: an order's states or an extension's dates; what else changed is in `details`.
    """

    key: str
    at: datetime
    act: str
    actor_id: str | None
    reason: str | None = field(default=None, repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    before: OrderStatus | date | None = None
    after: OrderStatus | date | None = None
    subject: tuple[Subject, str] | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """One page's question: what is wanted, after which place it begins, and how many entries it takes."""

    wanted: Wanted
    after: Place | None
    size: int

    def newest(
        self, records: Records, *, at: Column, key: Column, actor: Column
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """The newest of `records` that fit, by the columns that hold moment, key and who did it."""
        fitting = self.fitting(records, at=at, actor=actor)
        if self.after is not None:
            moment, last = self.after
            fitting = fitting.where(tuple_(at, key) < tuple_(literal(moment, Moment()), literal(last)))
        return db.session.execute(fitting.order_by(at.desc(), key.desc()).limit(self.size)).all()

    def fitting(self, records: Records, *, at: Column, actor: Column) -> Records:
        """Those of `records` within the days asked for, by the person asked for, and not after the place."""
        wanted = self.wanted
        if wanted.since is not None:
            records = records.where(at >= clock.end_of(wanted.since - timedelta(days=1)))
        if wanted.until is not None:
            records = records.where(at < clock.end_of(wanted.until))
        if wanted.actor_id is not None:
            records = records.where(actor == wanted.actor_id)
        return records if self.after is None else records.where(at <= self.after[0])
