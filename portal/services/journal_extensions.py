"""Extensions as acts: given, given another date, taken back. Their own rows tell it.

Over all students, what was done as one batch is told by the batch; here stands what was done one by one.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import aliased

from portal.models.cards import CardExtension
from portal.services.journal import Subject
from portal.services.journal_search import Found, Records, Search

EXTENDED, EXTENDED_IN_BATCH = "card_extended", "card_extended_in_batch"
UNDONE, DATE_CHANGED = "extension_undone", "extension_date_changed"
BATCH_EXTENDED, BATCH_UNDONE = "batch_extended", "batch_undone"

_Old = aliased(CardExtension)


def given(search: Search) -> list[Found]:
    """Extensions that took no other's place."""
    student_id, wanted = search.wanted.student_id, search.wanted
    if not wanted.asks_for(EXTENDED, BATCH_EXTENDED) or (
        student_id is None and not wanted.asks_for(EXTENDED)
    ):
        return []
    took_a_place = exists().where(
        _Old.student_id == CardExtension.student_id, _Old.replaced_by_id == CardExtension.id
    )
    records = select(CardExtension).where(~took_a_place)
    singly = CardExtension.batch_id.is_(None)
    if student_id is None:
        records = records.where(singly)
    else:
        records = records.where(CardExtension.student_id == student_id)
        records = records if wanted.asks_for(EXTENDED) else records.where(~singly)
    rows = search.newest(
        records, at=CardExtension.extended_at, key=CardExtension.id, actor=CardExtension.extended_by
    )
    return [_given(one) for (one,) in rows]


def taken_back(search: Search) -> list[Found]:
    """Extensions that stand no more: undone, or another took their place."""
    fitting = _asked_for(search)
    if fitting is None:
        return []
    new = aliased(CardExtension)
    records: Records = (
        select(CardExtension, new.until, new.legal_basis)
        .outerjoin(new, new.id == CardExtension.replaced_by_id)
        .where(CardExtension.undone_at.is_not(None), *fitting)
    )
    if search.wanted.student_id is None:
        records = records.where(CardExtension.undone_with_batch == false())
    else:
        records = records.where(CardExtension.student_id == search.wanted.student_id)
    rows = search.newest(
        records, at=CardExtension.undone_at, key=CardExtension.id, actor=CardExtension.undone_by
    )
    return [_taken_back(*row) for row in rows]


def _asked_for(search: Search) -> list[ColumnElement[bool]] | None:
    """Which kind of end is asked for; None: another act altogether."""
    replaced = CardExtension.replaced_by_id.is_not(None)
    kinds: dict[str | None, list[ColumnElement[bool]] | None] = {
        None: [],
        UNDONE: [~replaced],
        DATE_CHANGED: [replaced],
        # Those of a batch are found by their student; over all students the journal has one entry for them.
        BATCH_UNDONE: [CardExtension.undone_with_batch != false()] if search.wanted.student_id else None,
    }
    return kinds.get(search.wanted.act)


def _given(extension: CardExtension) -> Found:
    return Found(
        key=extension.id,
        at=extension.extended_at,
        act=EXTENDED if extension.batch_id is None else EXTENDED_IN_BATCH,
        actor_id=extension.extended_by,
        reason=extension.legal_basis,
        after=extension.until,
        subject=(Subject.STUDENT, extension.student_id),
    )


def _taken_back(old: CardExtension, new_until: Any, new_basis: str | None) -> Found:
    assert old.undone_at is not None
    replaced = old.replaced_by_id is not None
    return Found(
        key=old.id,
        at=old.undone_at,
        act=DATE_CHANGED if replaced else UNDONE,
        actor_id=old.undone_by,
        reason=new_basis if replaced else old.undo_reason,
        before=old.until,
        after=new_until,
        subject=(Subject.STUDENT, old.student_id),
    )
