"""The health page."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from tests.browser import CheckedClient


def test_a_working_portal_is_healthy_and_sets_no_cookie(client: CheckedClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert "Set-Cookie" not in answer.headers


def test_a_portal_without_its_database_is_not(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "database unavailable\n")
