"""What an HTTP answer means in the port's words: status first, then form, then content."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from portal.ministry.port import MinistryUnavailable, OutcomeUncertain, RequestRefused
from portal.ministry.wire import OffContract, read_refusal

LONGEST_RETRY_AFTER = 3600.0
REFUSALS = (400, 409, 422)
LATER = (408, 429, 503)
"""408 is what proxies send over a kept connection just as they close it: nothing was taken in."""
TOLD_BY_BODY = (200, *REFUSALS)
"""Every other status says all there is to know: its body is not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came; `too_long` ones were dropped unread."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = field(repr=False)
    too_long: bool

    def header(self, name: str) -> str:
        """The last header of that name, "" if there is none."""
        found = [value for header, value in self.headers if header.decode("latin-1").lower() == name]
        return found[-1].decode("latin-1").strip() if found else ""

    @property
    def kind(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def is_readable(self) -> bool:
        """JSON, not packed, not too long. Packed ones were never asked for: they may unpack without end."""
        packed = self.header("content-encoding").lower() not in ("", "identity")
        return self.kind == "application/json" and not packed and not self.too_long


def judge(answer: Answer) -> None:
    """Return for an answer that may be read, else raise what its status and form mean: see `port`."""
    status = answer.status
    if status in LATER:
        wait = retry_after(answer.header("retry-after"), datetime.now(UTC))
        raise MinistryUnavailable(f"http_{status}", retry_after=wait)
    if status in REFUSALS and answer.is_readable:
        _refuse(answer)
    if 400 <= status < 500:
        raise MinistryUnavailable(f"{'html' if answer.kind == 'text/html' else 'http'}_{status}", alarm=True)
    if status >= 500:
        raise OutcomeUncertain(f"http_{status}")
    if 300 <= status < 400:
        raise OutcomeUncertain("redirect")
    if status != 200 or not answer.is_readable:
        raise OutcomeUncertain("off_contract")


def _refuse(answer: Answer) -> None:
    """Raise the refusal the answer holds, if it holds one in the contract's form."""
    try:
        code = read_refusal(answer.body)
    except OffContract:
        return
    raise RequestRefused(code)


def retry_after(text: str, at: datetime) -> float | None:
    """The seconds a `Retry-After` asks to wait (number or HTTP date): at most an hour, None for garbage."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if until.tzinfo is None:  # "-0000": a clock without a zone
        until = until.replace(tzinfo=UTC)
    return min(max((until - at).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
