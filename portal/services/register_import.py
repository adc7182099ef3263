"""The office brings the register up to date from a file: first shown, then applied whole."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.database import transaction
from portal.models.journal import Batch, BatchKind
from portal.models.sealed import keyring
from portal.rules.policy import Policy
from portal.services.entitlement import Ending
from portal.services.imports import plan as planning
from portal.services.imports.applying import RegisterMoved, make_ready, write
from portal.services.imports.columns import Columns, Field, find_columns
from portal.services.imports.comparison import Comparison
from portal.services.imports.ending import would_end
from portal.services.imports.novelties import new_names
from portal.services.imports.plan import Fate, Plan, RowFate
from portal.services.imports.present import KnownStudent, read_present
from portal.services.imports.records import Record, read_records
from portal.services.many_rows import room_for_many
from portal.services.tables import read_table

Progress = Callable[[int, int], None]
"""What is called with how much is done and how much there is, in any unit."""

COMMAND = "import_students"  # who did it, where nobody was signed in

_log = structlog.get_logger()


def silence(done: int, total: int) -> None:
    """Progress that nobody waits to hear of."""


class FatesChanged(Exception):
    """Applying now would do something else than was shown; nothing was written. Show it again."""


class RowsRejected(Exception):
    """A strict import met rows it cannot take; nothing was written. `count`: how many."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class MissingNotConfirmed(Exception):
    """A full list lacks students and nobody confirmed that many removals; nothing was written."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class MissingUnclear(Exception):
    """A full list has rows of which nobody can tell whose they are, so nobody is known to be missing."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the office chose. `mapping`: {header: field} for columns not known by themselves, None to ignore one.

    `full_list`: who is not in the file is no student any more. `strict`: one refused row refuses the file.
    """

    mapping: Mapping[str, Field | None] = field(default_factory=dict)
    full_list: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """A dry run: the fate of every row and nothing written.

    `ending`: what the university would revoke by it, `holders`: from whom, by id. `missing_share`: which part of all
    listed students is missing from a full list. `unclear`: rows that name nobody.
    """

    columns: Columns
    fates: Sequence[RowFate] = field(repr=False)
    counts: Counter[Fate]
    ending: Ending = field(repr=False)
    holders: Mapping[str, KnownStudent] = field(repr=False)
    new_names: Mapping[Field, Counter[str]]
    missing: int
    missing_share: float
    unclear: int
    new_accounts: int
    fingerprint: str
    options: ImportOptions
    file_sha256: str
    plan: Plan = field(repr=False)

    @property
    def rejected(self) -> list[RowFate]:
        """The rows that are refused, for the report."""
        return [one for one in self.fates if one.fate is Fate.REJECTED]


def prepare_import(
    content: bytes, options: ImportOptions, policy: Policy, *, at: datetime, progress: Progress = silence
) -> PreparedImport:
    """Find out what importing this file would do. Raises tables.FileRefused or columns.HeaderRefused."""
    rows = read_table(content)
    columns = find_columns(rows, options.mapping)
    keys = keyring()
    # Every row is looked at twice: what it says, and what that changes.
    total = 2 * len(rows)
    records = read_records(
        rows, columns, policy.album_number_digits, keys.blind_index, lambda done: progress(done, total)
    )
    present = read_present()
    comparison = Comparison(present, policy, keys, clock.day_of(at))
    fates = comparison.run(
        records, full_list=options.full_list, progress=lambda done: progress(len(rows) + done, total)
    )
    plan = comparison.plan
    listed = comparison.listed_students()
    ending = would_end(plan, policy, at=at)
    return PreparedImport(
        columns=columns,
        fates=fates,
        counts=planning.count(fates),
        ending=ending,
        holders={one.student_id: present.by_id[one.student_id] for one in ending.orders},
        new_names=new_names(plan, present),
        missing=len(plan.missing),
        missing_share=len(plan.missing) / listed if listed else 0.0,
        unclear=sum(_names_nobody(record) for record in records),
        new_accounts=len(plan.accounts),
        fingerprint=planning.fingerprint(content, fates, plan.missing),
        options=options,
        file_sha256=hashlib.sha256(content).hexdigest(),
        plan=plan,
    )


def apply_import(
    prepared: PreparedImport,
    policy: Policy,
    *,
    fingerprint: str,
    actor: str | None,
    at: datetime,
    confirmed_missing: int = 0,
    batch_id: str | None = None,
) -> str | None:
    """Write what a fresh `prepare_import` found, if it is what was shown under `fingerprint`; answers the batch's id.

    All acceptable rows are written in one transaction. Nothing to write: no batch, None. `actor`: None for a command
    on the server. `batch_id`: an id for the batch by which whoever asks can tell later whether it was written.
    Raises FatesChanged, RowsRejected, MissingNotConfirmed, MissingUnclear.
    """
    _check(prepared, fingerprint, confirmed_missing)
    plan = prepared.plan
    if plan.is_empty and not prepared.missing:
        return None
    batch = Batch(
        id=batch_id,
        kind=BatchKind.IMPORT,
        actor_id=actor,
        file_sha256=prepared.file_sha256,
        counts=counts_of(prepared),
        checked_at=at,
        applied_at=at,
    )
    made: str = batch.id  # after a transaction, reading it would be a query
    rows = make_ready(plan, made, remove_missing=bool(prepared.missing), on=clock.day_of(at))
    try:
        with transaction() as session, room_for_many():
            session.add(batch)
            session.flush()
            write(rows, policy=policy, actor=actor or COMMAND, at=at)
    except (RegisterMoved, IntegrityError) as moved:
        raise FatesChanged from moved
    _log.info("register_imported", batch=made, actor=actor, **counts_of(prepared))
    return made


def counts_of(prepared: PreparedImport) -> dict[str, int]:
    """The counts of an import under their names, zeros included."""
    rows = {fate.value: prepared.counts[fate] for fate in Fate}
    return {
        **rows,
        "missing": prepared.missing,
        "accounts": prepared.new_accounts,
        "revoked": len(prepared.ending.now),
        "revoked_later": len(prepared.ending.later),
    }


def _check(prepared: PreparedImport, fingerprint: str, confirmed_missing: int) -> None:
    if prepared.fingerprint != fingerprint:
        raise FatesChanged
    if prepared.options.strict and prepared.counts[Fate.REJECTED]:
        raise RowsRejected(prepared.counts[Fate.REJECTED])
    if prepared.missing and prepared.unclear:
        raise MissingUnclear(prepared.unclear)
    if prepared.missing != confirmed_missing:
        raise MissingNotConfirmed(prepared.missing)


def _names_nobody(record: Record) -> bool:
    return record.album_number is None and record.pesel_index is None
