"""How often a page asks for its order's status, and the mark by which both ends know that nothing changed."""

from datetime import UTC, date, datetime

from portal.rules.order_status import OrderStatus

# Seconds waited so far -> seconds between questions: eager at first, patient when it takes hours.
INTERVALS = ((60, 3), (300, 5), (1800, 15), (7200, 30))
SLOWEST = 60
READY_INTERVAL = 15
# Nothing is ordered yet, but it soon will be, without a click.
STANDING_ORDER_INTERVAL = 15


def poll_interval(status: OrderStatus | None, since: datetime, at: datetime) -> int | None:
    """Seconds until the page asks again, or None where there is nothing left to wait for.

    `since`: when the order was placed, aware like `at`. „Do odbioru” is asked slowly, until it is collected.
    """
    if status in {OrderStatus.WAITING, OrderStatus.IN_PROGRESS}:
        # Two moments of one zone would be subtracted by the wall clock, an hour off when it is changed.
        waited = (at.astimezone(UTC) - since.astimezone(UTC)).total_seconds()
        return next((interval for limit, interval in INTERVALS if waited < limit), SLOWEST)
    return READY_INTERVAL if status is OrderStatus.READY else None


def status_mark(
    revision: int, interval: int | None, *, on: date, ministry_down: bool, codes_live: bool, reader_mark: str
) -> str:
    """What a status fragment shows, in short: equal marks mean the page is up to date.

    Everything the fragment depends on must be in it: the student's revision, the polling step, the day, the
    notice about the ministry, whether codes may be shown by the clock, whose sign-in the page belongs to and which
    language it speaks.
    """
    flags = f"{'d' if ministry_down else 'u'}{'c' if codes_live else 'n'}"
    step = "-" if interval is None else str(interval)
    return f"{revision}.{step}.{flags}.{on.toordinal()}.{reader_mark}"
