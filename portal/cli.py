"""`flask portal …`: the administrator's commands."""

import sys
from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from portal.services import deployment
from portal.settings import Settings

portal = AppGroup("portal", help="Polecenia administratora portalu.")


def register(app: Flask) -> None:
    """Make the commands known to `flask`."""
    app.cli.add_command(portal)


@portal.command("init")
def init() -> None:
    """Prepare the database, or bring it up to this version."""
    settings: Settings = current_app.extensions["settings"]
    try:
        deployment.prepare_database(demo=settings.demo)
    except deployment.WrongKind as kind:
        sys.exit(f"Ta instancja zawiera inne dane ({kind}); wskaż inny katalog instancji.")
    click.echo("Baza danych jest gotowa.")


@portal.command("move-calendar")
@click.option("--days", type=click.IntRange(1, 3660), required=True, help="O ile dni naprzód.")
def move_calendar(days: int) -> None:
    """Move the demonstration's calendar forward (a demonstration only)."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.demo:
        sys.exit("Kalendarz przesuwa się tylko w demonstracji.")
    deployment.move_calendar(timedelta(days=days))
    click.echo(f"Kalendarz przesunięty o {days} dni naprzód.")
