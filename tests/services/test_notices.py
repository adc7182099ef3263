"""News for students and their mail, in the transaction that causes them."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.notices import MailChoice, Message, Notice
from portal.models.people import Student
from portal.rules.notices import NoticeKind
from portal.rules.reasons import EndReason
from portal.services.notices import News, tell
from portal.services.ordering import place_order, revoke
from tests.people import POLICY, account_of, make_student

pytestmark = pytest.mark.usefixtures("database")


def student_with_mail() -> Student:
    student = make_student()
    with transaction() as session:
        session.get_one(Student, student.id).email = "wanda@example.edu.pl"
    return student


def told(student: Student) -> list[NoticeKind]:
    return list(
        db.session.scalars(select(Notice.kind).where(Notice.student_id == student.id).order_by(Notice.at))
    )


def mailed() -> list[NoticeKind]:
    return list(db.session.scalars(select(Notice.kind).join(Message, Message.notice_id == Notice.id)))


def test_a_revoked_order_is_told_and_mailed_once() -> None:
    student = student_with_mail()
    order = place_order(student.id, POLICY, actor="office", at=clock.now())

    revoke(order.id, EndReason.OFFICE_REVOKED, actor="office", at=clock.now())

    assert told(student) == [NoticeKind.ORDERED, NoticeKind.REVOKED]
    assert mailed() == [NoticeKind.REVOKED], "an order is mailed about only where the student asked for it"


def test_what_students_did_themselves_is_read_already() -> None:
    student = student_with_mail()
    account = account_of(student)

    place_order(student.id, POLICY, actor=account.id, at=clock.now())

    assert db.session.scalars(select(Notice.read_at)).one() is not None


def test_a_students_own_choice_decides_about_mail_and_not_about_the_page() -> None:
    student = student_with_mail()
    with transaction() as session:
        session.add(MailChoice(student_id=student.id, kind=NoticeKind.ORDERED, wanted=True))
        session.add(MailChoice(student_id=student.id, kind=NoticeKind.REVOKED, wanted=False))

    order = place_order(student.id, POLICY, actor="office", at=clock.now())
    revoke(order.id, EndReason.OFFICE_REVOKED, actor="office", at=clock.now())

    assert told(student) == [NoticeKind.ORDERED, NoticeKind.REVOKED]
    assert mailed() == [NoticeKind.ORDERED]


def test_without_an_address_news_stand_on_the_page_alone() -> None:
    student = make_student()
    with transaction():
        assert tell([News(student.id, NoticeKind.MAY_ORDER, "2027-03-31")], at=clock.now()) == 1
    assert told(student) == [NoticeKind.MAY_ORDER]
    assert mailed() == []


def test_the_same_news_of_the_same_thing_comes_once() -> None:
    student = student_with_mail()
    news = News(student.id, NoticeKind.MAY_ORDER, "2027-03-31")
    with transaction():
        assert tell([news, news], at=clock.now()) == 1
    with transaction():
        assert tell([news], at=clock.now()) == 0
        assert tell([News(student.id, NoticeKind.MAY_ORDER, "2027-10-31")], at=clock.now()) == 1
    assert mailed() == [NoticeKind.MAY_ORDER] * 2


def test_what_did_not_happen_is_not_told() -> None:
    student = student_with_mail()

    def fails() -> None:
        with transaction():
            tell([News(student.id, NoticeKind.MAY_ORDER, "2027-03-31")], at=clock.now())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fails()
    assert told(student) == []
