"""The student's page, its polled fragment, and the acts on it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.data_reports import DataReport, DataReportKind
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.services import data_reports
from portal.services.ordering import place_order
from portal.services.sessions import sign_out_everywhere
from tests.browser import CheckedClient, form_fields
from tests.people import POLICY, account_of, jpeg, make_office, make_student

SignIn = Callable[..., CheckedClient]
PLACE = "/mlegitymacja/zamowienia"
CHECK = "/mlegitymacja/sprawdz"
QR_TEXT = "0123456789abcdef0123456789abcdef"
ACTIVATION_CODE = "z8e+6Ys$"


def in_state(student: Student, status: OrderStatus, **values: object) -> str:
    """An order of the student put into a state by hand; codes while ready."""
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    with transaction() as session:
        order = session.get_one(Order, order.id)
        order.status, order.at_ministry = status, AtMinistry.PRESENT
        if status is OrderStatus.READY:
            order.qr_payload, order.activation_code = QR_TEXT, ACTIVATION_CODE
            order.codes_expire_at = clock.now() + timedelta(days=30)
        for name, value in values.items():
            setattr(order, name, value)
        session.get_one(Student, student.id).revision += 1
    return order.id


def bare(page: str) -> str:
    """The page without its tags: digits of a code have tags of their own."""
    return re.sub(r"<[^>]+>", "", page)


def polled_url(client: CheckedClient) -> str:
    root = client.checked_page
    section = next(e for e in (root, *root.all()) if e.get("id") == "order-status")
    return section.get("data-hx-get") or ""


def test_an_eligible_student_sees_the_button_and_the_planned_date(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    page = client.get("/mlegitymacja").text

    assert "Spełniasz warunki uprawniające Cię do zamówienia mLegitymacji." in page
    assert "Zamów mLegitymację" in page


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"photo": None}, "brak zdjęcia"), ({"pesel": None}, "PESEL"), ({"extended_until": None}, "przedłużon")],
)
def test_an_unmet_condition_is_named_with_its_remedy_and_no_button(
    sign_in: SignIn, missing: dict[str, None], words: str
) -> None:
    client = sign_in(make_student(**missing))

    page = client.get("/mlegitymacja")

    assert words in page.text
    assert f'action="{PLACE}"' not in page.text


def test_ordering_without_javascript_leads_back_to_the_page(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    answer = client.post_form(client.get("/mlegitymacja"), PLACE)

    assert (answer.status_code, answer.location) == (303, "/mlegitymacja")
    page = client.get("/mlegitymacja").text
    assert "mLegitymacja została zamówiona." in page
    assert "Oczekuje" in page


def test_ordering_with_htmx_answers_the_fragment_that_polls(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    answer = client.post_form(client.get("/mlegitymacja"), PLACE, htmx=True)

    assert answer.status_code == 200
    assert "Oczekuje" in answer.text
    assert polled_url(client).startswith("/mlegitymacja/status?seen=")


def test_a_double_click_leaves_one_order_and_says_where_it_stands(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    page = client.get("/mlegitymacja")
    client.post_form(page, PLACE, htmx=True)

    second = client.post_form(page, PLACE, htmx=True)

    assert second.status_code == 422
    assert "Oczekuje" in second.text
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_an_unchanged_status_answers_204_and_a_changed_one_the_fragment(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.WAITING)
    client = sign_in(student)
    client.get("/mlegitymacja")
    url = polled_url(client)

    assert client.htmx(url).status_code == 204

    with transaction() as session:
        session.execute(update(Order).values(status=OrderStatus.IN_PROGRESS))
        session.execute(update(Student).values(revision=Student.revision + 1))
    changed = client.htmx(url)
    assert changed.status_code == 200
    assert "W trakcie" in changed.text
    assert client.htmx(polled_url(client)).status_code == 204


def test_a_ministry_outage_is_told_without_any_change_to_the_order(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.WAITING)
    client = sign_in(student)
    client.get("/mlegitymacja")
    with transaction() as session:
        session.add(
            MinistryHealth(
                id=1, failures=1, alarm=False, down_since=clock.real_now(), next_probe_at=clock.real_now()
            )
        )

    told = client.htmx(polled_url(client))

    assert told.status_code == 200
    assert "nie odpowiada" in told.text


def test_ready_codes_are_shown_with_their_picture_and_hidden_by_the_clock(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.READY)
    client = sign_in(student)

    page = client.get("/mlegitymacja").text
    assert QR_TEXT in page
    assert ACTIVATION_CODE in bare(page)
    assert "<svg" in page
    url = polled_url(client)

    with transaction() as session:
        session.execute(update(Order).values(codes_expire_at=clock.now() - timedelta(seconds=1)))
    hidden = client.htmx(url)
    assert hidden.status_code == 200
    assert QR_TEXT not in hidden.text
    assert ACTIVATION_CODE not in bare(hidden.text)


def test_polling_ends_with_the_document(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.COLLECTED, collected_at=clock.now())
    client = sign_in(student)

    client.get("/mlegitymacja")

    assert polled_url(client) == ""


def test_an_idle_poll_after_sign_out_shows_no_codes_and_does_not_jump(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.READY)
    client = sign_in(student)
    client.get("/mlegitymacja")
    url = polled_url(client)
    sign_out_everywhere(account_of(student).id, clock.real_now())

    answer = client.htmx(url)

    assert answer.status_code == 200
    assert "Zaloguj się, aby zobaczyć status" in answer.text
    assert "HX-Redirect" not in answer.headers
    assert QR_TEXT not in answer.text
    assert polled_url(client) == ""


def test_another_sign_in_in_the_same_browser_reloads_the_whole_page(sign_in: SignIn) -> None:
    first, second = make_student(), make_student()
    in_state(first, OrderStatus.READY)
    client = sign_in(first)
    client.get("/mlegitymacja")
    url = polled_url(client)
    client.post_form(client.get("/mlegitymacja"), "/wyloguj")
    sign_in(second)

    answer = client.htmx(url)

    assert answer.headers["HX-Redirect"] == "/mlegitymacja"
    assert answer.data == b""


def test_the_fragments_address_opened_directly_leads_to_the_page(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    assert client.get("/mlegitymacja/status").location == "/mlegitymacja"


def test_cancelling_asks_first_and_then_leaves_the_order_cancelled(sign_in: SignIn) -> None:
    student = make_student()
    key = in_state(student, OrderStatus.READY)
    client = sign_in(student)
    path = f"{PLACE}/{key}/anuluj"

    question = client.get(path)
    answer = client.post_form(question, path)

    assert "Kody z tego zamówienia przestaną działać." in question.text
    assert answer.status_code == 303
    assert db.session.get_one(Order, key).status is OrderStatus.CANCELLED
    assert client.get(path).status_code == 409
    assert client.post_form(client.get("/konto"), "/wyloguj").status_code == 303


@pytest.mark.parametrize("key", ["00000000-0000-0000-0000-000000000000", "not-an-id"])
def test_unknown_orders_are_not_found(sign_in: SignIn, key: str) -> None:
    client = sign_in(make_student())

    assert client.get(f"{PLACE}/{key}/anuluj").status_code == 404


def test_another_students_order_is_not_found_and_not_touched(sign_in: SignIn) -> None:
    key = in_state(make_student(), OrderStatus.READY)
    client = sign_in(make_student())
    token = client.get("/mlegitymacja")
    path = f"{PLACE}/{key}/anuluj"

    assert client.get(path).status_code == 404
    fields = {"csrf_token": _token(client, token.text)}
    assert client.post(path, data=fields).status_code == 404
    assert db.session.get_one(Order, key).status is OrderStatus.READY


def test_a_post_without_a_token_changes_nothing(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    assert client.post(PLACE, data={}).status_code == 400
    assert client.post(PLACE, data={"csrf_token": "forged"}).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_get_does_not_order(sign_in: SignIn) -> None:
    assert sign_in(make_student()).get(PLACE).status_code == 405


def _token(client: CheckedClient, page: str) -> str:
    found = next(e for e in client.checked_page.all("input") if e.get("name") == "csrf_token")
    return found.get("value") or ""


def test_a_document_is_cancelled_for_a_reason_that_leads_on(sign_in: SignIn) -> None:
    student = make_student()
    key = in_state(student, OrderStatus.COLLECTED, collected_at=clock.now())
    client = sign_in(student)
    path = f"{PLACE}/{key}/anuluj"

    answer = client.post_form(client.get(path), path, why="new_phone")

    assert answer.status_code == 303
    page = client.get("/mlegitymacja").text
    assert "dodaj ją na nowym telefonie" in page
    assert "Zamów mLegitymację" in page


def test_who_has_a_card_and_may_not_renew_yet_reads_nothing_about_beginning(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    before = client.get("/mlegitymacja").text

    in_state(student, OrderStatus.COLLECTED, collected_at=clock.now())

    assert "Zanim zaczniesz" in before
    assert "Zanim zaczniesz" not in client.get("/mlegitymacja").text


def test_checking_the_status_has_the_ministry_asked_soon(sign_in: SignIn) -> None:
    student = make_student()
    later = clock.real_now() + timedelta(hours=1)
    key = in_state(student, OrderStatus.IN_PROGRESS, due_at=later)
    client = sign_in(student)

    token = form_fields(client.get("/mlegitymacja"), "/wyloguj")["csrf_token"]
    client.post(CHECK, data={"csrf_token": token, "status": "in_progress"})

    assert db.session.get_one(Order, key).due_at < later
    assert "Pytamy ministerstwo. Sprawdź ponownie za chwilę." in client.get("/mlegitymacja").text


@pytest.mark.parametrize(
    ("at_ministry", "said"),
    [
        (AtMinistry.PRESENT, "Pytamy ministerstwo. Strona odświeży się sama."),
        (AtMinistry.ABSENT, "Nic się jeszcze nie zmieniło. Strona odświeży się sama."),
    ],
)
def test_checking_says_whether_anybody_is_asked(sign_in: SignIn, at_ministry: AtMinistry, said: str) -> None:
    student = make_student()
    in_state(student, OrderStatus.WAITING, at_ministry=at_ministry)
    client = sign_in(student)
    assert said in client.post_form(client.get("/mlegitymacja"), CHECK, htmx=True).text


def test_checking_says_when_the_status_has_changed_since_the_page_was_shown(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.WAITING)
    client = sign_in(student)
    page = client.get("/mlegitymacja")
    order = db.session.scalars(select(Order).where(Order.student_id == student.id)).one()
    with transaction():
        order.status = OrderStatus.IN_PROGRESS
    assert "Zaktualizowano status zamówienia." in client.post_form(page, CHECK, htmx=True).text


def test_only_the_students_own_photo_has_an_address(sign_in: SignIn) -> None:
    own, other = make_student(photo=jpeg(300, 375, "#123456")), make_student()
    client = sign_in(own)
    page = client.get("/mlegitymacja")
    address = next(e.get("src") for e in client.checked_page.all("img"))

    assert page.status_code == 200
    assert client.get(str(address)).mimetype == "image/jpeg"
    assert client.get(f"/mlegitymacja/zdjecie/{other.photo_sha256}").status_code == 404


def test_a_report_of_wrong_data_waits_for_the_office_sealed(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    path = "/mlegitymacja/blad-w-danych"

    answer = client.post_form(client.get(path), path, kind="name", words="Mam na imię Wanda-Ewa.")

    assert answer.status_code == 303
    kept = db.session.scalars(select(DataReport)).one()
    assert (kept.student_id, kept.words) == (student.id, "Mam na imię Wanda-Ewa.")
    assert b"Wanda-Ewa" not in kept.words_sealed


def test_the_student_reads_what_the_office_answered(sign_in: SignIn) -> None:
    student = make_student()
    in_state(student, OrderStatus.WAITING)
    client = sign_in(student)
    report_id = data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa.", at=clock.now())
    client.get("/mlegitymacja")
    assert "Dziekanat jeszcze nie odpowiedział." in client.checked_page.text
    poll = polled_url(client)

    data_reports.settle(report_id, "Poprawione, dziękujemy.", actor=make_office().id, at=clock.now())

    assert "Poprawione, dziękujemy." in client.get(poll, headers={"HX-Request": "true"}).text


def test_a_report_without_words_comes_back_with_what_was_chosen(sign_in: SignIn) -> None:
    client = sign_in(make_student())
    path = "/mlegitymacja/blad-w-danych"

    answer = client.post_form(client.get(path), path, kind="pesel", words="  ")

    assert answer.status_code == 422
    chosen = [e for e in client.checked_page.all("input") if e.get("value") == "pesel"]
    assert "checked" in chosen[0].attributes
    assert db.session.scalars(select(DataReport)).all() == []
