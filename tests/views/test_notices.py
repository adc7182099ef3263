"""„Wiadomości”: the list, what is unread, the switches for mail; letters on a demonstration's page and the office's."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from jobs import send_messages
from portal import clock, create_app
from portal.database import transaction
from portal.extensions import db
from portal.mail.files import FOLDER, kept_letters
from portal.mail.pace import Pace
from portal.models.notices import Message, MessageState, Notice
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.renewals import OrderOffer, StandingOrder
from portal.rules.language import Language
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OPEN, OrderStatus
from portal.rules.reasons import EndReason
from portal.services.mail_choices import choices_of
from portal.services.notice_list import PAGE
from portal.services.notices import News, tell
from portal.settings import Settings
from portal.texts.notices import heading, masked_address, switch
from tests.browser import CheckedClient
from tests.mailing import order_in, student_with_mail, tell_of
from tests.people import make_office

SignIn = Callable[..., CheckedClient]
LIST, READ, SWITCHES = "/wiadomosci", "/wiadomosci/przeczytane", "/wiadomosci/ustawienia"
# Moments that have no day in UTC.
OFF_THE_CALENDAR = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")


@pytest.fixture
def student(database: object) -> Student:
    return student_with_mail()


@pytest.fixture
def signed_in(student: Student, sign_in: SignIn) -> CheckedClient:
    return sign_in(student)


def told(student: Student, number: int = 1) -> None:
    """So many pieces of news, the last one the newest."""
    for place in range(number):
        day = date(2027, 3, 31) + timedelta(days=place)
        at = clock.now() - timedelta(hours=number - place)
        with transaction():
            tell([News(student.id, NoticeKind.MAY_ORDER, day.isoformat(), day=day)], at=at)


def unread(student: Student) -> int:
    db.session.rollback()
    waiting = select(Notice.id).where(Notice.student_id == student.id, Notice.read_at.is_(None))
    return len(db.session.scalars(waiting).all())


def test_the_student_s_page_leads_there_and_says_how_many_are_new(
    signed_in: CheckedClient, student: Student
) -> None:
    link = f'href="{LIST}"'
    assert "now" not in signed_in.get("/mlegitymacja").text.partition(link)[2][:100]
    told(student, 2)
    assert "2 nowe" in signed_in.get("/mlegitymacja").text.partition(link)[2][:100]


def test_looking_changes_nothing_and_the_button_marks_as_read(
    signed_in: CheckedClient, student: Student
) -> None:
    told(student, 2)
    page = signed_in.get(LIST)
    assert page.text.count(">Nowa<") == unread(student) == 2
    assert "31.03.2027" in page.text

    assert signed_in.post_form(page, READ).status_code == 303

    assert unread(student) == 0
    page = signed_in.get(LIST)
    assert ">Nowa<" not in page.text
    assert READ not in page.text


def test_what_came_after_the_list_was_opened_stays_unread(signed_in: CheckedClient, student: Student) -> None:
    told(student)
    page = signed_in.get(LIST)
    with transaction():
        news = News(student.id, NoticeKind.MAY_ORDER, "2028-03-31", day=date(2028, 3, 31))
        tell([news], at=clock.now() + timedelta(seconds=1))
    assert signed_in.post_form(page, READ, htmx=True).status_code == 204
    assert unread(student) == 1


def test_nonsense_marks_nothing(signed_in: CheckedClient, student: Student) -> None:
    told(student)
    token = signed_in.get(LIST)
    for until in ("", "jutro", "2027-01-01T00:00:00", *OFF_THE_CALENDAR):
        assert signed_in.post_form(token, READ, until=until).status_code == 303
    assert unread(student) == 1


@pytest.mark.parametrize("moment", OFF_THE_CALENDAR)
def test_a_page_before_a_moment_off_the_calendar_is_the_first_one(
    signed_in: CheckedClient, student: Student, moment: str
) -> None:
    told(student)
    page = signed_in.get(LIST, query_string={"przed": moment, "wiadomosc": str(uuid4())})
    assert page.text.count("<h2>") == 1


def test_older_news_are_on_the_next_page(signed_in: CheckedClient, student: Student) -> None:
    told(student, PAGE + 3)
    page = signed_in.get(LIST)
    links = {link.text: link.get("href") for link in signed_in.checked_page.all("a")}
    assert page.text.count("<h2>") == PAGE
    older = signed_in.get(str(links["Starsze wiadomości"]))
    assert older.text.count("<h2>") == 3
    assert signed_in.get(f"{LIST}?przed=kiedys&wiadomosc=1").text.count("<h2>") == PAGE


@pytest.mark.parametrize(
    ("kind", "status", "new"),
    [
        (NoticeKind.READY, OrderStatus.READY, 1),
        (NoticeKind.READY, OrderStatus.CODES_EXPIRED, 0),
        (NoticeKind.ORDERED, OrderStatus.IN_PROGRESS, 1),
        (NoticeKind.ORDERED, OrderStatus.READY, 0),
        (NoticeKind.REVOKED, OrderStatus.REVOKED, 1),
    ],
)
def test_news_of_an_order_that_moved_on_are_not_new(
    signed_in: CheckedClient, student: Student, kind: NoticeKind, status: OrderStatus, new: int
) -> None:
    order = order_in(student, status)
    tell_of(order, kind)
    if status not in OPEN:
        with transaction() as session:
            session.get_one(Order, order.id).end_reason = EndReason.OFFICE_REVOKED
    assert signed_in.get(LIST).text.count(">Nowa<") == new
    link = f'href="{LIST}"'
    assert ("1 nowa" in signed_in.get("/mlegitymacja").text.partition(link)[2][:100]) == bool(new)


@pytest.mark.parametrize("by_portal", [True, False])
def test_an_order_placed_by_the_portal_says_so(
    signed_in: CheckedClient, student: Student, by_portal: bool
) -> None:
    order = order_in(student, OrderStatus.WAITING)
    tell_of(order, NoticeKind.ORDERED)
    if by_portal:
        with transaction() as session:
            session.add(
                OrderOffer(
                    student_id=student.id,
                    until=order.planned_valid_until,
                    found_at=clock.now(),
                    standing=StandingOrder.PLACED,
                    standing_due_at=clock.now(),
                    order_id=order.id,
                )
            )
    assert ("Portal zamówił ją za Ciebie." in signed_in.get(LIST).text) == by_portal


def test_nobody_reads_another_s_news(student: Student, sign_in: SignIn) -> None:
    told(student)
    other = student_with_mail("inna@example.edu.pl")
    client = sign_in(other)
    assert "Nie masz jeszcze żadnych wiadomości" in client.get(LIST).text
    page = client.get(SWITCHES)
    client.post_form(page, SWITCHES, language="en")
    assert choices_of(student.id).language is None


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_news_can_be_read(signed_in: CheckedClient, student: Student, kind: NoticeKind) -> None:
    with transaction():
        tell([News(student.id, kind, "x", day=date(2027, 3, 31))], at=clock.now())
    assert heading(kind) in signed_in.get(LIST).text


def test_switches_are_kept_as_they_were_sent(signed_in: CheckedClient, student: Student) -> None:
    page = signed_in.get(SWITCHES)
    assert "w•••@example.edu.pl" in page.text
    assert "wanda@example.edu.pl" not in page.text
    for kind in NoticeKind:
        assert switch(kind) in page.text
    token = signed_in.get(SWITCHES)
    answer = signed_in.post_form(token, SWITCHES, kind=["ready", "nonsense"], language="en")
    assert answer.status_code == 303
    chosen = choices_of(student.id)
    assert (chosen.wanted, chosen.language) == ({NoticeKind.READY}, Language.ENGLISH)
    signed_in.post_form(token, SWITCHES, kind=[], language="klingon")
    assert choices_of(student.id) == chosen


def test_what_is_mailed_can_be_chosen_and_the_language_left_open(
    signed_in: CheckedClient, student: Student
) -> None:
    page = signed_in.get(SWITCHES)
    signed_in.post_form(page, SWITCHES, kind=["ready"])
    chosen = choices_of(student.id)
    assert (chosen.wanted, chosen.language) == ({NoticeKind.READY}, None)
    until_chosen = "Dopóki nie wybierzesz, listy przychodzą po polsku."
    assert until_chosen in signed_in.get(SWITCHES).text
    signed_in.post_form(page, SWITCHES, kind=["ready"], language="pl")
    assert choices_of(student.id).language is Language.POLISH
    assert until_chosen not in signed_in.get(SWITCHES).text


def test_who_has_no_address_is_told_where_to_give_one(sign_in: SignIn, database: object) -> None:
    page = sign_in(student_with_mail(None)).get(SWITCHES)
    assert "nie ma Twojego adresu" in page.text


def test_where_no_mail_is_sent_nothing_can_be_switched(
    app: Flask, settings: Settings, signed_in: CheckedClient
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"demo": False})
    assert "nie wysyła e-maili" in signed_in.get(SWITCHES).text
    assert SWITCHES not in signed_in.get(LIST).text


def test_a_demonstration_shows_its_letters(
    app: Flask, settings: Settings, client: CheckedClient, student: Student
) -> None:
    assert "Nie ma jeszcze żadnego listu" in client.get("/demo/poczta").text
    tell_of(order_in(student, OrderStatus.READY), NoticeKind.READY)
    send_messages.run(Pace())
    (letter,) = kept_letters(settings.instance / FOLDER)

    assert "Kody do mLegitymacji czekają" in client.get("/demo/poczta").text
    page = client.get(f"/demo/poczta/{letter.id}")
    (frame,) = client.checked_page.all("iframe")
    assert "allow-scripts" not in str(frame.get("sandbox"))
    assert "<style>" not in str(frame.get("srcdoc"))
    assert "mail.css" in str(frame.get("srcdoc"))
    assert "http://localhost/mlegitymacja" in page.text
    assert client.get("/demo/poczta/11111111-2222-4333-8444-555555555555").status_code == 404
    assert "/demo/poczta" in client.get("/logowanie").text


def test_a_real_university_has_no_such_page(settings: Settings, database: object) -> None:
    real = create_app(settings.model_copy(update={"demo": False}), check=False)
    real.testing = True
    client = CheckedClient(real)
    assert client.get("/demo/poczta").status_code == 404
    assert "/demo/" not in client.get("/logowanie").text
    with real.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_office_finds_letters_that_did_not_arrive(student: Student, sign_in: SignIn) -> None:
    office = sign_in(make_office())
    assert "Nic tu nie czeka" in office.get("/dziekanat/niedostarczone-listy").text
    tell_of(order_in(student, OrderStatus.READY), NoticeKind.READY)
    with transaction() as session:
        session.execute(update(Message).values(state=MessageState.GIVEN_UP, error="smtp_550"))
    assert "1</span> <span>Niedostarczone listy" in office.get("/dziekanat").text
    page = office.get("/dziekanat/niedostarczone-listy").text
    assert "Serwer poczty go nie przyjął (550)" in page
    assert "wanda@example.edu.pl" not in page


def test_an_address_is_recognised_by_its_owner_alone() -> None:
    assert masked_address("jan@kowalski@example.edu.pl") == "j•••@example.edu.pl"
    assert masked_address("@example.edu.pl") == "•••@example.edu.pl"
