"""Pages travel compressed, but never at the bidding of another site."""

import gzip

import pytest
from flask import Flask

PAGE = "/logowanie"


def test_a_person_s_own_request_is_answered_compressed(app: Flask) -> None:
    client = app.test_client()
    plain = client.get(PAGE)
    packed = client.get(PAGE, headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": "none"})
    assert packed.content_encoding == "gzip"
    assert packed.content_length == len(packed.data) < len(plain.data) / 2
    assert "Zaloguj się" in gzip.decompress(packed.data).decode()


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_what_another_site_asks_for_has_no_compressed_length(app: Flask, site: dict[str, str]) -> None:
    answer = app.test_client().get(PAGE, headers={"Accept-Encoding": "gzip", **site})
    assert answer.content_encoding is None
    assert "Zaloguj się" in answer.text


def test_a_browser_that_cannot_unpack_gets_the_page_as_it_is(app: Flask) -> None:
    answer = app.test_client().get(PAGE, headers={"Sec-Fetch-Site": "none", "Accept-Encoding": "identity"})
    assert answer.content_encoding is None


def test_small_answers_and_other_kinds_stay_as_they_are(app: Flask) -> None:
    answer = app.test_client().get("/healthz", headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": "none"})
    assert answer.content_encoding is None
