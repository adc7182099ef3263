"""Pages travel with next to no indentation, and what people typed keeps its own."""

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from portal import words
from portal.views.unindented import INDENTATION, Unindented
from tests.browser import CheckedClient
from tests.people import make_student

KEEPS_ITS_LINES = re.compile(r"<(pre|textarea)\b[^>]*>(.*?)</\1>", re.DOTALL)


def test_no_line_of_a_page_is_indented_by_more_than_a_blank_or_two(client: CheckedClient) -> None:
    lines = client.get("/logowanie").text.splitlines()
    assert len(lines) > 50
    assert [line for line in lines if line.startswith(("   ", "\t"))] == []


def test_what_was_typed_keeps_its_indentation(sign_in: Callable[..., CheckedClient]) -> None:
    client, typed = sign_in(make_student()), "Tak:\n    Wanda\n\tPróbna"
    page = client.get("/mlegitymacja/blad-w-danych")
    refused = client.post_form(page, "/mlegitymacja/blad-w-danych", words=typed)
    assert refused.status_code == 422
    assert typed in refused.text


def test_other_templates_stay_as_they_are(app: Flask) -> None:
    (extension,) = (one for one in app.jinja_env.extensions.values() if isinstance(one, Unindented))
    assert extension.preprocess("  list", "mail/letter.txt") == "  list"
    assert extension.preprocess("  list", "mail/letter.html") == " list"


def test_words_stay_apart_where_a_tag_takes_the_end_of_its_line(app: Flask) -> None:
    page = app.jinja_env.from_string("<p>{% if True %}one{% endif %}\n   two</p>")
    assert page.render() == "<p>one   two</p>", "Jinja takes the end of the line"
    (extension,) = (one for one in app.jinja_env.extensions.values() if isinstance(one, Unindented))
    assert extension.preprocess("{% endif %}\n   two", "page.html") == "{% endif %}\n two"


def test_no_template_indents_lines_where_that_would_show() -> None:
    for file in (Path(words.PORTAL) / "templates").rglob("*.html"):
        for _tag, inside in KEEPS_ITS_LINES.findall(file.read_text(encoding="utf-8")):
            assert not INDENTATION.search(inside), file
