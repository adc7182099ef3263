"""Pages with one blank for the indentation of their templates: more says nothing to a browser and travels each time."""

import re

from flask import Flask
from jinja2.ext import Extension

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Shortens the indentation of HTML templates as they are loaded; what they are filled with stays as it is.

    One blank is left: where a tag of Jinja takes the end of its line away, it still keeps words apart.

    Where indentation would show, in `pre` and `textarea`, no template has any of its own.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with one blank where its lines began with several."""
        return INDENTATION.sub(" ", source) if name is not None and name.endswith(".html") else source


def register(app: Flask) -> None:
    """Let `app` load its templates so; before it loads the first."""
    app.jinja_env.add_extension(Unindented)
