"""Students report what is wrong in their data; the office finds it on its list."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from portal.database import transaction
from portal.extensions import db
from portal.models.data_reports import DataReport, DataReportKind
from portal.models.people import Student
from portal.services import journal
from portal.services.journal import Subject
from portal.services.register import note_change

LONGEST_REPORT = 1000
LONGEST_ANSWER = 300
OPEN_AT_MOST = 5
SHOWN_FOR = timedelta(days=30)
"""How long students go on reading what the office answered."""
PAGE = 50

# Written out once: every look at a student's page asks it.
_OF_STUDENT = (
    select(DataReport)
    .where(
        DataReport.student_id == bindparam("student_id"),
        DataReport.settled_at.is_(None) | (DataReport.settled_at > bindparam("since")),
    )
    .order_by(DataReport.reported_at.desc(), DataReport.id)
)


class ReportRefused(Exception):
    """Nothing was said, or too much."""


class TooManyReports(Exception):
    """The student has several reports open already; the office has to deal with them first."""


class ReportSettled(Exception):
    """There is no such report, or somebody dealt with it already."""


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


def settle(report_id: str, answer: str, *, actor: str, at: datetime) -> str:
    """The office dealt with a report and tells the student so; answers the student's id.

    Raises ReportSettled; ValueError for an empty or overlong answer.
    """
    if not 0 < len(answer.strip()) <= LONGEST_ANSWER:
        raise ValueError("a report is settled with an answer that fits")
    with transaction() as session:
        settled = session.execute(
            update(DataReport)
            .where(DataReport.id == report_id, DataReport.settled_at.is_(None))
            .values(settled_at=at, settled_by=actor, answer=answer.strip())
            .returning(DataReport.student_id, DataReport.kind)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if settled is None:
            raise ReportSettled(report_id)
        student_id: str = settled.student_id
        note_change(student_id)
        journal.record(
            "report_settled",
            Subject.STUDENT,
            student_id,
            actor=actor,
            at=at,
            details={"kind": settled.kind.value},
        )
        return student_id


def count_open() -> int:
    """How many reports wait for the office."""
    return db.session.scalar(select(func.count()).where(DataReport.settled_at.is_(None))) or 0


def of_student(student_id: str, *, at: datetime) -> Sequence[DataReport]:
    """What a student's page shows: open reports and those answered lately, the newest first."""
    return db.session.scalars(_OF_STUDENT, {"student_id": student_id, "since": at - SHOWN_FOR}).all()


def open_reports(
    *, after: tuple[datetime, str] | None = None, size: int = PAGE
) -> Sequence[tuple[DataReport, Student]]:
    """The next reports that wait, the oldest first; `after`: the moment and id of the last one seen."""
    query = select(DataReport, Student).join(Student, Student.id == DataReport.student_id)
    query = query.where(DataReport.settled_at.is_(None))
    if after is not None:
        moment, report_id = after
        behind = (DataReport.reported_at > moment) | (
            (DataReport.reported_at == moment) & (DataReport.id > report_id)
        )
        query = query.where(behind)
    rows = db.session.execute(query.order_by(DataReport.reported_at, DataReport.id).limit(size))
    return [(found, student) for found, student in rows]
