"""The operator's switches: how fast this ministry is, and in which way it fails."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sandbox import clock


class Mode(StrEnum):
    """How the contract's endpoints behave. To see a refused connection, end the process."""

    OK = "ok"
    DOWN = "down"
    """503, nothing done."""
    SLOW = "slow"
    """Waits half of `slow_seconds`, does the work, waits the other half, answers."""
    REFUSE = "refuse"
    """What is submitted now will be refused once processed."""
    LOSE_ANSWERS = "lose_answers"
    """Does the work, then drops the connection without a byte of answer."""
    NONSENSE = "nonsense"
    """Does the work, then answers rubbish of a different kind each time."""
    HTTP_500 = "http_500"
    HTTP_429 = "http_429"


class ReplacesOn(StrEnum):
    """When a student's older card goes away."""

    ISSUE = "issue"
    COLLECT = "collect"
    NEVER = "never"


class Control(BaseModel):
    """All switches. `processing_seconds` also applies to what is being processed already.

    `calendar_ahead_seconds`: how far this ministry's calendar runs ahead of the real one; the demonstration sets it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    processing_seconds: Annotated[float, Field(ge=0, le=86_400)] = 8.0
    code_lifetime_seconds: Annotated[float, Field(gt=0, le=366 * 86_400)] = 30 * 86_400.0
    mode: Mode = Mode.OK
    slow_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    honours_keys: Annotated[bool, Field(strict=True)] = True
    """False: the same key submitted again makes a second card."""
    replaces_on: ReplacesOn = ReplacesOn.COLLECT
    calendar_ahead_seconds: Annotated[float, Field(ge=0, le=30 * 366 * 86_400)] = 0.0

    def now(self) -> float:
        """The present moment by this ministry's calendar."""
        return clock.now(self.calendar_ahead_seconds)
