"""Translated words in templates, with the reader's catalogue looked up once per request instead of once per word.

Jinja's own `_()` goes through three functions more for every word; a page has thirty.
"""

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import get_domain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.texts import quantities

COUNTS = ("num", "count")


def register(app: Flask) -> None:
    """Let templates' `_()` and `ngettext()` use the request's catalogue, and set figures as its language does."""
    app.jinja_env.globals.update(_=_gettext, ngettext=_ngettext)
    app.jinja_env.filters["number"] = quantities.number


@pass_eval_context
def _gettext(place: EvalContext, words: str, **values: object) -> str:
    return _filled(place, _catalogue().ugettext(words), values)


@pass_eval_context
def _ngettext(place: EvalContext, one: str, many: str, num: int, **values: object) -> str:
    return _filled(place, _catalogue().ungettext(one, many, num), {"num": num, **values})


def _filled(place: EvalContext, words: str, values: dict[str, Any]) -> str:
    """`words` with `values` in their places, escaped where the template escapes; „%%” is a percent sign.

    How many of something there are is set like any other figure.
    """
    for name in COUNTS:
        if f"%({name})d" in words:
            words = words.replace(f"%({name})d", f"%({name})s")
            values = {**values, name: quantities.number(values[name])}
    said = Markup(words) if place.autoescape else words  # noqa: S704  (our own words)
    return said % values if "%" in words else said


def _catalogue() -> NullTranslations:
    found: NullTranslations | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_domain().get_translations()
    return found
