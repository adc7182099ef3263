"""Translated words in templates, with the reader's catalogue looked up once per request instead of once per word."""

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import get_domain


def register(app: Flask) -> None:
    """Let templates' `_()` and `ngettext()` use the request's catalogue."""
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]


def _gettext(words: str) -> str:
    return str(_catalogue().ugettext(words))


def _ngettext(one: str, many: str, count: int) -> str:
    return str(_catalogue().ungettext(one, many, count))


def _catalogue() -> NullTranslations:
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    found: NullTranslations = g.catalogue
    return found
