"""Where a student stands, as their page asks for it: their own news and reports only, and by indexes."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.data_reports import DataReportKind
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import NoticeKind
from portal.services import data_reports, notice_list
from portal.services.notices import News, tell
from portal.services.sessions import find_visitor, hash_of, open_session
from portal.services.standing import Glance, Standing, glance, standing_of
from tests.people import POLICY, account_of, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")


def standing(student: Student) -> Standing:
    seen = Glance("", student.id, mark="", interval=None, ministry_down_since=None)
    return standing_of(seen, POLICY, repeatable=True, at=clock.now())


def told(student: Student) -> None:
    with transaction():
        tell([News(student.id, NoticeKind.MAY_ORDER, "x", day=clock.today())], at=clock.now())


def reported(student: Student) -> None:
    data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())


def test_only_the_student_s_own_news_and_reports_count() -> None:
    student, other = make_student(), make_student()
    told(other)
    reported(other)
    assert (standing(student).unread, standing(student).has_reported) == (0, False)

    told(student)
    reported(student)
    assert (standing(student).unread, standing(student).has_reported) == (1, True)


def test_news_that_were_read_count_no_more() -> None:
    student = make_student()
    told(student)
    notice_list.mark_read(student.id, clock.now(), at=clock.now())
    assert standing(student).unread == 0


def test_a_student_s_page_reads_no_table_as_a_whole() -> None:
    student = make_student()
    account, at = account_of(student), clock.real_now()
    with transaction():
        session_id = open_session(account, timedelta(hours=1), at).session_id

    with watched_plans() as plans:
        assert find_visitor(session_id, at) is not None
        seen = glance(hash_of(session_id), Language.POLISH, at=clock.now())
        assert seen is not None
        standing_of(seen, POLICY, repeatable=True, at=clock.now())
        data_reports.of_student(student.id, at=clock.now())

    assert plans.statements >= 3
    assert plans.whole_tables == set()
