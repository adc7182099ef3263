"""Work on an uploaded register: the dry run, kept page by page as it will be looked at, and the act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.models.uploads import UploadState
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy
from portal.services import register_import
from portal.services.entitlement import EndingOrder
from portal.services.imports.columns import HEADER_WITHIN, Field, HeaderRefused
from portal.services.imports.plan import Fate, RowFate
from portal.services.imports.present import KnownStudent
from portal.services.imports.values import Value
from portal.services.register_import import ImportOptions, PreparedImport
from portal.services.tables import FileRefused, read_table
from portal.services.upload_claims import Claim, Lines, ProgressNotes, settle
from portal.services.uploads import Asked

MISSING = "missing"
"""The part that lists the students a full list lacks."""
REVOKED, REVOKED_LATER = "revoked", "revoked_later"
"""The parts that list whose orders and documents end, in the same act or on a day to come."""
MOST_NEW_NAMES = 20


class Hindrance(StrEnum):
    """Why nothing was written although the office confirmed; what stands now is a fresh dry run."""

    FATES_CHANGED = "fates_changed"
    ROWS_REJECTED = "rows_rejected"
    MISSING_NOT_CONFIRMED = "missing_not_confirmed"
    MISSING_UNCLEAR = "missing_unclear"


HINDRANCES: Mapping[type[Exception], Hindrance] = {
    register_import.FatesChanged: Hindrance.FATES_CHANGED,
    register_import.RowsRejected: Hindrance.ROWS_REJECTED,
    register_import.MissingNotConfirmed: Hindrance.MISSING_NOT_CONFIRMED,
    register_import.MissingUnclear: Hindrance.MISSING_UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the office wants of a file; `confirmed_missing`: how many removals it confirmed."""

    options: ImportOptions
    confirmed_missing: int = 0

    def asked(self) -> Asked:
        """As it is kept with the file."""
        mapping = {header: field and field.value for header, field in self.options.mapping.items()}
        return {
            "mapping": mapping,
            "full_list": self.options.full_list,
            "strict": self.options.strict,
            "confirmed_missing": self.confirmed_missing,
        }

    @classmethod
    def read(cls, asked: Asked) -> "Wishes":
        """What `asked` kept."""
        mapping = {header: Field(field) if field else None for header, field in asked["mapping"].items()}
        options = ImportOptions(mapping, full_list=asked["full_list"], strict=asked["strict"])
        return cls(options, asked["confirmed_missing"])


def work_on(claim: Claim, policy: Policy, at: datetime) -> None:
    """Check the file, and apply it if that was confirmed. Raises uploads.UploadMoved if the claim ran out."""
    wishes, notes = Wishes.read(claim.asked), ProgressNotes(claim)
    # To apply a file is to check it again and then to write it, which takes about as long.
    acts = 2 if claim.state is UploadState.CONFIRMED else 1
    try:
        prepared = register_import.prepare_import(
            claim.content,
            wishes.options,
            policy,
            at=at,
            progress=lambda done, total: notes(done, acts * total),
        )
    except FileRefused as refused:
        settle(claim, UploadState.REFUSED, {"file_fault": refused.fault.value, "row": refused.row}, {})
        return
    except HeaderRefused as refused:
        found = {"header_fault": refused.fault.value, "column": refused.column, "headers": _header(claim)}
        settle(claim, UploadState.CHECKED, found, {})
        return
    hindrance, batch_id = None, None
    if claim.state is UploadState.CONFIRMED:
        hindrance, batch_id = _apply(claim, prepared, wishes, policy, at)
    applied = claim.state is UploadState.CONFIRMED and hindrance is None
    state = UploadState.APPLIED if applied else UploadState.CHECKED
    settle(claim, state, _found(prepared, hindrance), _parts(prepared), batch_id=batch_id)


def _apply(
    claim: Claim, prepared: PreparedImport, wishes: Wishes, policy: Policy, at: datetime
) -> tuple[Hindrance | None, str | None]:
    assert claim.found is not None
    try:
        batch_id = register_import.apply_import(
            prepared,
            policy,
            fingerprint=claim.found["fingerprint"],
            actor=claim.account_id,
            at=at,
            confirmed_missing=wishes.confirmed_missing,
            batch_id=claim.id,
        )
    except tuple(HINDRANCES) as why:
        return HINDRANCES[type(why)], None
    return None, batch_id


def _found(prepared: PreparedImport, hindrance: Hindrance | None) -> dict[str, Any]:
    return {
        "counts": register_import.counts_of(prepared),
        "missing_share": prepared.missing_share,
        "unclear": prepared.unclear,
        "ending": [[on and on.isoformat(), *rest] for (on, *rest) in _ending_counts(prepared)],
        "new_names": {
            field.value: names.most_common(MOST_NEW_NAMES) for field, names in prepared.new_names.items()
        },
        "fields": list(prepared.columns.places),
        "unknown": list(prepared.columns.unknown),
        "fingerprint": prepared.fingerprint,
        "hindrance": hindrance and hindrance.value,
    }


def _parts(prepared: PreparedImport) -> dict[str, Lines]:
    parts: dict[str, list[list[Any]]] = {fate.value: [] for fate in Fate}
    for one in prepared.fates:
        parts[one.fate.value].append(_line(one))
    parts[MISSING] = [_missing_line(student) for student in prepared.plan.missing]
    for part, orders in ((REVOKED, prepared.ending.now), (REVOKED_LATER, prepared.ending.later)):
        parts[part] = [_ending_line(one, prepared.holders[one.student_id]) for one in orders]
    return dict(parts)


def _ending_counts(prepared: PreparedImport) -> list[tuple[date | None, bool, int]]:
    return [(on, is_document, count) for (on, is_document), count in prepared.ending.counts().items()]


def _ending_line(one: EndingOrder, holder: KnownStudent) -> list[Any]:
    """Album number, name, whether it is a document, the day."""
    name = f"{holder.surname} {holder.first_names}"
    is_document = one.status is OrderStatus.COLLECTED
    return [holder.album_number, name, is_document, one.on and one.on.isoformat()]


def _line(one: RowFate) -> list[Any]:
    """Row number, album number, changes as [field, before, after], refused field, reason, other row, who is new."""
    changes = [[change.field, _plain(change.old), _plain(change.new)] for change in one.changes]
    refused = one.rejected_field, one.rejection, one.other_row
    return [one.number, one.album_number, changes, *refused, one.introduced]


def _missing_line(student: KnownStudent) -> list[Any]:
    programmes = ", ".join(dict.fromkeys(enrolment.programme for enrolment in student.enrolments))
    return [student.album_number, f"{student.surname} {student.first_names}", programmes]


def _plain(value: Value) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _header(claim: Claim) -> list[str]:
    """The row that looks most like a header, where the words of none are known."""
    rows = read_table(claim.content)[:HEADER_WITHIN]
    fullest: Sequence[str] = max((row.cells for row in rows), key=lambda cells: sum(map(bool, cells)))
    return list(dict.fromkeys(cell.strip() for cell in fullest if cell.strip()))
