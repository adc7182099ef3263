"""Errors answer in plain words, with the right status, as a page or a fragment, and log ids only."""

import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from structlog.testing import capture_logs

from portal.extensions import db
from portal.views import security
from portal.views.errors import WORDS
from tests.browser import CheckedClient, form_fields
from tests.people import make_office, make_student

SignIn = Callable[..., CheckedClient]
SECRET = "72841712345"
PHOTO = "/mlegitymacja/zdjecie"


class Unforeseen(Exception):
    """What no handler knows."""


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with routes that fail in a given way: `/proba/<status>` and more."""

    @app.get("/proba/<int:status>")
    @security.public
    def fail(status: int) -> str:
        abort(status)

    @app.get("/proba/nieznane")
    @security.public
    def crash() -> str:
        raise Unforeseen(SECRET)

    @app.get("/proba/zajeta")
    @security.public
    def meet_a_lock() -> str:
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorname = "SQLITE_BUSY"
        raise OperationalError("SELECT", {"pesel": SECRET}, busy)

    @app.get("/proba/kolejka")
    @security.public
    def find_no_connection() -> str:
        raise NoFreeConnection("pool")

    @app.get("/proba/zapytanie")
    @security.public
    def ask_wrongly() -> str:
        db.session.execute(text("SELECT missing FROM nowhere"))
        return ""

    return app


@pytest.mark.parametrize("status", sorted(WORDS))
def test_every_error_has_a_page_and_a_fragment(failing: Flask, client: CheckedClient, status: int) -> None:
    page = client.get(f"/proba/{status}")
    assert page.status_code == status
    assert str(WORDS[status].title) in page.text
    fragment = client.htmx(f"/proba/{status}")
    assert fragment.status_code == status
    assert str(WORDS[status].advice) in fragment.text
    assert fragment.headers["HX-Retarget"] == "#messages"


@pytest.mark.parametrize(("status", "like"), [(410, 400), (418, 400), (501, 500), (504, 500)])
def test_a_rarer_status_is_kept_and_worded_like_its_kind(
    failing: Flask, client: CheckedClient, status: int, like: int
) -> None:
    answer = client.get(f"/proba/{status}")
    assert answer.status_code == status
    assert str(WORDS[like].title) in answer.text


def test_every_error_page_names_where_help_is(failing: Flask, client: CheckedClient) -> None:
    assert "pomoc@example.edu.pl" in client.get("/proba/404").text


def test_a_wrong_method_says_which_are_right(client: CheckedClient) -> None:
    answer = client.delete("/logowanie", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_failure_of_ours_gives_a_number_and_no_more(failing: Flask, client: CheckedClient) -> None:
    failing.testing = False
    with capture_logs() as lines:
        answer = client.get("/proba/nieznane")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert SECRET not in answer.text
    failed = lines[0]
    assert (failed["event"], failed["error"], failed["endpoint"]) == ("failed", "Unforeseen", "crash")
    assert failed["places"][-1].rpartition(":")[0] == __file__
    assert SECRET not in str(lines)


def test_a_failure_of_ours_writes_nothing_but_that_line(
    failing: Flask, client: CheckedClient, capfd: pytest.CaptureFixture[str]
) -> None:
    failing.testing = False
    with capture_logs():
        client.get("/proba/nieznane")
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize("path", ["/proba/zajeta", "/proba/kolejka"])
def test_a_busy_database_asks_to_come_again(failing: Flask, client: CheckedClient, path: str) -> None:
    with capture_logs() as lines:
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert [(line["event"], line["status"]) for line in lines] == [("refused", 503)]


def test_a_mistake_in_a_query_is_a_failure_of_ours(failing: Flask, client: CheckedClient) -> None:
    failing.testing = False
    assert client.get("/proba/zapytanie").status_code == 500


def test_a_database_that_is_gone_is_answered_without_it(
    app: Flask, client: CheckedClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(make_office())
    gone = sqlite3.OperationalError("unable to open database file")
    gone.sqlite_errorname = "SQLITE_CANTOPEN"

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, gone)

    monkeypatch.setattr(db.session, "execute", fail)
    assert client.get("/konto").status_code == 503
    assert client.get("/nie-ma-takiej").status_code == 503


def test_a_refusal_leaves_one_line_with_ids_only(client: CheckedClient, sign_in: SignIn) -> None:
    office = make_office()
    account_id = office.id
    sign_in(office)
    with capture_logs() as lines:
        client.get(f"/studenci/{SECRET}?pesel={SECRET}", headers={"User-Agent": SECRET, "Referer": SECRET})
    assert lines == [
        {
            "event": "refused",
            "log_level": "info",
            "status": 404,
            "endpoint": None,
            "method": "GET",
            "account": account_id,
        }
    ]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_whose_token_is_gone_comes_back_whole(
    client: CheckedClient, sign_in: SignIn, htmx: bool
) -> None:
    sign_in(make_office())
    headers = {"Sec-Fetch-Site": "same-origin", **({"HX-Request": "true"} if htmx else {})}
    old = form_fields(client.get("/konto"), "/wyloguj")["csrf_token"]
    with client.session_transaction() as session:  # as signing in anew in another tab leaves it
        session["csrf_token"] = f"another.{session['csrf_token'].partition('.')[2]}"
    typed = {"csrf_token": old, "reason": "<b>ważny</b>", "password": "tajne"}
    answer = client.post("/wyloguj-wszedzie", data=typed, headers=headers)
    assert answer.status_code == 400
    again = form_fields(answer, "/wyloguj-wszedzie")
    assert again.keys() == {"csrf_token", "reason"}
    assert again["reason"] == "<b>ważny</b>"
    assert client.get("/konto").status_code == 200
    assert client.post("/wyloguj-wszedzie", data=again, headers=headers).status_code == 303
    assert client.get("/konto").status_code == 303


def test_a_form_without_token_that_may_be_another_site_s_is_not_offered(
    client: CheckedClient, sign_in: SignIn
) -> None:
    sign_in(make_office())
    answer = client.post("/wyloguj-wszedzie", data={"reason": "foreign"})
    assert answer.status_code == 400
    assert "foreign" not in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_an_oversized_body_is_refused(client: CheckedClient, database: SQLAlchemy, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post("/logowanie", data={"user_name": "x" * 1_100_000}, headers=headers)
    assert answer.status_code == 413
    assert str(WORDS[413].title) in answer.text


@pytest.mark.parametrize(
    ("path", "size", "limit"),
    [("/haslo", 1_100_000, "Naraz można wysłać najwyżej 1 MB."), (PHOTO, 11_000_000, "najwyżej 10 MB")],
)
def test_too_much_is_told_with_its_limit_and_leads_back_to_the_form(
    client: CheckedClient, sign_in: SignIn, path: str, size: int, limit: str
) -> None:
    sign_in(make_student())
    answer = client.post(
        path,
        data=b"x" * size,
        content_type="multipart/form-data; boundary=b",
        headers={"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{PHOTO}"},
    )
    assert answer.status_code == 413
    assert limit in answer.text
    assert "Skróć tekst" not in answer.text
    assert any(link.get("href") == PHOTO for link in client.checked_page.all("a"))


def test_a_body_of_too_many_fields_is_refused(client: CheckedClient, database: SQLAlchemy) -> None:
    parts = {f"field{number}": "x" for number in range(1100)}
    answer = client.post("/logowanie", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413
