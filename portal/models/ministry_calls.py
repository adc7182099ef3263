"""What the jobs leave behind: attempts at the ministry, the breaker's row, and the log of runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words
from portal.rules.next_step import AtMinistry, Step


class Attempt(Base):
    """One call about one order that may change something there; written before the call, settled after it.

    `at_ministry_before` is what was known before: a call that provably was not sent puts it back.
    """

    __tablename__ = "attempts"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    step: Mapped[Step] = mapped_column(words(Step, "step_known"))
    at_ministry_before: Mapped[AtMinistry] = mapped_column(words(AtMinistry, "before_known"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="finished_with_an_outcome"),
        CheckConstraint("step IN ('submit', 'withdraw')", name="steps_that_change_something"),
    )


class MinistryHealth(Base):
    """The breaker: one row. While `down_since` is set, one probe per interval goes out and pages say so.

    `failures`: failed calls in a row. `alarm`: somebody has to mend credentials or the address.
    """

    __tablename__ = "ministry_health"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    down_since: Mapped[datetime | None]
    alarm: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(64))
    next_probe_at: Mapped[datetime | None]
    last_answer_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("(down_since IS NULL) = (next_probe_at IS NULL)", name="probed_while_down"),
    )


class JobRun(Base):
    """Runs of one job. Idle runs in a row share one row: `runs` counts them, `finished_at` is the last one's."""

    __tablename__ = "job_runs"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (Index(None, "job", "started_at"),)
