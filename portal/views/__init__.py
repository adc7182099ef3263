"""HTTP in, HTML out: every route names who may use it and leaves the work to `services`."""

from flask import Flask


def register(app: Flask) -> None:
    """Join all pages to `app`."""
