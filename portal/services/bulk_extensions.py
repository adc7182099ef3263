"""Extending thousands of cards as one act: a group list, a file of album numbers.

1. The office looks at the fates (`preview_extension`) and decides.
2. Applying asks for them again; a fate that changed since refuses the whole act.
3. One transaction: students about whom something changed in that very moment are asked once more, then one batch, one
   extension for each extended student, one change counted for each; orders never sent take the new date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, literal, null, select

from portal.database import transaction
from portal.extensions import db
from portal.models.base import Moment, new_id
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.people import Student
from portal.rules.policy import Policy
from portal.rules.student import ExtensionFacts, StudentFacts
from portal.services.extension_fates import (
    ExtensionFate,
    ExtensionPreview,
    ExtensionRequest,
    preview_extension,
)
from portal.services.following_orders import never_sent_orders, new_contents, write_contents
from portal.services.many_rows import room_for_many
from portal.services.order_contents import follow_register
from portal.services.register_in_bulk import as_seen, facts_of_many, moved_since, note_changes
from portal.services.row_sets import DAY, TEXT, one_of, rows_select


class FatesChanged(Exception):
    """Something changed since the office looked: nothing was written, and it should look again."""


@dataclass(frozen=True, slots=True)
class AppliedExtension:
    """What was done, and by which fates. No `batch_id`: there was nothing to do, and nothing was written."""

    batch_id: str | None
    preview: ExtensionPreview


def apply_extension(
    request: ExtensionRequest,
    fingerprint: str,
    policy: Policy,
    *,
    actor: str,
    at: datetime,
    rejected_for: Mapping[str, int] | None = None,
) -> AppliedExtension:
    """Extend everybody in `request` who may be extended, if all fates are still those of `fingerprint`.

    `rejected_for`: how many rows of the file behind the request lead to nobody, by reason; the batch counts them
    among those it leaves out. Raises FatesChanged.
    """
    preview = preview_extension(request, policy, at=at)
    if preview.fingerprint != fingerprint:
        raise FatesChanged
    extensions = _new_extensions(preview, request)
    if not extensions:
        return AppliedExtension(None, preview)
    orders = never_sent_orders(extensions)
    contents = new_contents(orders, _facts_after(orders, extensions), policy, at=at)
    seen, given = as_seen(preview.revisions), _given(extensions)
    with transaction() as session, room_for_many():
        moved = moved_since(seen)
        _check_same_fate(moved, preview, request, policy, at)
        batch = Batch(
            kind=BatchKind.EXTENSION,
            actor_id=actor,
            file_sha256=request.file_sha256,
            legal_basis=request.legal_basis,
            counts=_counts(preview, rejected_for or {}) | {"chosen_by": dict(request.chosen_by)},
            checked_at=at,
            applied_at=at,
        )
        session.add(batch)
        session.flush()
        _insert(given, batch, at)
        note_changes(extensions)
        write_contents(contents)
        # What was sealed for them rests on what was known before they changed.
        for student in session.scalars(select(Student).where(one_of(Student.id, moved))):
            if student.id in extensions:
                follow_register(student, policy, at)
        return AppliedExtension(batch.id, preview)


def _counts(preview: ExtensionPreview, rejected_for: Mapping[str, int]) -> dict[str, Any]:
    """How many have which fate, and why those left out are."""
    counts = preview.counts()
    counts[ExtensionFate.REFUSED.value] += sum(rejected_for.values())
    refused_for = {why.value: count for why, count in preview.refused_for().items()}
    return {**counts, "refused_for": {**refused_for, **rejected_for}}


def _new_extensions(preview: ExtensionPreview, request: ExtensionRequest) -> dict[str, ExtensionFacts]:
    """The extensions to write, by student. Both sorted: indexes are then filled from left to right, not at random."""
    students = sorted(preview.having(ExtensionFate.EXTENDED))
    ids = sorted(new_id() for _ in students)
    return {
        who: ExtensionFacts(extension_id, request.until[who])
        for who, extension_id in zip(students, ids, strict=True)
    }


def _facts_after(
    orders: Mapping[str, Any], extensions: Mapping[str, ExtensionFacts]
) -> dict[str, StudentFacts]:
    return {
        who: replace(facts, extensions=(*facts.extensions, extensions[who]))
        for who, facts in facts_of_many(orders).items()
    }


def _check_same_fate(
    moved: Sequence[str], preview: ExtensionPreview, request: ExtensionRequest, policy: Policy, at: datetime
) -> None:
    """Raise FatesChanged if what changed about these students touches their fate."""
    if moved:
        part = replace(request, until={who: request.until[who] for who in moved})
        again = preview_extension(part, policy, at=at)
        if any(again.refusals.get(who) != preview.refusals[who] for who in moved):
            raise FatesChanged


def _given(extensions: Mapping[str, ExtensionFacts]) -> Select[Any]:
    """What differs from extension to extension; made before the transaction, for others wait during it."""
    return rows_select(
        [(one.id, who, one.until) for who, one in extensions.items()],
        {"id": TEXT, "student_id": TEXT, "until": DAY},
    )


def _insert(given: Select[Any], batch: Batch, at: datetime) -> None:
    same_for_all: dict[str, ColumnElement[Any]] = {
        "extended_at": literal(at, Moment()),
        "extended_by": literal(batch.actor_id),
        "batch_id": literal(batch.id),
        "legal_basis": null() if batch.legal_basis is None else literal(batch.legal_basis),
    }
    db.session.execute(
        insert(CardExtension).from_select(
            ["id", "student_id", "until", *same_for_all], given.add_columns(*same_for_all.values())
        )
    )
