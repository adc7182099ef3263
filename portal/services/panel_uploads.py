"""Work on an uploaded report of the ministry's panel: the dry run, kept page by page, and the act.

The kept pages name rows and orders, never a code or a PESEL.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.extensions import db
from portal.models.people import Student
from portal.models.uploads import UploadState
from portal.rules.panel import ReportField, read_reference, reference_of
from portal.rules.policy import Policy
from portal.services.dry_runs import check_or_apply
from portal.services.panel_fates import ReportFate, RowFate
from portal.services.panel_report_rows import HeaderRefused
from portal.services.panel_reports import ReportMoved, apply_report, kept_refusal, prepare_report
from portal.services.tables import FileRefused
from portal.services.upload_claims import Claim, settle
from portal.services.uploads import Asked


def asked_for(columns: Mapping[str, ReportField]) -> Asked:
    """What is kept beside a report: the columns as the settings had them when it was uploaded."""
    return {"columns": {heading: held.value for heading, held in columns.items()}}


def work_on(claim: Claim, policy: Policy, at: datetime) -> None:
    """Check the report, and apply it if that was confirmed. Raises uploads.UploadMoved if the claim ran out."""
    columns = {heading: ReportField(held) for heading, held in claim.asked["columns"].items()}
    try:
        check_or_apply(
            claim,
            lambda: prepare_report(claim.content, columns, policy, at=at),
            apply_report,
            _line,
            moved=ReportMoved,
            at=at,
        )
    except FileRefused as refused:
        settle(claim, UploadState.REFUSED, {"file_fault": refused.fault.value, "row": refused.row}, {})
    except HeaderRefused as refused:
        found = {"header_fault": refused.fault.value, "heading": refused.heading}
        settle(claim, UploadState.REFUSED, found, {})


def _line(one: RowFate) -> list[Any]:
    """Row number, reference, student's name and album number, until when codes live, the problem or the refusal."""
    if one.packaged is None:
        # Only what reads as a reference: whatever else stands there might be a PESEL.
        named = read_reference(one.row.order)
        return [one.row.number, named and reference_of(*named), None, None, None, one.problem]
    student = db.session.get_one(Student, one.packaged.order.student_id)
    until = one.expire_at.isoformat() if one.expire_at else None
    name = f"{student.surname} {student.first_names}"
    # A refusal's words as they will be kept with the order.
    why = kept_refusal(one.row) if one.fate is ReportFate.REFUSED else one.problem
    return [one.row.number, one.packaged.reference, name, student.album_number, until, why]
