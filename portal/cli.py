"""`flask portal …`: the administrator's commands."""

import sys
from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from portal import cli_check, cli_register, clock, words
from portal.models.accounts import Role
from portal.services import accounts, deployment, passwords
from portal.services.passwords import PasswordFault
from portal.settings import Settings

portal = AppGroup("portal", help="Polecenia administratora portalu.")
portal.add_command(cli_register.import_students)
portal.add_command(cli_check.check)
portal.add_command(cli_check.backup)


def register(app: Flask) -> None:
    """Make the commands known to `flask`."""
    app.cli.add_command(portal)


PASSWORD_FAULTS = {
    PasswordFault.TOO_SHORT: f"Hasło jest za krótkie: potrzeba co najmniej {passwords.MIN_LENGTH} znaków.",
    PasswordFault.TOO_LONG: f"Hasło jest za długie: może mieć najwyżej {passwords.MAX_LENGTH} znaków.",
    PasswordFault.COMMON: "To hasło łatwo zgadnąć: składa się z popularnych słów lub powtórzeń.",
    PasswordFault.SPEAKS_OF_ACCOUNT: "To hasło łatwo zgadnąć: składa się z nazwy konta, osoby lub uczelni.",
}


@portal.command("add-account", help="Dodaje konto dziekanatu albo administratora; pyta o hasło.")
@click.argument("name")
@click.option("--role", type=click.Choice([Role.STAFF.value, Role.ADMIN.value]), required=True)
@click.option("--display-name", help="Imię i nazwisko pokazywane po zalogowaniu (domyślnie NAME).")
@click.option("--panel", is_flag=True, help="Z prawem do przenoszenia zamówień do panelu ministerstwa.")
def add_account(name: str, role: str, display_name: str | None, panel: bool) -> None:
    """Add a local account of the dean's office or of an administrator; the password is asked for."""
    if panel and role != Role.STAFF.value:
        sys.exit("Panel ministerstwa obsługuje tylko dziekanat (--role staff).")
    settings: Settings = current_app.extensions["settings"]
    # Asked for, never an argument: those stand in the shell's history and in the list of processes.
    password = click.prompt("Hasło", hide_input=True, confirmation_prompt="Powtórz hasło")
    try:
        accounts.add_account(
            name,
            password,
            role=Role(role),
            display_name=display_name or name,
            university=settings.university.name,
            at=clock.real_now(),
            panel_operator=panel,
        )
    except passwords.PasswordRefused as refused:
        sys.exit(PASSWORD_FAULTS[refused.fault])
    except accounts.UserNameTaken:
        sys.exit(f"Konto „{name}” już istnieje.")
    except accounts.UserNameUnfit:
        sys.exit("Takiej nazwy nie da się wpisać przy logowaniu; wybierz inną (do 80 znaków).")
    click.echo(f"Konto „{name}” jest gotowe.")


@portal.command(
    "panel-operator", help="Daje lub odbiera prawo do przenoszenia zamówień do panelu ministerstwa."
)
@click.argument("name")
@click.option("--on/--off", "allowed", default=None, help="Dać czy odebrać; jedno z nich trzeba podać.")
def panel_operator(name: str, allowed: bool | None) -> None:
    """Give an account of the office the right to operate the ministry's panel, or take it away."""
    if allowed is None:
        raise click.UsageError("Podaj --on albo --off.")
    try:
        accounts.let_operate_panel(name, allowed=allowed, at=clock.real_now())
    except accounts.AccountUnknown:
        sys.exit(f"Dziekanat nie ma konta „{name}”.")
    click.echo(
        f"Konto „{name}” {'może obsługiwać panel' if allowed else 'nie może już obsługiwać panelu'} ministerstwa."
    )


@portal.command("move-calendar", help="Przesuwa naprzód kalendarz demonstracji.")
@click.option("--days", type=click.IntRange(1, 3660), required=True, help="O ile dni naprzód.")
def move_calendar(days: int) -> None:
    """Move the demonstration's calendar forward (a demonstration only)."""
    try:
        deployment.move_calendar(timedelta(days=days))
    except deployment.WrongKind:
        sys.exit("Kalendarz przesuwa się tylko w demonstracji.")
    click.echo(f"Kalendarz przesunięty o {days} dni naprzód.")


@portal.command("words", help="Wypisuje wszystkie słowa, które ludzie czytają w portalu – do korekty.")
def print_words() -> None:
    """Every text marked for translation, file by file with its lines, for one reading."""
    for file, spoken in words.by_file().items():
        click.echo(f"\n{file}")
        for line, text in spoken:
            click.echo(f"{line:>5}  {text}")
