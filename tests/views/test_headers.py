"""The headers of every answer. That they are on every one, the checked client sees to in all tests."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal import create_app
from portal.extensions import db
from portal.settings import Settings
from tests.browser import CheckedClient


@pytest.fixture
def over_tls(settings: Settings) -> Iterator[Flask]:
    """The same instance, reached over TLS."""
    app = create_app(settings.model_copy(update={"public_url": "https://localhost"}), check=False)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


def test_nothing_inline_nothing_foreign_and_nobody_s_frame(client: CheckedClient) -> None:
    policy = client.get("/logowanie").headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_a_page_is_never_stored(client: CheckedClient) -> None:
    for path in ("/logowanie", "/nie-ma-takiej", "/healthz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_over_tls_browsers_are_told_to_stay_there(over_tls: Flask) -> None:
    answer = CheckedClient(over_tls).get("/logowanie", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_without_tls_nothing_is_said_about_it(client: CheckedClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/logowanie").headers


def test_over_tls_the_cookie_belongs_to_this_host_alone(over_tls: Flask) -> None:
    cookie = CheckedClient(over_tls).get("/logowanie", base_url="https://localhost").headers["Set-Cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


def test_without_tls_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: CheckedClient) -> None:
    cookie = client.get("/logowanie").headers["Set-Cookie"]
    assert sorted(cookie.split("; ")[1:]) == ["HttpOnly", "Path=/", "SameSite=Lax"]
