"""The journal as people read it: what was done about one student, and what was done at all; newest first.

What the office does stands where it belongs: acts in `journal`, extensions and their undo in their own rows, steps of
orders in their events, imports and other files in batches. A page asks each of these for its newest entries that fit,
puts them together, cuts them to a page and only then finds out the names: a bounded number of queries, each read by an
index, however much there is.

For one student everything counts, one by one. Over all students what was done as a batch is one entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.extensions import db
from portal.models.accounts import Account
from portal.services import journal_acts, journal_extensions, journal_imports, journal_orders
from portal.services.journal_names import Entry, named
from portal.services.journal_search import Found, Place, Search, Wanted

PAGE = 50

PARTS: Mapping[str, str] = {
    journal_extensions.EXTENDED_IN_BATCH: journal_extensions.BATCH_EXTENDED,
    journal_imports.CAME_BY_IMPORT: journal_imports.IMPORTED,
    journal_imports.CHANGED_BY_IMPORT: journal_imports.IMPORTED,
}
"""Acts that are parts of another, by which they are looked for."""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries, newest first. `next_after`: where the next page begins; None at the end."""

    entries: Sequence[Entry]
    next_after: Place | None


def entries(wanted: Wanted, *, after: Place | None = None, size: int = PAGE) -> JournalPage:
    """The newest entries that fit, or those older than `after`."""
    found = _found(Search(wanted, after, size + 1))
    found.sort(key=lambda one: (one.at, one.key), reverse=True)
    shown = found[:size]
    return JournalPage(named(shown), (shown[-1].at, shown[-1].key) if len(found) > size else None)


def office_people() -> list[tuple[str, str]]:
    """Id and name of everybody whose acts one may look for, closed accounts too."""
    people = select(Account.id, Account.display_name).where(Account.student_id.is_(None))
    return [
        (who, name) for who, name in db.session.execute(people.order_by(Account.display_name, Account.id))
    ]


def _found(search: Search) -> list[Found]:
    """What every kind of record has to say; more than a page takes."""
    of_any = [
        *journal_extensions.given(search),
        *journal_extensions.taken_back(search),
        *journal_orders.steps(search),
    ]
    if (student_id := search.wanted.student_id) is None:
        return [*of_any, *journal_acts.acts(search), *journal_acts.batches(search)]
    return [
        *of_any,
        *journal_acts.acts_about(search, student_id),
        *journal_imports.imports_of(search, student_id),
    ]
