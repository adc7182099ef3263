"""Who lives through the year, and what they and the office do on which day.

Everybody does the same in every variant of the policy; what comes of it differs. Days are (month, day) from October on.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from portal.rules.student import EnrolmentStatus, Level

PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "renews": {},
    "lets the codes expire": {},
    "never comes again": {},
    "finishes the first cycle": {"level": Level.FIRST_CYCLE},
    "finishes the second cycle": {"level": Level.SECOND_CYCLE},
    "is removed": {},
    "is suspended and returns": {},
    "cancels and orders again": {},
    "extension undone later": {},
    "extension undone at once": {},
    "lets the portal order": {},
    "does nothing": {},
    "loses the plastic card": {},
    "has no plastic card": {"card": False},
    "confirms late": {},
}
"""Everybody by their fate; how each differs from an ordinary student."""

NOT_IN_OCTOBER = {"extension undone at once"}
EXTENDED_IN_FEBRUARY = (
    "renews",
    "finishes the first cycle",
    "finishes the second cycle",
    "lets the portal order",
    "does nothing",
)
CLICKS = [
    who for who in PEOPLE if who not in {"extension undone at once", "lets the portal order", "does nothing"}
]
SCANS = [
    who for who in CLICKS if who not in {"lets the codes expire", "cancels and orders again", "confirms late"}
]
RENEWS = ("renews", "finishes the second cycle")


class Act(NamedTuple):
    """A method of `tests.year.life.Life`, whom it is about, and what else it is told."""

    verb: str
    who: str
    told: tuple[Any, ...] = ()


class Day(NamedTuple):
    """What happens at noon of a day, `minutes` later if it is the day's second part."""

    month: int
    day: int
    acts: tuple[Act, ...] = ()
    minutes: int = 0


def each(verb: str, who: Any, *told: Any) -> tuple[Act, ...]:
    """The same act of several people."""
    return tuple(Act(verb, one, told) for one in who)


WINTER, SUMMER = (3, 31), (10, 31)
GONE, BACK, DONE = EnrolmentStatus.SUSPENDED, EnrolmentStatus.ACTIVE, EnrolmentStatus.GRADUATED

YEAR = (
    Day(
        10,
        1,
        each("switch_standing_order_on", ["lets the portal order"])
        + each("extend", [who for who in PEOPLE if who not in NOT_IN_OCTOBER], WINTER),
    ),
    Day(10, 2, each("order", CLICKS)),
    Day(
        10,
        3,
        each("scan", [*SCANS, "lets the portal order"]) + each("cancel", ["cancels and orders again"]),
    ),
    Day(10, 5, each("undo_extension", ["extension undone later"])),
    Day(10, 10, each("order", ["cancels and orders again"])),
    Day(10, 11, each("scan", ["cancels and orders again"])),
    Day(10, 12, each("extend", ["extension undone later"], WINTER)),
    Day(10, 13, each("order", ["extension undone later"])),
    Day(10, 14, each("scan", ["extension undone later"])),
    Day(11, 2),
    Day(11, 5, each("order", ["lets the codes expire"]) + each("confirm_late", ["confirms late"])),
    Day(11, 6, each("scan", ["lets the codes expire"])),
    Day(11, 10, each("void_card", ["loses the plastic card"])),
    Day(11, 20, each("extend", ["extension undone at once"], WINTER)),
    Day(11, 20, each("undo_extension", ["extension undone at once"]), minutes=10),
    Day(11, 21),
    Day(12, 1, each("change_status", ["is suspended and returns"], GONE, (12, 1))),
    Day(1, 2),
    Day(1, 10, each("change_status", ["is removed"], EnrolmentStatus.REMOVED, (1, 10))),
    Day(2, 11),
    Day(
        2,
        16,
        each("change_status", ["is suspended and returns"], BACK, (2, 16))
        + each("order", ["is suspended and returns"]),
    ),
    Day(2, 17, each("scan", ["is suspended and returns"])),
    Day(2, 20, each("extend", EXTENDED_IN_FEBRUARY, SUMMER)),
    Day(2, 21, each("order", RENEWS)),
    Day(2, 22, each("scan", [*RENEWS, "lets the portal order"])),
    Day(3, 10, each("order", RENEWS)),
    Day(3, 11, each("scan", [*RENEWS, "lets the portal order"])),
    Day(3, 24),
    Day(3, 25, each("cancel_and_order_unless_renewed", RENEWS)),
    Day(3, 26, each("scan", RENEWS)),
    Day(4, 1),
    Day(4, 2, each("scan", ["lets the portal order"])),
    Day(5, 4),
    Day(
        6,
        25,
        each("change_status", ["finishes the first cycle", "finishes the second cycle"], DONE, (7, 1)),
    ),
    Day(7, 1),
    Day(7, 2),
    Day(7, 5, each("order", ["finishes the first cycle"])),
    Day(7, 6, each("scan", ["finishes the first cycle"])),
    Day(10, 1),
    Day(10, 31),
    Day(11, 1),
)
