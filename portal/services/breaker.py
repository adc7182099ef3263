"""The ministry's health as one row: it stops calls during an outage and lets pages say so.

1. An answer of any kind closes it. 2. A call that could not be made opens it; so do three calls in a row with an
uncertain outcome. 3. While it is open one probe goes out per interval, which grows from two seconds to the
configured one, or waits as long as the ministry asked for.
"""

from datetime import datetime, timedelta

import structlog

from portal.database import transaction
from portal.extensions import db
from portal.models.ministry_calls import MinistryHealth

FIRST_PROBE_SECONDS = 2
UNCERTAIN_IN_A_ROW = 3

log = structlog.get_logger()


def health() -> MinistryHealth:
    """The one row; made on first use (inside a transaction)."""
    row = db.session.get(MinistryHealth, 1)
    if row is None:
        row = MinistryHealth(id=1, failures=0, alarm=False)
        db.session.add(row)
    return row


def admit(limit: int, *, at: datetime, probe_interval: float) -> int:
    """How many orders may be claimed now: `limit`, or one as a probe, or none. Inside a transaction.

    Taking the probe moves the next one on at once, so several workers share one probe per interval.
    """
    row = health()
    if row.next_probe_at is None:
        return limit
    if row.next_probe_at > at:
        return 0
    row.next_probe_at = at + timedelta(seconds=probe_interval)
    return min(limit, 1)


def answered(*, at: datetime) -> None:
    """The ministry answered: an outage, if there was one, is over. Inside a transaction."""
    row = health()
    if row.down_since is not None:
        log.info("ministry_back", down_seconds=int((at - row.down_since).total_seconds()))
    row.down_since = row.next_probe_at = row.reason = None
    row.failures = 0
    row.alarm = False
    row.last_answer_at = at


def forget_outage() -> None:
    """Nobody is called any more (orders go through the panel): what was known of an outage means nothing now."""
    with transaction():
        row = health()
        row.down_since = row.next_probe_at = row.reason = None
        row.failures, row.alarm = 0, False


def failed(
    reason: str,
    *,
    at: datetime,
    probe_interval: float,
    certain: bool,
    retry_after: float | None = None,
    alarm: bool = False,
) -> None:
    """A call failed; `certain`: it provably was not taken, so the ministry is out of reach. Inside a transaction.

    `retry_after`: seconds the ministry asked for. `alarm`: waiting alone will not cure it (credentials, address).
    """
    row = health()
    row.failures += 1
    if row.down_since is None and not certain and row.failures < UNCERTAIN_IN_A_ROW:
        return
    if row.down_since is None:
        row.down_since = at
        log.warning("ministry_down", reason=reason, alarm=alarm)
    row.reason = reason
    row.alarm = alarm
    wait = min(probe_interval, FIRST_PROBE_SECONDS * 2 ** min(row.failures - 1, 16))
    row.next_probe_at = at + timedelta(seconds=max(wait, retry_after or 0))
