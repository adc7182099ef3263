"""Nobody is sent to somebody else's site."""

import pytest
from flask import Flask

from portal.views.addresses import local_path


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/konto", "/konto"),
        ("/konto?x=1", "/konto?x=1"),
        ("/konto#sessions", "/konto"),
        ("http://localhost/konto", "/konto"),
        ("https://localhost/konto?x=1", "/konto?x=1"),
    ],
)
def test_a_page_of_ours_is_a_path(app: Flask, address: str, path: str) -> None:
    with app.test_request_context("/"):
        assert local_path(address) == path


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "konto",
        "//example.edu.pl/konto",
        "///example.edu.pl/konto",
        "/\\example.edu.pl/konto",
        "\\\\example.edu.pl/konto",
        "/\t/example.edu.pl/konto",
        "/konto\r\nSet-Cookie: a=b",
        " /konto",
        "http://example.edu.pl/konto",
        "http://localhost.example.edu.pl/konto",
        "http://localhost:81/konto",
        "http://localhost@example.edu.pl/konto",
        "http:/konto",
        "javascript:alert(1)",
        "http://[/konto",
        "/nie-ma-takiej",
        "/wyloguj",
        "/%2f/example.edu.pl",
    ],
)
def test_anything_else_is_nobody_s_page(app: Flask, address: str | None) -> None:
    with app.test_request_context("/"):
        assert local_path(address) is None
