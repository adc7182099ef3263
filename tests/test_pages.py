"""The checks of pages themselves: each finds what it is there for."""

import pytest
from flask import Flask

from tests.pages import check_fragment, check_page, read

PAGE = (
    '<!doctype html><html lang="pl"><head><meta name="viewport" content="width=device-width"><title>Tytuł</title>'
    '</head><body><main id="main"><h1>Nagłówek</h1>{}</main></body></html>'
)


def test_a_page_as_the_house_writes_them_passes(app: Flask) -> None:
    form = (
        '<form action="/logowanie" method="post"><input type="hidden" name="csrf_token" value="x">'
        '<label for="a">A</label><input id="a" name="a"><button type="submit">Wyślij</button></form>'
    )
    link = (
        '<a href="/konto">Konto</a> <a href="mailto:pomoc@example.edu.pl">Pomoc</a> <a href="#main">Treść</a>'
    )
    check_page(PAGE.format(form + link), app)


@pytest.mark.parametrize(
    "content",
    [
        "<h1>Drugi</h1>",
        '<p id="x"></p><p id="x"></p>',
        '<p style="color: red"></p>',
        '<p onclick="go()"></p>',
        '<p data-hx-on:click="go()"></p>',
        '<p hx-get="/konto"></p>',
        "<script>go()</script>",
        "<style>p {}</style>",
        '<a href="javascript:go()">x</a>',
        '<a href="/nie-ma-takiej">x</a>',
        '<a href="konto">x</a>',
        '<a href="http://example.edu.pl/">x</a>',
        '<a href="//example.edu.pl/">x</a>',
        '<p data-hx-post="/konto"></p>',
        '<form action="/wyloguj" method="get"><button type="submit">x</button></form>',
        '<form method="get"><button type="submit">x</button></form>',
        '<form action="/wyloguj" method="post"><button type="submit">x</button></form>',
        '<form action="/konto" method="get"><input type="hidden" name="csrf_token" value="x"></form>',
        '<form action="/konto" method="get"><input name="a"></form>',
        "<button>x</button>",
        '<p aria-labelledby="nobody"></p>',
        '<label for="nobody">x</label>',
        "<p><b></p></b>",
        "<div>",
        '<p id="a" id="b"></p>',
    ],
)
def test_a_page_that_breaks_a_rule_is_found(app: Flask, content: str) -> None:
    with pytest.raises(AssertionError):
        check_page(PAGE.format(content), app)


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("<!doctype html>", ""),
        (' lang="pl"', ""),
        ("<title>Tytuł</title>", ""),
        ("<title>Tytuł</title>", "<title> </title>"),
        ("<h1>Nagłówek</h1>", ""),
        ('<main id="main">', '<div id="main">'),
    ],
)
def test_a_page_that_lacks_something_is_found(app: Flask, part: str, instead: str) -> None:
    page = PAGE.format("").replace(part, instead)
    with pytest.raises(AssertionError):
        check_page(page, app)


@pytest.mark.parametrize(
    "fragment",
    ["", "tekst", "<p>bez id</p>", '<p id="a"></p><p id="b"></p>', '<p id="a"></p>tekst', PAGE.format("")],
)
def test_what_is_no_fragment_is_found(app: Flask, fragment: str) -> None:
    with pytest.raises(AssertionError):
        check_fragment(fragment, app)


def test_the_text_of_an_element_is_read_in_order() -> None:
    root, _ = read("<p>Planowana  data:\n <b>31.03.2027</b></p>")
    assert root.text == "Planowana data: 31.03.2027"
