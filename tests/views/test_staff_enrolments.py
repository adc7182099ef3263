"""The office changes the status of studies, and sees first what is revoked with it."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from portal import clock, texts
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import JournalEntry
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus
from portal.services.ordering import place_order
from tests.browser import CheckedClient
from tests.people import POLICY, make_office, make_student

SignIn = Callable[..., CheckedClient]


def enrolment_of(student: Student) -> Enrolment:
    (enrolment,) = db.session.get_one(Student, student.id).enrolments
    return enrolment


def collected(student: Student) -> str:
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    with transaction() as session:
        row = session.get_one(Order, order.id)
        row.status, row.at_ministry = OrderStatus.COLLECTED, AtMinistry.PRESENT
    return order.id


def test_a_removal_shows_what_it_ends_and_then_ends_it(sign_in: SignIn) -> None:
    student = make_student()
    document = collected(student)
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())

    asked = client.post_form(client.get(path), path, status="removed")
    assert asked.status_code == 422
    assert "unieważni" in asked.text
    assert enrolment_of(student).status is EnrolmentStatus.ACTIVE

    assert client.post_form(asked, path, status="removed").status_code == 303
    assert enrolment_of(student).status is EnrolmentStatus.REMOVED
    assert db.session.get_one(Order, document).status is OrderStatus.REVOKED


def test_a_removal_to_come_is_announced_confirmed_and_told_on_both_pages(sign_in: SignIn) -> None:
    student = make_student()
    document = collected(student)
    day = clock.today() + timedelta(days=20)
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())

    asked = client.post_form(client.get(path), path, status="removed", od=day.isoformat())
    assert asked.status_code == 422
    assert f"Od {texts.day(day)} portal unieważni: 1 mLegitymację." in asked.text
    assert "Zapisz mimo to" in asked.text
    later = (day + timedelta(days=1)).isoformat()
    assert client.post_form(asked, path, status="removed", od=later).status_code == 422, (
        "shown for another day"
    )

    saved = client.post_form(asked, path, status="removed", od=day.isoformat())

    assert saved.status_code == 303
    assert db.session.get_one(Order, document).status is OrderStatus.COLLECTED
    told = f"Od {texts.day(day)}"
    assert f"{told} ta osoba traci prawo do mLegitymacji." in client.get(saved.location).text
    own = sign_in(student).get("/mlegitymacja").text
    assert f"{told} tracisz prawo do mLegitymacji." in own


def test_the_second_of_two_clicks_changes_and_records_nothing(sign_in: SignIn) -> None:
    student = make_student()
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())
    form = client.get(path)

    for _ in range(2):
        assert client.post_form(form, path, status="removed").status_code == 303

    acts = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "status_changed")).all()
    assert len(acts) == 1


def test_a_change_that_ends_nothing_is_written_at_once(sign_in: SignIn) -> None:
    student = make_student()
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())

    assert client.post_form(client.get(path), path, status="on_leave").status_code == 303

    assert enrolment_of(student).status is EnrolmentStatus.ON_LEAVE


def test_two_people_at_once_overwrite_nothing(sign_in: SignIn) -> None:
    student = make_student()
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())
    form = client.get(path)
    client.post_form(form, path, status="on_leave")

    second = client.post_form(form, path, status="graduated")

    assert second.status_code == 422
    assert "Ktoś zmienił" in second.text
    assert enrolment_of(student).status is EnrolmentStatus.ON_LEAVE


def test_a_day_that_is_none_comes_back_with_what_was_chosen(sign_in: SignIn) -> None:
    student = make_student()
    path = f"/dziekanat/studia/{enrolment_of(student).id}/status"
    client = sign_in(make_office())

    answer = client.post_form(client.get(path), path, status="removed", od="jutro")

    assert answer.status_code == 422
    assert enrolment_of(student).status is EnrolmentStatus.ACTIVE
    chosen = [one for one in client.checked_page.all("option") if "selected" in one.attributes]
    assert [one.get("value") for one in chosen] == ["removed"]
