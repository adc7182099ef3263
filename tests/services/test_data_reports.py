"""Reports of wrong data: kept, listed, settled once."""

from datetime import timedelta

import pytest

from portal import clock
from portal.extensions import db
from portal.models.data_reports import DataReport, DataReportKind
from portal.models.people import Student
from portal.services import data_reports
from portal.services.data_reports import ReportSettled
from tests.people import make_office, make_student

pytestmark = pytest.mark.usefixtures("database")


def report(student: Student, minutes_ago: int = 0) -> str:
    at = clock.now() - timedelta(minutes=minutes_ago)
    return data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=at)


def settle(report_id: str, answer: str = "Poprawione.") -> str:
    return data_reports.settle(report_id, answer, actor=make_office().id, at=clock.now())


def test_settling_keeps_the_answer_and_tells_the_student_s_page() -> None:
    student = make_student()
    seen = student.revision
    report_id = report(student)

    assert settle(report_id, "  Poprawione. ") == student.id

    kept = db.session.get_one(DataReport, report_id)
    assert (kept.answer, kept.settled_by) == ("Poprawione.", make_office().id)
    assert db.session.get_one(Student, student.id, populate_existing=True).revision == seen + 1


def test_a_report_is_settled_once() -> None:
    report_id = report(make_student())
    settle(report_id)

    for unknown in (report_id, "x"):
        with pytest.raises(ReportSettled):
            settle(unknown, "Inaczej.")
    assert db.session.get_one(DataReport, report_id).answer == "Poprawione."


@pytest.mark.parametrize("answer", ["", "  ", "x" * 301])
def test_a_report_is_not_settled_without_an_answer_that_fits(answer: str) -> None:
    report_id = report(make_student())

    with pytest.raises(ValueError, match="answer"):
        settle(report_id, answer)
    assert data_reports.count_open() == 1


def test_a_student_reads_their_own_reports_and_an_answer_for_a_month() -> None:
    student, other = make_student(), make_student()
    report(other)
    answered, waiting = report(student, 2), report(student, 1)
    settle(answered)
    now = clock.now()

    shown = [
        [one.id for one in data_reports.of_student(student.id, at=at)] for at in (now, now + timedelta(31))
    ]

    assert shown == [[waiting, answered], [waiting]]


def test_open_reports_are_listed_oldest_first_page_by_page() -> None:
    student = make_student()
    ids = [report(student, minutes_ago) for minutes_ago in (1, 3, 2)]
    settle(report(make_student()))

    first = data_reports.open_reports(size=2)
    last = first[-1][0]
    second = data_reports.open_reports(after=(last.reported_at, last.id), size=2)

    assert [one.id for one, _student in [*first, *second]] == [ids[1], ids[2], ids[0]]
    assert {who.id for _one, who in first} == {student.id}
    assert data_reports.count_open() == 3
