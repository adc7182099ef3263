"""Who may use which route, and what is asked of every request."""

import uuid
from collections.abc import Callable

import pytest
import structlog
import time_machine
from flask import Flask
from flask_login import current_user
from flask_sqlalchemy import SQLAlchemy
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from portal.models.accounts import Account, Role
from portal.views import security
from portal.views.security import Audience, RouteUnguarded, guard_of
from tests.browser import CheckedClient, form_fields
from tests.people import make_account, make_office
from tests.views.test_browser_session import is_signed_in

SignIn = Callable[..., CheckedClient]


@pytest.fixture
def trial(app: Flask) -> Flask:
    """The application with one route more for every audience."""

    def show() -> str:
        return f'<p id="trial">{getattr(current_user, "student_id", None) or ""}</p>'

    guards = (security.public, security.signed_in, security.student, security.staff, security.admin)
    for guard in guards:
        app.add_url_rule(f"/proba/{guard.__name__}", guard.__name__, guard(lambda: show()))
    app.add_url_rule("/proba/poll", "poll", security.student_poll(lambda: show()))
    return app


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    unguarded = [
        rule.rule for rule in app.url_map.iter_rules() if guard_of(app.view_functions[rule.endpoint]) is None
    ]
    assert unguarded == []


def test_only_these_routes_are_for_everybody(app: Flask) -> None:
    guards = {rule.rule: guard_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    public = {path for path, guard in guards.items() if guard and guard.audience is Audience.PUBLIC}
    in_demonstrations = {path for path in public if path.startswith("/demo/")}
    assert public - in_demonstrations == {
        "/logowanie",
        "/wyloguj",
        "/jezyk",
        "/healthz",
        "/static/<digest>/<name>",
    }


def test_a_route_without_a_guard_answers_nobody(app: Flask, client: CheckedClient) -> None:
    app.add_url_rule("/proba", "forgotten", lambda: "secret")
    with pytest.raises(RouteUnguarded, match="forgotten"):
        client.get("/proba")


@pytest.mark.parametrize("role", [*Role, None])
def test_every_audience_gets_its_routes_and_no_others(
    trial: Flask, client: CheckedClient, sign_in: SignIn, role: Role | None
) -> None:
    if role is not None:
        sign_in(make_account(role=role))
    paths = ("public", "signed_in", "student", "staff", "admin")
    admitted = {path for path in paths if client.htmx(f"/proba/{path}").status_code == 200}
    assert admitted == {"public", *(["signed_in", role.value] if role else [])}


def test_the_wrong_role_is_refused_and_nobody_is_asked_to_sign_in(
    trial: Flask, client: CheckedClient, sign_in: SignIn
) -> None:
    assert client.htmx("/proba/staff").status_code == 401
    sign_in(make_account(role=Role.ADMIN))
    assert client.htmx("/proba/staff").status_code == 403


def test_a_student_s_route_knows_the_student(trial: Flask, client: CheckedClient, sign_in: SignIn) -> None:
    account = make_account()
    sign_in(account)
    assert account.student_id is not None
    assert account.student_id in client.htmx("/proba/student").text


def test_a_poll_is_let_through_to_answer_for_itself(trial: Flask, client: CheckedClient) -> None:
    assert client.htmx("/proba/poll").status_code == 200


def test_every_request_has_an_id_of_our_own(client: CheckedClient) -> None:
    given = str(uuid.uuid4())
    ids = [client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(3)]
    assert len({given, *ids}) == 4
    assert all(str(uuid.UUID(request_id)) == request_id for request_id in ids)


def test_log_lines_carry_the_request_s_id(client: CheckedClient) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        request_id = client.get("/nie-ma-takiej").headers["X-Request-Id"]
    assert [line["request_id"] for line in lines] == [request_id]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "anything"])
def test_a_change_asked_for_by_another_site_is_refused(
    client: CheckedClient, sign_in: SignIn, site: str
) -> None:
    sign_in(make_office())
    token = form_fields(client.get("/konto"), "/wyloguj")
    answer = client.post("/wyloguj", data=token, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "origin", ["https://example.edu.pl", "null", "", "http://[", "http://localhost:81", "http://localhost.pl"]
)
def test_an_older_browser_s_origin_is_believed_as_well(
    client: CheckedClient, sign_in: SignIn, origin: str
) -> None:
    sign_in(make_office())
    token = form_fields(client.get("/konto"), "/wyloguj")
    assert client.post("/wyloguj", data=token, headers={"Origin": origin}).status_code == 403
    assert is_signed_in(client)


def test_a_change_asked_for_by_our_own_page_is_made(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    token = form_fields(client.get("/konto"), "/wyloguj")
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert client.post("/wyloguj", data=token, headers=headers).status_code == 303
    assert not is_signed_in(client)


def test_another_site_may_link_here(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    assert client.get("/konto", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("token", [None, "", "forged", "ImZvcmdlZCI.aAaAaA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_change_without_our_token_is_refused(
    client: CheckedClient, sign_in: SignIn, token: str | None
) -> None:
    sign_in(make_office())
    answer = client.post("/wyloguj", data={} if token is None else {"csrf_token": token})
    assert answer.status_code == 400
    assert is_signed_in(client)


def test_another_session_s_token_is_refused(app: Flask, client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    stranger = CheckedClient(app)
    token = form_fields(stranger.get("/logowanie"), "/logowanie")["csrf_token"]
    assert client.post("/wyloguj", data={"csrf_token": token}).status_code == 400
    assert is_signed_in(client)


def test_polling_keeps_no_session_alive(trial: Flask, client: CheckedClient, sign_in: SignIn) -> None:
    account = make_account()
    with time_machine.travel("2026-11-20 08:00:00Z", tick=False) as traveller:
        sign_in(account)
        for _ in range(7):
            traveller.shift(9 * 60)
            assert "Set-Cookie" not in client.htmx("/proba/poll").headers
        assert client.htmx("/proba/student").status_code == 401


def test_a_host_that_is_not_ours_is_answered_by_nothing(client: CheckedClient) -> None:
    answer: TestResponse = client.get("/logowanie", base_url="http://example.edu.pl")
    assert (answer.status_code, answer.text) == (400, "400\n")


def test_signing_in_and_out_leaves_log_lines_with_ids_only(
    client: CheckedClient, sign_in: SignIn, database: SQLAlchemy
) -> None:
    account: Account = make_account(role=Role.STAFF, user_name="kancelaria", display_name="Wanda Próbna")
    account_id = account.id
    with capture_logs() as lines:
        page = client.get("/logowanie")
        client.post_form(page, "/logowanie", user_name="kancelaria", password="wrong")
        sign_in(account)
        client.post_form(client.get("/konto"), "/wyloguj")
    assert [line["event"] for line in lines] == ["sign_in_refused", "signed_in", "signed_out"]
    assert lines[1]["account"] == account_id
    assert not any(word in str(lines) for word in ("kancelaria", "Wanda", "wrong"))
