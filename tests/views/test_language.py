"""Pages in the reader's language: who decides it, what remembers it, and that nothing else changes with it."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.notices import Notice
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.services import photos
from portal.services.languages import choose_language
from portal.services.photo_files import make_card_photo
from portal.settings_groups import THE_OFFICE
from tests.browser import CheckedClient, form_fields
from tests.pages import read
from tests.people import PASSWORD, POLICY, account_of, jpeg, make_account, make_office, make_student
from tests.stories.states import STATES, ordered
from tests.test_english import POLISH_SIGNS, SOURCE, said_to_students

SignIn = Callable[..., CheckedClient]

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,pl;q=0.5"}
# Polish that stays: names of people, accounts and the university, the buttons of the Polish app.
STAYS_POLISH = ("dziekanat", "Próbna", "Akademia Przykładowa", "Akceptuję", "Więcej", "Przedłuż ważność")


def language_of_page(client: CheckedClient) -> str | None:
    (document,) = client.checked_page.children
    return document.get("lang")


def switch(client: CheckedClient, page: TestResponse) -> TestResponse:
    """Press the one button of the page's switch, as a browser does that stands on this page."""
    root, _ = read(page.text)
    (form,) = (one for one in root.all("form") if one.get("action") == "/jezyk")
    (button,) = form.all("button")
    chosen = {str(button.get("name")): str(button.get("value"))}
    return client.post(
        "/jezyk", data=form_fields(page, "/jezyk") | chosen, headers={"Referer": page.request.url}
    )


def remembered(student: Student) -> str | None:
    db.session.rollback()
    return db.session.get_one(Student, student.id).language


def in_english(client: CheckedClient, path: str = "/mlegitymacja") -> TestResponse:
    """The page at `path`, after its switch if it is Polish."""
    page = client.get(path)
    if language_of_page(client) == "pl":
        switch(client, page)
        page = client.get(path)
    assert language_of_page(client) == "en"
    return page


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        (None, "pl"),
        ("", "pl"),
        ("pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7", "pl"),
        ("pl-PL,en;q=0.8", "pl"),
        ("en-US,en;q=0.9,pl;q=0.8", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "en"),
        ("uk,ru;q=0.9", "pl"),
        ("EN-gb", "en"),
        ("en;q=0,pl;q=0.1", "pl"),
        ("english", "pl"),
        (";;;,=,en;q=x", "pl"),
    ],
)
def test_before_sign_in_the_browser_s_first_language_that_we_speak_decides(
    client: CheckedClient, wish: str | None, language: str
) -> None:
    client.get("/logowanie", headers={} if wish is None else {"Accept-Language": wish})
    assert language_of_page(client) == language


def test_the_switch_before_sign_in_wins_over_the_browser_and_leads_back(client: CheckedClient) -> None:
    page = client.get("/logowanie?dalej=/konto", headers=ENGLISH)
    assert "User name" in page.text
    answer = switch(client, page)
    assert (answer.status_code, answer.location) == (303, "/logowanie?dalej=/konto")
    page = client.get(answer.location, headers=ENGLISH)
    assert language_of_page(client) == "pl"
    switch(client, page)
    client.get("/logowanie", headers={"Accept-Language": "pl"})
    assert language_of_page(client) == "en"


def test_who_switches_before_signing_in_chose_by_that(client: CheckedClient, database: SQLAlchemy) -> None:
    student = make_student()
    in_english(client, "/logowanie")
    page = client.get("/logowanie")
    client.post_form(page, "/logowanie", user_name=account_of(student).user_name, password=PASSWORD)
    assert "You can order your mLegitymacja" in client.get("/mlegitymacja").text
    assert remembered(student) == "en"


@pytest.mark.parametrize("chosen", [None, *Language])
@pytest.mark.parametrize("wish", Language)
def test_signed_in_the_browser_s_wish_decides_until_the_student_chose(
    client: CheckedClient, database: SQLAlchemy, wish: Language, chosen: Language | None
) -> None:
    student = make_student()
    if chosen is not None:
        choose_language(student.id, chosen)
    asked = {"Accept-Language": f"{wish}, *;q=0.1"}
    page = client.get("/logowanie", headers=asked)
    fields = form_fields(page, "/logowanie") | {
        "user_name": account_of(student).user_name,
        "password": PASSWORD,
    }
    client.post("/logowanie", data=fields, headers=asked)
    client.get("/mlegitymacja", headers=asked)
    assert language_of_page(client) == (chosen or wish)
    assert remembered(student) == chosen


def test_a_browser_s_wish_lasts_as_long_as_its_sign_in(client: CheckedClient, database: SQLAlchemy) -> None:
    student = make_student()
    ordered(student, OrderStatus.WAITING)
    page = client.get("/logowanie", headers=ENGLISH)
    fields = form_fields(page, "/logowanie") | {
        "user_name": account_of(student).user_name,
        "password": PASSWORD,
    }
    client.post("/logowanie", data=fields, headers=ENGLISH)
    mark = re.search(r"seen=([\w.-]+)", client.get("/mlegitymacja", headers={"Accept-Language": "pl"}).text)
    assert language_of_page(client) == "en"
    assert mark
    assert client.htmx("/mlegitymacja/status", query_string={"seen": mark[1]}).status_code == 204


def test_the_first_sign_in_with_a_slip_keeps_the_language_it_was_read_in(
    client: CheckedClient, database: SQLAlchemy
) -> None:
    student = make_student()
    account = account_of(student)
    with transaction() as session:
        session.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(must_change_password=True, password_expires_at=clock.real_now() + timedelta(days=9))
        )
    page = client.get("/logowanie", headers=ENGLISH)
    fields = form_fields(page, "/logowanie") | {"user_name": account.user_name, "password": PASSWORD}
    client.post("/logowanie", data=fields, headers=ENGLISH)
    page = client.get("/haslo")
    assert "Choose your password" in page.text
    assert remembered(student) == "en"
    switch(client, page)
    assert "Ustal swoje hasło" in client.get("/haslo").text
    assert remembered(student) == "pl"


def test_a_student_s_choice_is_remembered_everywhere(sign_in: SignIn, database: SQLAlchemy) -> None:
    student = make_student()
    client = sign_in(student)
    revision = student.revision
    in_english(client)
    assert remembered(student) == "en"
    assert db.session.get_one(Student, student.id).revision == revision + 1
    sign_in(student)  # a browser that knows nothing
    client.get("/mlegitymacja")
    assert language_of_page(client) == "en"


def test_choosing_the_same_language_again_changes_nothing(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    revision = student.revision
    page = client.get("/mlegitymacja")
    for _ in range(2):
        switch(client, page)
    assert remembered(student) == "en"
    assert db.session.get_one(Student, student.id).revision == revision + 1


def test_signing_out_says_so_in_the_same_language(sign_in: SignIn) -> None:
    client = sign_in(make_student())
    answer = client.post_form(in_english(client), "/wyloguj")
    page = client.get(answer.location)
    assert "You have signed out." in page.text
    assert language_of_page(client) == "en"


def test_the_next_person_at_a_shared_browser_gets_their_own_language(
    client: CheckedClient, sign_in: SignIn
) -> None:
    client.post_form(in_english(sign_in(make_student())), "/wyloguj")
    another = make_student()
    page = client.get("/logowanie")
    client.post_form(page, "/logowanie", user_name=account_of(another).user_name, password=PASSWORD)
    client.get("/mlegitymacja")
    assert language_of_page(client) == "pl"
    assert remembered(another) is None


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_the_office_stays_polish_and_has_no_switch(
    client: CheckedClient, database: SQLAlchemy, role: Role
) -> None:
    account = make_account(role=role)
    in_english(client, "/logowanie")
    page = client.get("/logowanie")
    answer = client.post_form(page, "/logowanie", user_name=account.user_name, password=PASSWORD)
    page = client.get(client.get(answer.location).location, headers=ENGLISH)
    assert language_of_page(client) == "pl"
    assert 'action="/jezyk"' not in page.text
    token = form_fields(page, "/wyloguj")
    assert client.post("/jezyk", data=token | {"language": "en"}).status_code == 303
    client.get("/konto")
    assert language_of_page(client) == "pl"


def test_a_language_nobody_offered_is_refused(client: CheckedClient) -> None:
    token = form_fields(client.get("/logowanie"), "/jezyk")
    assert client.post("/jezyk", data=token | {"language": "de"}).status_code == 400


@pytest.mark.parametrize(
    "behind", ["https://example.com/konto", "http://localhost/nie-ma-takiej", "", "x", None]
)
def test_the_switch_leads_to_pages_of_ours_only(client: CheckedClient, behind: str | None) -> None:
    token = form_fields(client.get("/logowanie"), "/jezyk")
    headers = {} if behind is None else {"Referer": behind}
    assert client.post("/jezyk", data=token | {"language": "en"}, headers=headers).location == "/"


def test_the_switch_needs_its_token(client: CheckedClient) -> None:
    client.get("/logowanie")
    assert client.post("/jezyk", data={"language": "en"}).status_code == 400
    client.get("/logowanie")
    assert language_of_page(client) == "pl"


def test_the_switch_under_a_refused_form_leads_back_to_the_form(sign_in: SignIn) -> None:
    client = sign_in(make_student())
    page = client.get("/mlegitymacja/blad-w-danych")
    refused = client.post_form(page, "/mlegitymacja/blad-w-danych", kind="pesel", words=" ")
    assert refused.status_code == 422
    assert switch(client, refused).location == "/mlegitymacja/blad-w-danych"


def test_a_poll_never_puts_another_language_into_an_open_page(sign_in: SignIn) -> None:
    student = make_student()
    ordered(student, OrderStatus.WAITING)
    client = sign_in(student)
    page = client.get("/mlegitymacja")
    polish = re.search(r"seen=([\w.-]+)", page.text)
    switch(client, page)
    english = re.search(r"seen=([\w.-]+)", client.get("/mlegitymacja").text)
    assert polish
    assert english
    answer = client.htmx("/mlegitymacja/status", query_string={"seen": polish[1]})
    assert answer.headers["HX-Redirect"] == "/mlegitymacja"
    assert answer.text == ""
    assert client.htmx("/mlegitymacja/status", query_string={"seen": english[1]}).status_code == 204
    stale = "0" + english[1]
    answer = client.htmx("/mlegitymacja/status", query_string={"seen": stale})
    assert "Status: Waiting" in answer.text
    assert client.checked_page.get("lang") == "en"


def test_another_browser_keeps_its_page_s_language_until_the_next_sign_in(
    app: Flask, sign_in: SignIn
) -> None:
    student = make_student()
    ordered(student, OrderStatus.WAITING)
    first = sign_in(student)
    second = CheckedClient(app)
    page = second.get("/logowanie")
    second.post_form(page, "/logowanie", user_name=account_of(student).user_name, password=PASSWORD)
    page = second.get("/mlegitymacja")
    mark = re.search(r"seen=([\w.-]+)", page.text)
    assert mark
    in_english(first)
    answer = second.htmx("/mlegitymacja/status", query_string={"seen": mark[1]})
    assert "Status: Oczekuje" in answer.text


def test_the_answer_to_an_act_speaks_the_page_s_language(sign_in: SignIn) -> None:
    client = sign_in(make_student())
    answer = client.post_form(in_english(client), "/mlegitymacja/zamowienia", htmx=True)
    assert "Your mLegitymacja has been ordered." in answer.text


def test_the_language_of_letters_is_that_of_pages(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    page = client.get("/wiadomosci/ustawienia")
    client.post_form(page, "/wiadomosci/ustawienia", language="en")
    assert "Your settings for letters have been saved." in client.get("/wiadomosci/ustawienia").text
    assert language_of_page(client) == "en"


def test_two_readers_in_turn_each_get_their_own_words(app: Flask, database: SQLAlchemy) -> None:
    """Nothing is said once and kept for the next reader."""
    for _ in range(2):
        for wish, word in (("en", "Sign in"), ("pl", "Zaloguj się")):
            page = CheckedClient(app).get("/logowanie", headers={"Accept-Language": wish})
            assert f"<h1>{word}</h1>" in re.sub(r"\s*(</?h1>)\s*", r"\1", page.text)


def test_errors_speak_the_reader_s_language(client: CheckedClient) -> None:
    assert "There is no such page" in client.get("/nie-ma-takiej", headers=ENGLISH).text
    assert "Nie ma takiej strony" in client.get("/nie-ma-takiej").text


def test_help_is_at_the_dean_s_office_unless_the_settings_say_where(
    app: Flask, client: CheckedClient
) -> None:
    settings = app.extensions["settings"]
    assert "Help: pomoc@example.edu.pl" in " ".join(client.get("/logowanie", headers=ENGLISH).text.split())
    office = settings.university.model_copy(update={"help_contact": THE_OFFICE})
    app.extensions["settings"] = settings.model_copy(update={"university": office})
    assert "Help: dean’s office" in " ".join(client.get("/logowanie", headers=ENGLISH).text.split())


@pytest.mark.parametrize(
    ("remark", "shown"),
    [
        ("To zdjęcie jest nieaktualne.", "This photo is out of date."),
        ("Proszę o <b>nowsze</b>", "Proszę o &lt;b&gt;nowsze&lt;/b&gt;"),
    ],
)
def test_a_usual_remark_about_a_photo_is_translated_and_any_other_stays(
    sign_in: SignIn, remark: str, shown: str
) -> None:
    student, office = make_student(photo=None), make_office()
    client = sign_in(student)
    handed_in = photos.submit(
        student.id,
        make_card_photo(jpeg(300, 400), POLICY, None),
        actor=account_of(student).id,
        at=clock.now(),
    )
    photos.send_back(handed_in, remark, actor=office.id, at=clock.now())
    assert shown in in_english(client, "/mlegitymacja/zdjecie").text


def assert_english(client: CheckedClient, page: TestResponse) -> None:
    """Nothing Polish is left on a page but what stays Polish."""
    assert language_of_page(client) == "en"
    (body,) = client.checked_page.all("body")
    shown = " ".join([body.text, *_spoken_attributes(client)])
    assert "%(" not in shown
    for one in STAYS_POLISH:
        shown = shown.replace(one, "")
    signs = POLISH_SIGNS & set(shown)
    assert not signs, [word for word in shown.split() if signs & set(word)]
    assert [text for text in _telling() if text in shown] == []


def _spoken_attributes(client: CheckedClient) -> list[str]:
    names = (
        "aria-label",
        "alt",
        "title",
        "placeholder",
        "data-announce",
        "data-message",
        "data-copied",
        "data-lost",
    )
    return [value for one in client.checked_page.all() for name in names if (value := one.get(name))]


@cache
def _telling() -> set[str]:
    """Polish texts long enough to be no part of an English one by chance."""
    with SOURCE.open("rb") as file:
        english = " ".join(str(one.string) for one in read_po(file, locale="en"))
    return {text for text in said_to_students() if len(text) > 8 and "%" not in text and text not in english}


@pytest.mark.parametrize("state", STATES)
def test_nothing_polish_is_left_in_any_state(sign_in: SignIn, state: str) -> None:
    client = sign_in(STATES[state]())
    assert_english(client, in_english(client))


@pytest.mark.parametrize(
    "path",
    [
        "/wiadomosci",
        "/wiadomosci/ustawienia",
        "/mlegitymacja/zdjecie",
        "/mlegitymacja/blad-w-danych",
        "/konto",
        "/haslo",
        "/demo/kalendarz",
        "/demo/poczta",
        "/nie-ma-takiej",
    ],
)
def test_nothing_polish_is_left_on_the_pages_beside_it(sign_in: SignIn, path: str) -> None:
    student = make_student()
    with transaction() as session:
        session.add_all(
            Notice(student_id=student.id, kind=kind, about=kind, day=clock.today(), at=clock.now())
            for kind in NoticeKind
        )
    client = sign_in(student)
    in_english(client)
    assert_english(client, client.get(path))


@pytest.mark.parametrize("status", [OrderStatus.READY, OrderStatus.COLLECTED])
def test_nothing_polish_is_left_in_the_question_before_cancelling(
    sign_in: SignIn, status: OrderStatus
) -> None:
    student = make_student()
    key = ordered(student, status, collected_at=clock.now())
    client = sign_in(student)
    in_english(client)
    assert_english(client, client.get(f"/mlegitymacja/zamowienia/{key}/anuluj"))


def test_nothing_polish_is_left_on_the_sign_in_page_even_after_a_mistake(client: CheckedClient) -> None:
    page = in_english(client, "/logowanie")
    assert_english(client, page)
    assert_english(client, client.post_form(page, "/logowanie", user_name="nobody", password="wrong"))
