"""„Potwierdź odbiór” and the question after codes ran out, where the student's word counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.order_status import OrderStatus
from portal.rules.policy import ReceiptFrom
from portal.rules.reasons import EndReason
from portal.services.ordering import cancel, place_order, revoke
from portal.settings import Settings
from tests.browser import CheckedClient
from tests.conftest import settings_for
from tests.people import POLICY, extend, make_student
from tests.stories.states import change, ordered

SignIn = Callable[..., CheckedClient]
PAGE = "/mlegitymacja"
ORDER = "/mlegitymacja/zamowienia"


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    """A university that takes the student's word."""
    policy = replace(POLICY, receipt_from=ReceiptFrom.STUDENT)
    return settings_for(instance, database_url).model_copy(update={"policy": policy})


def yes(key: str) -> str:
    return f"{ORDER}/{key}/odbior"


def no(key: str) -> str:
    return f"{ORDER}/{key}/brak-odbioru"


def expired_codes(student: Student) -> str:
    return ordered(
        student,
        OrderStatus.CODES_EXPIRED,
        at_ministry=AtMinistry.KEPT,
        end_reason=EndReason.CODES_NOT_USED,
        codes_expire_at=clock.now() - timedelta(hours=1),
    )


def look(key: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, key, populate_existing=True)


def test_beside_the_codes_a_link_asks_first_and_erases_nothing(sign_in: SignIn) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY)
    client = sign_in(student)
    page = client.get(PAGE)
    assert "Strona zauważy to sama" not in page.text
    links = {link.text: link.get("href") for link in client.checked_page.all("a")}
    assert links["Potwierdź odbiór"] == yes(key)
    assert f'action="{yes(key)}"' not in page.text

    question = client.get(yes(key))

    assert "Kody znikną z portalu i nie da się ich odzyskać." in question.text
    assert look(key).status is OrderStatus.READY
    assert look(key).qr_payload is not None


@pytest.mark.parametrize("status", [OrderStatus.WAITING, OrderStatus.CANCELLED, OrderStatus.COLLECTED])
def test_nothing_is_asked_about_an_order_without_codes(sign_in: SignIn, status: OrderStatus) -> None:
    student = make_student()
    key = ordered(student, status, collected_at=clock.now())
    assert sign_in(student).get(yes(key)).status_code == 409


def test_the_answer_makes_the_document_and_leads_back_to_the_page(sign_in: SignIn) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY)
    client = sign_in(student)

    answer = client.post_form(client.get(yes(key)), yes(key))

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "Odbiór potwierdzony." in client.get(PAGE).text


def test_a_double_click_is_answered_alike(sign_in: SignIn) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY)
    client = sign_in(student)
    page = client.get(yes(key))
    client.post_form(page, yes(key), htmx=True)

    second = client.post_form(page, yes(key), htmx=True)

    assert second.status_code == 200
    assert look(key).version == 2


def test_a_stale_page_reads_how_things_stand(sign_in: SignIn) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY)
    client = sign_in(student)
    page = client.get(yes(key))
    cancel(key, student.id, actor="test", at=clock.now())

    answer = client.post_form(page, yes(key), htmx=True)

    assert answer.status_code == 409
    assert "Tego zamówienia nie można już odebrać." in answer.text
    assert "Możesz zamówić mLegitymację" in answer.text


@pytest.mark.parametrize("address", [yes, no])
def test_orders_of_others_are_not_there(sign_in: SignIn, address: Callable[[str], str]) -> None:
    others = ordered(make_student(), OrderStatus.READY)
    student = make_student()
    own = ordered(student, OrderStatus.READY)
    client = sign_in(student)
    token = {"csrf_token": _token(client)}

    for key in (others, str(uuid4())):
        assert client.post(address(key), data=token).status_code == 404
        assert client.get(yes(key)).status_code == 404
    assert look(others).status is look(own).status is OrderStatus.READY


def _token(client: CheckedClient) -> str:
    client.get(PAGE)
    return next(
        field.get("value") or ""
        for field in client.checked_page.all("input")
        if field.get("name") == "csrf_token"
    )


def test_past_their_time_codes_are_hidden_and_receipt_can_still_be_confirmed(sign_in: SignIn) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.READY, codes_expire_at=clock.now() - timedelta(seconds=5))
    client = sign_in(student)
    page = client.get(PAGE)
    assert "activation-code" not in page.text
    assert "Sprawdzamy w ministerstwie" not in page.text

    client.post_form(page, yes(key))

    assert look(key).status is OrderStatus.COLLECTED


def test_expired_codes_ask_where_the_card_is_and_yes_makes_the_document(sign_in: SignIn) -> None:
    student = make_student()
    key = expired_codes(student)
    client = sign_in(student)
    page = client.get(PAGE)
    assert "Czy mLegitymacja jest w Twoim telefonie?" in page.text
    assert "Minął czas na użycie kodów" not in page.text.partition("Wcześniejsze zamówienia")[0]

    client.post_form(page, yes(key))

    assert look(key).status is OrderStatus.COLLECTED
    assert "Masz mLegitymację" in client.get(PAGE).text


def test_no_orders_again_with_one_click_and_the_old_codes_are_withdrawn_first(sign_in: SignIn) -> None:
    student = make_student()
    key = expired_codes(student)
    client = sign_in(student)

    answer = client.post_form(client.get(PAGE), ORDER, htmx=True)

    assert "Najpierw odwołujemy poprzednie zamówienie." in answer.text
    order = look(key)
    assert next_step(order.status, order.at_ministry) is Step.WITHDRAW
    assert db.session.scalar(select(func.count()).select_from(Order)) == 2


def test_who_may_not_order_again_can_say_no(sign_in: SignIn) -> None:
    student = make_student()
    key = expired_codes(student)
    _lose_the_photo(student)
    client = sign_in(student)
    page = client.get(PAGE)

    answer = client.post_form(page, no(key), htmx=True)

    assert answer.status_code == 200
    assert "Czy mLegitymacja jest" not in answer.text
    order = look(key)
    assert next_step(order.status, order.at_ministry) is Step.WITHDRAW
    late = client.post_form(page, yes(key), htmx=True)
    assert late.status_code == 409
    assert "To zamówienie jest już odwołane." in late.text


def _lose_the_photo(student: Student) -> None:
    with transaction() as session:
        session.get_one(Student, student.id).photo_sha256 = None


def test_a_renewal_whose_codes_ran_out_asks_beside_the_document(sign_in: SignIn) -> None:
    student = make_student()
    old = ordered(student, OrderStatus.COLLECTED, collected_at=clock.now())
    extend(student, look(old).planned_valid_until + timedelta(days=200))
    new = expired_codes(student)
    client = sign_in(student)
    page = client.get(PAGE)
    assert "Czy mLegitymacja jest w Twoim telefonie?" in page.text
    assert "Obecna mLegitymacja" in page.text

    client.post_form(page, yes(new))

    assert look(old).status is OrderStatus.SUPERSEDED
    assert look(new).status is OrderStatus.COLLECTED


def test_nobody_is_asked_about_a_period_that_is_over(sign_in: SignIn) -> None:
    student = make_student()
    key = expired_codes(student)
    change(key, planned_valid_until=clock.today() - timedelta(days=1))
    assert "Czy mLegitymacja jest" not in sign_in(student).get(PAGE).text


def test_a_document_past_its_last_day_is_shown_as_expired_before_any_job_ran(sign_in: SignIn) -> None:
    student = make_student()
    ordered(
        student,
        OrderStatus.COLLECTED,
        collected_at=clock.now(),
        planned_valid_until=clock.today() - timedelta(days=1),
    )
    page = sign_in(student).get(PAGE).text
    assert "mLegitymacja wygasła" in page
    assert "Masz mLegitymację" not in page


@pytest.mark.parametrize("way", ["cancelled", "revoked", "codes ran out"])
def test_a_new_order_visibly_waits_for_the_withdrawal_of_the_old_one(sign_in: SignIn, way: str) -> None:
    student = make_student()
    key = ordered(student, OrderStatus.IN_PROGRESS)
    if way == "cancelled":
        cancel(key, student.id, actor="test", at=clock.now())
    elif way == "revoked":
        revoke(key, EndReason.OFFICE_REVOKED, actor="test", at=clock.now())
    else:
        change(key, status=OrderStatus.CODES_EXPIRED, at_ministry=AtMinistry.KEPT)
    place_order(student.id, POLICY, actor="test", at=clock.now())
    client = sign_in(student)
    assert "Najpierw odwołujemy poprzednie zamówienie." in client.get(PAGE).text

    change(key, at_ministry=AtMinistry.GONE)

    assert "Najpierw odwołujemy" not in client.get(PAGE).text
