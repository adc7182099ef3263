"""Semester dates around a day, so that a demonstration looks right whenever it is started."""

from datetime import date, timedelta

from portal.rules.policy import Policy
from portal.rules.validity import SUMMER_ENDS, WINTER_BEGINS, WINTER_ENDS


def academic_year(on: date) -> int:
    """The calendar year in which the academic year of that day began."""
    return on.year if (on.month, on.day) >= WINTER_BEGINS else on.year - 1


def next_end(on: date) -> date:
    """The first semester end on or after that day."""
    ends = (date(on.year, *WINTER_ENDS), date(on.year, *SUMMER_ENDS), date(on.year + 1, *WINTER_ENDS))
    return next(end for end in ends if end >= on)


def ends_between(after: date, last: date) -> list[date]:
    """The semester ends later than `after`, up to and including `last`."""
    ends = []
    end = next_end(after + timedelta(days=1))
    while end <= last:
        ends.append(end)
        end = next_end(end + timedelta(days=1))
    return ends


def previous_end(on: date) -> date:
    """The last semester end before that day."""
    return ends_between(date(on.year - 2, 12, 31), on - timedelta(days=1))[-1]


def confirmation_opens(until: date, policy: Policy) -> date:
    """The day from which the office confirms until that semester end."""
    if (until.month, until.day) == WINTER_ENDS:
        return date(until.year - 1, *WINTER_BEGINS)
    return date(until.year, *policy.summer_proposal_from)
