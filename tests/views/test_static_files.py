"""Static files: kept for good under their hash, gone under any other."""

import gzip

from flask import Flask

from portal.views.static_files import static_url
from tests.browser import CheckedClient


def address(app: Flask, name: str) -> str:
    with app.test_request_context("/"):
        return static_url(name)


def test_a_static_file_may_be_kept_for_good(app: Flask, client: CheckedClient) -> None:
    answer = client.get(address(app, "portal.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_browser_that_unpacks_gets_the_packed_form_of_the_same_bytes(
    app: Flask, client: CheckedClient
) -> None:
    url = address(app, "htmx-2.0.11.min.js")
    plain = client.get(url)
    packed = client.get(url, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2


def test_an_address_never_changes_its_content(app: Flask, client: CheckedClient) -> None:
    url = address(app, "portal.css")
    _, _, digest, name = url.split("/")
    for wrong in (
        f"/static/{'0' * len(digest)}/{name}",
        f"/static/{digest}/portal.js",
        f"/static/{digest}/../keys",
    ):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


def test_licences_and_hidden_files_are_not_served(app: Flask) -> None:
    served = set(app.extensions["static_files"])
    assert {"htmx-2.0.11.min.js", "portal.css", "portal.js", "office.css"} <= served
    assert {name.rpartition(".")[2] for name in served} == {"css", "js"}, (
        "licence texts and the like stay inside"
    )
