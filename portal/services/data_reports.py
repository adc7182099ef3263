"""Students report what is wrong in their data; the office finds it on its list."""

from datetime import datetime

from sqlalchemy import func, select

from portal.database import transaction
from portal.models.data_reports import DataReport, DataReportKind

LONGEST_REPORT = 1000
OPEN_AT_MOST = 5


class ReportRefused(Exception):
    """Nothing was said, or too much."""


class TooManyReports(Exception):
    """The student has several reports open already; the office has to deal with them first."""


def report(student_id: str, kind: DataReportKind, words: str, *, at: datetime) -> str:
    """Keep a report for the office and answer its id. Raises ReportRefused, TooManyReports."""
    words = words.strip()
    if not 0 < len(words) <= LONGEST_REPORT:
        raise ReportRefused
    with transaction() as session:
        still_open = session.scalar(
            select(func.count()).where(DataReport.student_id == student_id, DataReport.settled_at.is_(None))
        )
        if (still_open or 0) >= OPEN_AT_MOST:
            raise TooManyReports
        row = DataReport(student_id=student_id, kind=kind, words=words, reported_at=at)
        session.add(row)
        return str(row.id)
