"""`flask portal …` where the instance is not ready, or none is named: help, the check, and why nothing else works."""

import copy
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from portal.cli import portal
from portal.cli_check import INSTANCE, REASON, check
from portal.extensions import babel


def unready_app(instance: Path | None, reason: str) -> Flask:
    """An application with nothing but the commands; those that need a ready instance say the `reason` instead.

    Without an `instance` the check does, too.
    """
    app = Flask("portal")
    app.extensions |= {INSTANCE: instance, REASON: reason}
    app.config.from_mapping(BABEL_DEFAULT_LOCALE="pl", BABEL_DEFAULT_TIMEZONE="Europe/Warsaw")
    babel.init_app(app)
    app.before_request(lambda: (f"{reason}\n", 503))  # should `flask run` serve it
    group = AppGroup("portal", help=portal.help)
    for command in portal.commands.values():
        group.add_command(command if command is check and instance else _refusing(command, reason))
    app.cli.add_command(group)
    return app


def _refusing(command: click.Command, reason: str) -> click.Command:
    refusing = copy.copy(command)
    refusing.callback = lambda **_: sys.exit(reason)
    return refusing
