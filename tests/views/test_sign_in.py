"""Signing in and out through the pages, and the answer to whoever must sign in first."""

import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

from portal import create_app
from portal.demo.accounts import ACCOUNTS
from portal.extensions import db
from portal.models.accounts import Role
from portal.settings import Settings
from portal.views import security
from tests.browser import CheckedClient, form_fields
from tests.pages import read
from tests.people import PASSWORD, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
OURS = {"Sec-Fetch-Site": "same-origin"}
OURS_BY_HTMX = {**OURS, "HX-Request": "true", "HX-Current-URL": "http://localhost/konto"}


@pytest.fixture
def noted(app: Flask) -> list[dict[str, list[str]]]:
    """A form of the office's that notes what it was sent: `/notatki`."""
    sent: list[dict[str, list[str]]] = []

    @app.post("/notatki")
    @security.staff
    def note() -> str:
        sent.append({name: request.form.getlist(name) for name in request.form})
        return ""

    return sent


def expire(client: CheckedClient) -> None:
    """Let the session be over while the browser still shows its page."""
    with client.session_transaction() as kept:
        kept["seen"] = 0


def test_whoever_signs_in_arrives_at_their_first_page(client: CheckedClient, sign_in: SignIn) -> None:
    for account, first_page in (
        (make_office(), "/dziekanat"),
        (make_account(make_student()), "/mlegitymacja"),
    ):
        sign_in(account)
        assert client.get("/").location == first_page


def test_a_page_that_needs_a_session_comes_back_after_sign_in(
    client: CheckedClient, database: SQLAlchemy
) -> None:
    office = make_office().user_name
    asked = client.get("/konto?x=1")
    assert (asked.status_code, asked.location) == (303, "/logowanie?dalej=/konto?x%3D1")
    page = client.get(asked.location)
    answer = client.post_form(page, "/logowanie", user_name=office, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/konto?x=1")


@pytest.mark.parametrize(
    "target", ["https://example.edu.pl/", "//example.edu.pl", "/\\example.edu.pl", "javascript:x"]
)
def test_nobody_is_sent_to_another_site_after_sign_in(
    client: CheckedClient, database: SQLAlchemy, target: str
) -> None:
    office = make_office().user_name
    page = client.get("/logowanie", query_string={"dalej": target})
    assert form_fields(page, "/logowanie")["dalej"] == ""
    answer = client.post_form(page, "/logowanie", user_name=office, password=PASSWORD, dalej=target)
    assert answer.location == "/"
    assert client.get("/logowanie", query_string={"dalej": target}).location == "/"


def test_whoever_is_signed_in_is_not_asked_again(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    assert client.get("/logowanie?dalej=/konto").location == "/konto"
    assert client.get("/logowanie").location == "/"


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(
    client: CheckedClient, database: SQLAlchemy
) -> None:
    page = client.get("/logowanie?dalej=/konto")
    answer = client.post_form(page, "/logowanie", user_name="kancelaria", password="tajne hasło 1812")
    assert answer.status_code == 422
    fields = form_fields(answer, "/logowanie")
    assert (fields["user_name"], fields["password"], fields["dalej"]) == ("kancelaria", "", "/konto")
    assert "tajne" not in answer.text
    (alert,) = [element for element in client.checked_page.all() if element.get("role") == "alert"]
    assert alert.text.startswith("Nazwa użytkownika lub hasło się nie zgadza.")


def test_known_unknown_and_disabled_users_get_the_same_page(
    client: CheckedClient, database: SQLAlchemy
) -> None:
    known = make_account(role=Role.STAFF, user_name="known").user_name
    disabled = make_account(role=Role.STAFF, user_name="disabled", disabled=True).user_name
    pages = set()
    for name, password in ((known, "wrong"), (disabled, PASSWORD), ("unknown", "wrong")):
        answer = client.post_form(client.get("/logowanie"), "/logowanie", user_name=name, password=password)
        token = form_fields(answer, "/logowanie")["csrf_token"]
        pages.add((answer.status_code, answer.text.replace(name, "").replace(token, "")))
    assert len(pages) == 1


def test_too_many_failures_ask_to_wait(
    client: CheckedClient, database: SQLAlchemy, settings: Settings
) -> None:
    with time_machine.travel("2026-11-20 08:00:00Z", tick=False):
        for _ in range(settings.security.sign_in_attempts):
            client.post_form(client.get("/logowanie"), "/logowanie", user_name="kancelaria", password="wrong")
        answer = client.post_form(
            client.get("/logowanie"), "/logowanie", user_name="kancelaria", password="x"
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "Spróbuj ponownie za 15 min." in answer.text


def test_an_address_cannot_be_made_up_by_a_header(settings: Settings) -> None:
    limited = settings.security.model_copy(update={"address_attempts": 10})
    app = create_app(settings.model_copy(update={"security": limited}), check=False)
    app.testing = True
    attacker = CheckedClient(app)
    page = attacker.get("/logowanie")
    statuses = [
        attacker.post(
            "/logowanie",
            data={**form_fields(page, "/logowanie"), "user_name": f"guess{number}", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        ).status_code
        for number in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    with app.app_context():
        db.engine.dispose()


def test_the_demonstration_lists_its_accounts(client: CheckedClient) -> None:
    text = read(client.get("/logowanie").text)[0].text
    assert "demo-mlegitymacja" in text
    assert all(account.user_name in text and account.situation in text for account in ACCOUNTS)


@pytest.fixture
def university(settings: Settings) -> Iterator[CheckedClient]:
    """A browser at a real university's portal."""
    real = settings.model_copy(update={"demo": False, "public_url": "https://localhost"})
    app = create_app(real, check=False)
    app.testing = True
    yield CheckedClient(app)
    with app.app_context():
        db.engine.dispose()


def test_a_real_university_s_page_names_no_account(university: CheckedClient) -> None:
    text = university.get("/logowanie", base_url="https://localhost").text
    assert "demo" not in text
    assert not any(account.user_name in text for account in ACCOUNTS)


def test_a_password_manager_and_pasting_are_welcome(client: CheckedClient) -> None:
    client.get("/logowanie")
    fields = [one for one in client.checked_page.all("input") if one.get("type") != "hidden"]
    controls = {control.get("name"): control for control in fields}
    assert controls["user_name"].get("autocomplete") == "username"
    assert controls["password"].get("autocomplete") == "current-password"
    assert controls["password"].get("type") == "password"
    assert controls["password"].get("maxlength") is None


def test_signing_out_says_so_and_clears_the_browser_s_storage(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    answer = client.post_form(client.get("/konto"), "/wyloguj")
    assert (answer.status_code, answer.location) == (303, "/logowanie")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert "Wylogowano." in client.get("/logowanie").text
    assert client.get("/konto").status_code == 303


def test_signing_out_everywhere_reaches_other_browsers(
    app: Flask, client: CheckedClient, sign_in: SignIn
) -> None:
    office = make_office()
    sign_in(office)
    elsewhere = CheckedClient(app)
    elsewhere.post_form(
        elsewhere.get("/logowanie"), "/logowanie", user_name=office.user_name, password=PASSWORD
    )
    assert elsewhere.get("/konto").status_code == 200
    client.post_form(client.get("/konto"), "/wyloguj-wszedzie")
    assert elsewhere.get("/konto").status_code == 303
    assert client.get("/konto").status_code == 303


def test_signing_out_of_a_session_that_is_over_is_no_obstacle(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    page = client.get("/konto")
    expire(client)
    assert client.post_form(page, "/wyloguj").location == "/logowanie"
    old_tab = client.post("/wyloguj", data=form_fields(page, "/wyloguj"), headers=OURS)
    assert old_tab.location == "/logowanie"


def test_signing_out_needs_a_form(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    assert client.get("/wyloguj").status_code == 405
    assert client.get("/konto").status_code == 200


def test_a_fragment_without_a_session_sends_the_browser_to_sign_in(client: CheckedClient) -> None:
    answer = client.htmx("/konto", headers={"HX-Current-URL": "http://localhost/konto?x=1"})
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["HX-Redirect"] == "/logowanie?dalej=/konto?x%3D1"


def test_a_fragment_on_somebody_else_s_page_comes_back_to_ours(client: CheckedClient) -> None:
    answer = client.htmx("/konto", headers={"HX-Current-URL": "https://example.edu.pl/konto"})
    assert answer.headers["HX-Redirect"] == "/logowanie"


def typed(client: CheckedClient) -> dict[str, object]:
    token = form_fields(client.get("/konto"), "/wyloguj")["csrf_token"]
    return {
        "csrf_token": token,
        "reason": "ślubowanie „ustne” <1>",
        "student": ["a", "b"],
        "password": "tajne",
    }


def test_a_form_sent_too_late_survives_signing_in_again(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn
) -> None:
    office = make_office().user_name
    sign_in(office)
    form = typed(client)
    expire(client)
    asked = client.post("/notatki", data=form, headers=OURS)
    assert asked.status_code == 401
    back = client.post_form(asked, "/logowanie", user_name=office, password=PASSWORD)
    assert back.status_code == 200
    assert noted == []
    fields = [
        (field.get("name"), field.get("value"))
        for form_again in client.checked_page.all("form")
        if form_again.get("action") == "/notatki"
        for field in form_again.all("input")
    ]
    assert fields[1:] == [("reason", "ślubowanie „ustne” <1>"), ("student", "a"), ("student", "b")]
    client.post("/notatki", data={"csrf_token": fields[0][1], "reason": fields[1][1]}, headers=OURS)
    assert [sent["reason"] for sent in noted] == [["ślubowanie „ustne” <1>"]]


def test_a_form_sent_too_late_by_htmx_is_answered_in_place(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn
) -> None:
    office = make_office().user_name
    sign_in(office)
    form = typed(client)
    expire(client)
    asked = client.post("/notatki", data=form, headers=OURS_BY_HTMX)
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (401, "#messages")
    assert form_fields(asked, "/logowanie")["dalej"] == "/konto"
    back = client.post_form(asked, "/logowanie", user_name=office, password=PASSWORD)
    assert "ślubowanie „ustne” &lt;1&gt;" in back.text


def test_what_one_person_typed_is_never_shown_to_another(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn
) -> None:
    sign_in(make_office())
    other = make_account(role=Role.STAFF).user_name
    form = typed(client)
    expire(client)
    asked = client.post("/notatki", data=form, headers=OURS)
    back = client.post_form(asked, "/logowanie", user_name=other, password=PASSWORD)
    assert back.status_code == 303
    assert "ustne" not in client.get("/konto").text


@pytest.mark.parametrize("by_htmx", [False, True])
def test_what_a_signed_out_page_sends_is_given_to_nobody_else(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn, by_htmx: bool
) -> None:
    """Signing out in another tab takes the session from the browser; the page still knows whose it is."""
    office = make_office().user_name
    sign_in(office)
    form = typed(client)
    other = make_account(role=Role.STAFF).user_name
    for newcomer, shown in ((other, False), (office, True)):
        client.delete_cookie("session")
        asked = client.post("/notatki", data=form, headers=OURS_BY_HTMX if by_htmx else OURS)
        assert asked.status_code == 401
        assert "ustne" not in asked.text
        back = client.post_form(asked, "/logowanie", user_name=newcomer, password=PASSWORD)
        assert ("ustne" in back.text) is shown
        assert back.status_code == (200 if shown else 303)


@pytest.mark.parametrize("headers", [OURS, OURS_BY_HTMX])
def test_a_page_of_somebody_else_s_sends_nothing_and_offers_nothing_in_my_name(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn, headers: dict[str, str]
) -> None:
    sign_in(make_office())
    form = typed(client)
    sign_in(make_account(role=Role.STAFF))
    answer = client.post("/notatki", data=form, headers=headers)
    assert answer.status_code == 400
    assert noted == []
    assert "ustne" not in answer.text
    assert 'action="/notatki"' not in answer.text


def test_a_file_sent_too_late_is_asked_for_again_with_the_rest_filled_in(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn
) -> None:
    office = make_office().user_name
    sign_in(office)
    token = typed(client)["csrf_token"]
    expire(client)
    form = {"csrf_token": token, "until": "2027-03-31", "plik": (io.BytesIO(b"123"), "lista.csv")}
    asked = client.post("/notatki", data=form, headers=OURS)
    assert "wybierz plik jeszcze raz" in asked.text
    back = client.post_form(asked, "/logowanie", user_name=office, password=PASSWORD)
    assert "Pliku nie dało się zachować" in back.text
    assert "z tą samą treścią" not in back.text
    assert 'enctype="multipart/form-data"' in back.text
    assert form_fields(back, "/notatki")["until"] == "2027-03-31"


@pytest.mark.parametrize("size", [3, 1_100_000])
def test_a_file_alone_leads_back_to_its_form(
    noted: list[dict[str, list[str]]], client: CheckedClient, sign_in: SignIn, size: int
) -> None:
    office = make_office().user_name
    sign_in(office)
    token = typed(client)["csrf_token"]
    expire(client)
    parts = ('"csrf_token"', token), ('"plik"; filename="lista.csv"', "1" * size)
    body = "".join(
        f"--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{sent}\r\n" for name, sent in parts
    )
    asked = client.post(
        "/notatki",
        data=f"{body}--b--\r\n",
        content_type="multipart/form-data; boundary=b",
        headers={**OURS, "Referer": "http://localhost/konto"},
    )
    assert asked.status_code == 401
    assert "wybierz plik jeszcze raz" in asked.text
    back = client.post_form(asked, "/logowanie", user_name=office, password=PASSWORD)
    assert (back.status_code, back.location) == (303, "/konto")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_s_form_is_never_offered_here(
    noted: list[dict[str, list[str]]], client: CheckedClient, headers: dict[str, str]
) -> None:
    answer = client.post("/notatki", data={"reason": "foreign"}, headers=headers)
    assert answer.status_code == (403 if headers else 401)
    assert "foreign" not in answer.text
    assert 'name="kept" value=""' in answer.text or headers


def test_a_forged_kept_form_is_ignored(client: CheckedClient, database: SQLAlchemy) -> None:
    office = make_office().user_name
    answer = client.post_form(
        client.get("/logowanie"), "/logowanie", user_name=office, password=PASSWORD, kept="Zm9yZ2Vk.aAaAaA.x"
    )
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.text.count("forged") == 0


def test_a_sign_in_form_that_lost_its_token_comes_back_with_a_fresh_one(
    client: CheckedClient, database: SQLAlchemy
) -> None:
    office = make_office().user_name
    typed_in = {"user_name": office, "password": PASSWORD, "dalej": "/konto", "csrf_token": "old"}
    answer = client.post("/logowanie", data=typed_in, headers=OURS)
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
    again = client.post_form(answer, "/logowanie", password=PASSWORD)
    assert (again.status_code, again.location) == (303, "/konto")
