"""`flask portal check` and `flask portal backup`: what the administrator asks for on the server."""

import os
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import DatabaseError

from portal import clock
from portal.database import tells_of_damage
from portal.keys import KEYS_FOLDER
from portal.services import self_check
from portal.services.backups import BackupFailed, backups_in
from portal.services.database_reach import Unreachable, has_tables
from portal.services.housekeeping import back_up, backup_directory, sqlite_file
from portal.services.self_check import Finding, Level, Subject
from portal.settings import SETTINGS_FILE, Settings, SettingsError, load_settings
from portal.settings_database import DATABASE_URL, check_works_with
from portal.texts import checks as check_texts
from portal.texts import house as house_texts
from portal.texts import policy as policy_texts

WIDTH = 100
MARKS = {Level.FINE: "  ok     ", Level.WARNING: "  uwaga  ", Level.PROBLEM: "  BŁĄD   "}
INSTANCE, REASON = "instance", "not_ready"


@click.command(
    "check", help="Sprawdza ustawienia i całą instancję; mówi zwykłymi słowami, jak portal działa."
)
def check() -> None:
    """Name every mistake in the settings; else say in words what they mean and what was found. Writes nothing.

    Ends with exit code 1 if there are mistakes or problems; warnings alone are no failure.
    """
    instance = Path(current_app.extensions.get(INSTANCE) or current_app.extensions["settings"].instance)
    try:
        settings = load_settings(instance)
    except SettingsError as mistakes:
        click.echo(f"Błędy w ustawieniach {instance / SETTINGS_FILE}:")
        for problem in mistakes.problems:
            _say("  •      ", problem)
        _say_what_ails_database(os.environ.get(DATABASE_URL))
        sys.exit(1)
    _print_words(settings)
    sys.exit(1 if _print_findings(settings) else 0)


@click.command(
    "backup", help="Robi teraz kopię bazy SQLite, sprawdza ją i usuwa najstarsze ponad liczbę z ustawień."
)
def backup() -> None:
    """Back the database up now."""
    settings: Settings = current_app.extensions["settings"]
    if sqlite_file(settings) is None:
        sys.exit("Kopie bazy PostgreSQL robi administrator: pg_dump.")
    try:
        made, gone = back_up(settings, at=clock.real_now())
    except BackupFailed as failed:
        sys.exit(house_texts.fault(failed.fault.value))
    click.echo(f"Kopia jest gotowa i sprawdzona: {made.path}")
    if gone:
        click.echo(f"Usunięto najstarsze: {gone}.")


def _say_what_ails_database(url: str | None) -> None:
    """Whether the database that the environment names answers; nothing if the settings' mistakes tell of it."""
    try:
        if url:
            check_works_with(url)
            has_tables(url)
    except ValueError:
        return
    except Unreachable as why:
        _say(MARKS[Level.PROBLEM], check_texts.unreachable(why))
    except DatabaseError as reason:
        damaged = Finding(Level.PROBLEM, Subject.DATABASE_DAMAGED, {"what": reason.orig})
        silent = f"Baza danych nie odpowiada: {reason.orig}"
        _say(MARKS[Level.PROBLEM], check_texts.finding(damaged) if tells_of_damage(reason) else silent)


def _print_words(settings: Settings) -> None:
    click.echo(f"Ustawienia {settings.instance / SETTINGS_FILE}: bez błędów.")
    for group in policy_texts.in_words(settings):
        click.echo(f"\n{group.title}")
        for line in group.lines:
            _say("  – ", line.words)


def _findings(settings: Settings) -> Iterable[Finding]:
    yield from self_check.look_at_settings(settings)
    yield from self_check.look_at_files(settings)
    yield from self_check.look_at_machine(settings)
    if REASON not in current_app.extensions:
        yield from self_check.look_at_database(settings)
        yield from self_check.look_at_backups(settings)


def _print_findings(settings: Settings) -> bool:
    """Whether there are problems."""
    click.echo("\nStan")
    problems = 0
    for found in _findings(settings):
        _say(MARKS[found.level], check_texts.finding(found))
        problems += found.level is Level.PROBLEM
    reason = current_app.extensions.get(REASON)
    if reason is not None and _never_started(settings):
        subject = Subject.NO_DATABASE_YET if sqlite_file(settings) else Subject.DATABASE_EMPTY
        _say(MARKS[Level.FINE], check_texts.finding(Finding(Level.FINE, subject)))
    elif reason is not None:
        _say(MARKS[Level.PROBLEM], reason)
        problems += 1
    return bool(problems)


def _never_started(settings: Settings) -> bool:
    """Whether nothing was ever here: a database that cannot be reached may hold everything."""
    if (settings.instance / KEYS_FOLDER).exists() or backups_in(backup_directory(settings)):
        return False
    try:
        return not has_tables(settings.database_url)
    except (Unreachable, DatabaseError):
        return False


def _say(mark: str, words: str) -> None:
    width = min(WIDTH, int(os.environ.get("COLUMNS", WIDTH)))
    click.echo(
        textwrap.fill(
            words, width, initial_indent=mark, subsequent_indent=" " * len(mark), break_long_words=False
        )
    )
