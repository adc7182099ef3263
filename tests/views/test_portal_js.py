"""What pages do in a real browser beyond plain HTML: htmx under the strict policy, and portal.js."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import ConsoleMessage, Page, Route, expect

from portal import clock
from portal.services.accounts import disable_account
from portal.services.sessions import sign_out_everywhere
from portal.views import security
from tests.people import PASSWORD, make_office

TRIAL = """
{% extends "base.html" %}
{% block title %}Próba{% endblock %}
{% block heading %}Próba{% endblock %}
{% block content %}
<section id="trial" data-hx-get="{{ url_for('count') }}" data-hx-trigger="every 1s, poll-now" data-hx-swap="outerHTML">
  0
</section>
<form action="{{ url_for('refuse') }}" method="post" data-hx-post="{{ url_for('refuse') }}" data-hx-target="#trial">
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  <input type="hidden" name="reason" value="ślubowanie">
  <button type="submit">Wyślij</button>
</form>
{% endblock %}
"""
COUNTED = (
    '<section id="trial" data-hx-get="/proba/licznik" data-hx-trigger="every 1s, poll-now" '
    'data-hx-swap="outerHTML">{}</section>'
)
HIDE = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
SHOW = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def counted(app: Flask) -> list[int]:
    """A page of the office's that polls a counter and has a form that is always refused."""
    counts: list[int] = []

    @app.get("/proba")
    @security.staff
    def trial() -> str:
        return render_template_string(TRIAL)

    @app.get("/proba/licznik")
    @security.staff
    def count() -> str:
        counts.append(len(counts) + 1)
        return COUNTED.format(counts[-1])

    @app.post("/proba/odmowa")
    @security.admin
    def refuse() -> str:
        return ""

    return counts


@pytest.fixture
def trial_page(counted: list[int], database: SQLAlchemy, live: str, page: Page) -> Iterator[Page]:
    """That page in a browser, signed in; at the end the console must have stayed clean."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium itself reports every answer of 400 and more; what we look for are broken policies and scripts.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live}/logowanie?dalej=/proba")
    page.get_by_label("Nazwa użytkownika").fill(make_office().user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Próba")
    yield page
    assert [text for text in complaints if "Response Status Error" not in text] == []


def test_a_fragment_is_polled_and_replaced(trial_page: Page) -> None:
    expect(trial_page.locator("#trial")).to_have_text("2", timeout=10_000)


def test_a_hidden_tab_asks_nothing_and_asks_at_once_when_it_is_back(
    trial_page: Page, counted: list[int]
) -> None:
    expect(trial_page.locator("#trial")).to_have_text("1", timeout=10_000)
    trial_page.evaluate(HIDE)
    trial_page.wait_for_timeout(300)  # whatever was on its way
    before = len(counted)
    trial_page.wait_for_timeout(2500)
    assert len(counted) == before
    trial_page.evaluate(SHOW)
    expect(trial_page.locator("#trial")).to_have_text(str(before + 1))


def test_a_refusal_is_told_in_the_page_and_the_rest_stays(trial_page: Page) -> None:
    trial_page.get_by_role("button", name="Wyślij").click()
    messages = trial_page.locator("#messages")
    expect(messages.get_by_role("heading")).to_have_text("Nie masz dostępu do tej strony")
    assert messages.get_attribute("role") == "status"
    expect(trial_page.locator("#trial")).to_be_visible()


def test_a_form_sent_after_the_session_ended_asks_to_sign_in_within_the_page(trial_page: Page) -> None:
    trial_page.evaluate(HIDE)  # the poll must not be the first to notice
    sign_out_everywhere(make_office().id, clock.real_now())
    trial_page.get_by_role("button", name="Wyślij").click()
    trial_page.get_by_label("Nazwa użytkownika").fill("dziekanat")
    trial_page.get_by_label("Hasło").fill(PASSWORD)
    trial_page.get_by_role("button", name="Zaloguj się").click()
    expect(trial_page.get_by_role("heading", level=1)).to_have_text("Jesteś z powrotem")
    assert trial_page.locator("input[name=reason]").input_value() == "ślubowanie"


def test_a_poll_after_the_session_ended_goes_to_the_sign_in_page_and_back(
    trial_page: Page, live: str
) -> None:
    disable_account(make_office().id, at=clock.real_now())
    expect(trial_page.get_by_role("heading", level=1)).to_have_text("Zaloguj się", timeout=10_000)
    assert trial_page.url == f"{live}/logowanie?dalej=/proba"


def test_a_gateway_s_error_page_never_lands_in_ours(trial_page: Page) -> None:
    def answer_as_a_gateway(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")

    trial_page.route("**/proba/licznik", answer_as_a_gateway)
    lost = trial_page.locator("#connection-lost")
    expect(lost).to_contain_text("Brak połączenia, ponawiam.", timeout=10_000)
    assert "Bad Gateway" not in trial_page.content()
    trial_page.unroute("**/proba/licznik")
    expect(lost).to_be_empty(timeout=10_000)


def test_nothing_of_a_page_stays_in_the_browser_s_storage(trial_page: Page) -> None:
    kept = trial_page.evaluate("Object.entries({...localStorage, ...sessionStorage})")
    assert kept == [["htmx-current-path-for-history", "/proba"]]
