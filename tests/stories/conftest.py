"""A whole demonstration (web, jobs, sandbox: real processes) and a browser to live through it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, ConsoleMessage, Page

from portal.demo.accounts import PASSWORD
from tests import people
from tests.chromium import launch_arguments
from tests.launcher.running import Portal, started

PATIENCE_MS = 60_000


@dataclass
class Demonstration:
    """The running demonstration; `ministry` talks to the sandbox beside it."""

    portal: Portal

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.portal.port}"

    @property
    def ministry_url(self) -> str:
        return f"http://127.0.0.1:{self.portal.port + 1}"

    def ministry(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """One request to the sandbox: status and JSON."""
        request = urllib.request.Request(
            f"{self.ministry_url}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One demonstration for the stories of a module; the sandbox works quickly."""
    launch_arguments()  # without a browser there is nothing to start for
    instance: Path = tmp_path_factory.mktemp("story") / "demo"
    with started(instance, "--demo") as portal:
        portal.wait_until_it_serves()
        demonstration = Demonstration(portal)
        demonstration.ministry("PUT", "/control", {"processing_seconds": 1})
        yield demonstration
        assert portal.stop() in {0, 130}


@pytest.fixture
def visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """A fresh browser window that watches for errors on the console."""
    context = browser.new_context(base_url=demonstration.url, locale="pl-PL", timezone_id="Europe/Warsaw")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def another(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """Somebody else's browser: the office's, or the phone."""
    context = browser.new_context(base_url=demonstration.url, locale="pl-PL", timezone_id="Europe/Warsaw")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def is_complaint(message: ConsoleMessage) -> bool:
    """An error on the console; that a rule refused something (422) is an answer, not an error."""
    return message.type == "error" and "status of 422" not in message.text


def sign_in(page: Page, user_name: str) -> None:
    """Through the form, as a person does."""
    page.goto("/logowanie")
    page.get_by_label("Nazwa użytkownika").fill(user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj").click()


@pytest.fixture
def office(app: Flask, database: SQLAlchemy, live: str, page: Page) -> Iterator[Page]:
    """The office's browser, on its first page; whatever it complains about fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", note)
    page.goto(f"{live}/logowanie")
    page.get_by_label("Nazwa użytkownika").fill(people.make_office().user_name)
    page.get_by_label("Hasło").fill(people.PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.wait_for_url(f"{live}/dziekanat")
    yield page
    assert [words for words in complaints if "status of 4" not in words] == []
