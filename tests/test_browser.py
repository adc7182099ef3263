"""The tests' browser itself: it finds what it is there for."""

import pytest
from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy

from portal.database import transaction
from portal.models.accounts import Account
from portal.views import security
from tests.browser import CheckedClient, form_fields
from tests.people import make_office


def test_a_get_that_writes_is_found(app: Flask, client: CheckedClient) -> None:
    @app.get("/proba")
    @security.public
    def write() -> str:
        with transaction():
            return ""

    with pytest.raises(AssertionError, match="write writes on a GET"):
        client.get("/proba")


def test_an_answer_without_the_headers_is_found(app: Flask, client: CheckedClient) -> None:
    app.after_request_funcs[None].clear()
    with pytest.raises(AssertionError, match="lacks"):
        client.get("/healthz")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_for_a_fragment_and_a_fragment_for_a_page_are_found(
    app: Flask, client: CheckedClient, htmx: bool
) -> None:
    @app.get("/proba")
    @security.public
    def mistake() -> str:
        return render_template_string('{% extends "base.html" %}') if htmx else '<p id="proba"></p>'

    with pytest.raises(AssertionError, match="a fragment is no page" if htmx else "a page begins with"):
        client.htmx("/proba") if htmx else client.get("/proba")


def test_only_fields_the_form_has_can_be_typed(client: CheckedClient) -> None:
    with pytest.raises(AssertionError, match="the form offers"):
        client.post_form(client.get("/logowanie"), "/logowanie", pesel="1")


def test_a_test_sees_what_a_request_wrote(app: Flask, client: CheckedClient, database: SQLAlchemy) -> None:
    office = make_office()
    office_id = office.id

    @app.post("/proba")
    @security.public
    def rename() -> str:
        with transaction() as session:
            session.get_one(Account, office_id).display_name = "inna"
        return ""

    token = form_fields(client.get("/logowanie"), "/logowanie")["csrf_token"]
    client.post("/proba", data={"csrf_token": token})
    assert office.display_name == "inna"
