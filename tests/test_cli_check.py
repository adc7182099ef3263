"""`flask portal check` and `backup`: what the administrator is told, also when nothing works yet."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from portal import clock
from portal.cli import portal
from portal.preparation import prepare
from portal.services import accounts, backups, self_check
from portal.services.self_check import Finding, Level, Subject
from portal.settings import Settings, load_settings
from portal.settings_groups import Connector
from tests.databases import PostgresServer
from tests.launcher.running import ROOT, university
from tests.people import make_office, make_student

MISTAKEN = """
public_url = "http://mlegitymacja.example.edu.pl"
[university]
name = ""
[policy]
basis = "plastic"
codes_lifetime_days = 0
[mail]
password = "tajne-haslo"
"""
FILE = """
public_url = "https://mlegitymacja.example.edu.pl"
demo = true
[university]
name = "Akademia Przykładowa"
[policy]
basis = "els"
"""


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    """Settings that stand in a file, which the command reads."""
    (instance / "portal.toml").write_text(FILE, encoding="utf-8")
    (instance / "portal.toml").chmod(0o600)
    return load_settings(instance)


def flask(instance: Path | None, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The real command in a process of its own."""
    outside: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_"))
    }
    named = {} if instance is None else {"PORTAL_INSTANCE": str(instance)}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "portal", *command],
        cwd=ROOT,
        env={**outside, **named, "COLUMNS": "1000", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check(app: Flask) -> tuple[int, str]:
    done = app.test_cli_runner(env={"COLUMNS": "1000"}).invoke(args=["portal", "check"])
    return done.exit_code, done.output


def subjects(findings: Iterable[Finding]) -> set[Subject]:
    return {one.subject for one in findings}


def test_every_mistake_is_named_at_once_and_no_value_that_may_be_secret(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text(MISTAKEN, encoding="utf-8")
    done = flask(instance, "check")
    assert done.returncode == 1
    for place in ("public_url", "university.name", "policy.basis", "mail.password"):
        assert f"•      {place}" in done.stdout
    assert "tajne" not in done.stdout + done.stderr
    assert not (instance / "keys").exists()


def test_before_the_first_start_the_settings_are_checked_and_nothing_is_made(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    done = flask(instance, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Bazy danych jeszcze nie ma" in done.stdout
    assert "Akademia Przykładowa" in done.stdout
    assert [path.name for path in instance.iterdir()] == ["portal.toml"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://portal:tajne@db.example.edu.pl/portal", "DATABASE_URL: z bazą mysql://portal:***@db"),
        (
            "postgresql+psycopg://portal:tajne@127.0.0.1:1/portal",
            "BŁĄD   Nie można połączyć się z bazą danych",
        ),
        (
            "sqlite:////nowhere/portal.sqlite",
            "BŁĄD   Nie można połączyć się z bazą danych: nie ma katalogu /nowhere",
        ),
    ],
)
def test_before_the_first_start_a_database_that_cannot_be_used_is_a_problem(
    tmp_path: Path, url: str, words: str
) -> None:
    done = flask(university(tmp_path / "instance"), "check", DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (1, "")
    assert words in done.stdout
    assert "tajne" not in done.stdout


@pytest.mark.parametrize("content", [None, MISTAKEN, "[mail"])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "mysql://portal:tajne@db.example.edu.pl/portal",
            "•      DATABASE_URL: z bazą mysql://portal:***@db",
        ),
        (
            "postgresql+psycopg://portal:tajne@127.0.0.1:1/portal",
            "BŁĄD   Nie można połączyć się z bazą danych",
        ),
        (f"sqlite:///{ROOT / 'README.md'}", "BŁĄD   Baza danych jest uszkodzona"),
    ],
)
def test_whatever_ails_the_file_the_environment_and_its_database_are_looked_at(
    tmp_path: Path, content: str | None, url: str, words: str
) -> None:
    if content is not None:
        (tmp_path / "portal.toml").write_text(content, encoding="utf-8")
    done = flask(tmp_path, "check", DATABASE_URL=url, PORTAL_MINISTRY__TOKN="tajne")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"Błędy w ustawieniach {tmp_path / 'portal.toml'}" in done.stdout
    assert "•      ministry.tokn (PORTAL_MINISTRY__TOKN): nieznana nazwa" in done.stdout
    assert done.stdout.count(words) == 1
    assert ("brak pliku" in done.stdout) is (content is None)
    assert "tajne" not in done.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"portal.toml"}


def test_a_database_that_somebody_holds_locked_is_not_taken_for_damaged(tmp_path: Path) -> None:
    file = tmp_path / "portal.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE students (id)")
        holder.execute("BEGIN EXCLUSIVE")
        done = flask(tmp_path, "check", DATABASE_URL=f"sqlite:///{file}")
    assert (done.returncode, done.stderr) == (1, "")
    assert "BŁĄD   Baza danych nie odpowiada: database is locked" in done.stdout
    assert "uszkodzona" not in done.stdout


def test_a_database_that_answers_is_no_problem_beside_a_mistaken_file(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    (tmp_path / "portal.toml").write_text(MISTAKEN, encoding="utf-8")
    done = flask(tmp_path, "check", DATABASE_URL=postgres.url())
    assert done.returncode == 1
    assert "BŁĄD" not in done.stdout


def test_before_the_first_start_an_empty_postgresql_database_is_fine(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    done = flask(university(tmp_path / "instance"), "check", DATABASE_URL=postgres.url())
    assert (done.returncode, done.stderr) == (0, "")
    assert "ok     Baza danych odpowiada i jest pusta" in done.stdout


def test_a_misspelt_variable_is_a_mistake(tmp_path: Path) -> None:
    done = flask(university(tmp_path / "instance"), "check", PORTAL_MINSTRY__TOKEN_FILE="tajne")
    assert done.returncode == 1
    assert "•      PORTAL_MINSTRY__TOKEN_FILE: nieznana zmienna środowiska" in done.stdout
    assert "tajne" not in done.stdout


@pytest.mark.parametrize("command", [[], ["check"], ["add-account"], ["backup"]])
def test_help_needs_no_instance(command: list[str]) -> None:
    done = flask(None, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = portal.commands.keys() if not command else {"--help"}
    assert [name for name in listed if name not in done.stdout] == []


@pytest.mark.parametrize("command", [["check"], ["backup"], ["add-account", "kancelaria", "--role", "staff"]])
def test_without_an_instance_a_command_asks_for_one(command: list[str]) -> None:
    done = flask(None, *command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Ustaw PORTAL_INSTANCE" in done.stderr


def test_other_commands_say_why_they_do_not_work_yet(tmp_path: Path) -> None:
    done = flask(university(tmp_path / "instance"), "backup")
    assert done.returncode == 1
    assert "Nie ma pliku kluczy" in done.stderr


def test_keys_lost_beside_a_database_are_a_problem(instance: Path, settings: Settings) -> None:
    (instance / "keys").rename(instance / "elsewhere")
    done = flask(instance, "check")
    assert done.returncode == 1
    assert "Nie ma pliku kluczy" in done.stdout


@pytest.mark.parametrize("page", [2, 10, 60])
def test_a_page_overwritten_is_told_in_polish(tmp_path: Path, page: int) -> None:
    instance = university(tmp_path / "instance")
    prepare(instance, demo=False)
    with (instance / "portal.sqlite").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    done = flask(instance, "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert "BŁĄD   Baza danych jest uszkodzona" in done.stdout
    assert "docs/operations.md" in done.stdout


def test_rows_that_cannot_be_read_are_damage_even_if_the_look_through_found_none(
    app: Flask, database: SQLAlchemy, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root,) = database.session.execute(
        database.text("SELECT rootpage FROM sqlite_master WHERE name = 'job_runs'")
    ).one()
    database.session.remove()
    database.engine.dispose()
    with (instance / "portal.sqlite").open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(bytes(4096))
    monkeypatch.setattr(backups, "check_live", lambda *_, **__: [])
    code, said = check(app)
    assert code == 1
    assert "Baza danych jest uszkodzona (database disk image is malformed)" in said


def test_a_database_lost_beside_its_backups_is_a_problem_and_no_first_start(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    prepare(instance, demo=False)
    backups.make_backup(instance / "portal.sqlite", instance / "backups", at=clock.real_now())
    (instance / "portal.sqlite").unlink()
    for _ in range(2):
        done = flask(instance, "check")
        assert (done.returncode, done.stderr) == (1, "")
        assert "Odtwórz ją z kopii" in done.stdout
        assert "powstanie przy pierwszym uruchomieniu" not in done.stdout
        if (instance / "keys").exists():
            (instance / "keys").rename(instance / "elsewhere")


def test_a_panel_that_nobody_may_operate_is_noticed(database: SQLAlchemy, settings: Settings) -> None:
    by_panel = settings.model_copy(
        update={"ministry": settings.ministry.model_copy(update={"connector": Connector.PANEL})}
    )
    assert Subject.NOBODY_AT_PANEL in subjects(self_check.look_at_database(by_panel))
    assert Subject.NOBODY_AT_PANEL not in subjects(self_check.look_at_database(settings))
    accounts.let_operate_panel(make_office().user_name, allowed=True, at=clock.real_now())
    assert Subject.NOBODY_AT_PANEL not in subjects(self_check.look_at_database(by_panel))


def test_a_sound_instance_is_told_so_in_words(app: Flask, database: SQLAlchemy) -> None:
    make_student()
    code, said = check(app)
    assert code == 0
    assert "mLegitymację można zamówić, gdy student ma plastikową legitymację" in said
    assert "Kolejną – od razu po przedłużeniu" in said
    assert "ok     Baza danych jest spójna i we właściwej wersji." in said
    assert "uwaga  Zadania w tle jeszcze nigdy nie działały." in said


def test_keys_others_may_read_are_a_problem(app: Flask, database: SQLAlchemy, instance: Path) -> None:
    (instance / "keys" / "index.key").chmod(0o640)
    code, said = check(app)
    assert code == 1
    assert "BŁĄD   Plik" in said
    assert "index.key" in said


def test_keys_of_another_instance_are_a_problem(app: Flask, database: SQLAlchemy, instance: Path) -> None:
    make_student()
    app.extensions["keyring"] = type(app.extensions["keyring"])(
        sealing={1: bytes(32)}, index=app.extensions["keyring"].index
    )
    database.session.expire_all()
    code, said = check(app)
    assert (code, "Klucze nie pasują do bazy" in said) == (1, True)


def test_a_damaged_database_is_a_problem(app: Flask, database: SQLAlchemy, instance: Path) -> None:
    database.session.execute(database.text("SELECT 1"))
    student = make_student()
    with database.engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA query_only=OFF")
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM students WHERE id = ?", (student.id,))
        raw.execute("PRAGMA foreign_keys=ON")
    code, said = check(app)
    assert code == 1
    assert "foreign_key_check: enrolments" in said


def test_a_backup_is_made_on_demand_and_the_oldest_go(
    app: Flask, database: SQLAlchemy, instance: Path
) -> None:
    folder = instance / "backups"
    for days in range(20):
        backups.make_backup(
            instance / "portal.sqlite", folder, at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
        )
    done = app.test_cli_runner().invoke(args=["portal", "backup"])
    assert done.exit_code == 0
    assert "Usunięto najstarsze: 7." in done.output
    assert len(backups.backups_in(folder)) == 14


def test_a_backup_that_fails_says_why(app: Flask, database: SQLAlchemy, instance: Path) -> None:
    (instance / "backups").write_text("a file where the folder should be")
    done = app.test_cli_runner().invoke(args=["portal", "backup"])
    assert done.exit_code == 1
    assert "Nie udało się zapisać pliku" in done.output


def test_a_database_with_orphans_is_still_backed_up_and_no_older_backup_goes(
    app: Flask, database: SQLAlchemy, instance: Path
) -> None:
    file, folder = instance / "portal.sqlite", instance / "backups"
    for days in range(20):
        backups.make_backup(file, folder, at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))
    with database.engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA query_only=OFF")
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO mail_choices (student_id, kind, wanted) VALUES ('nobody', 'ready', 1)")
        raw.execute("PRAGMA foreign_keys=ON")
    done = app.test_cli_runner().invoke(args=["portal", "backup"])
    assert done.exit_code == 0
    assert "Usunięto" not in done.output
    assert len(backups.backups_in(folder)) == 21


def test_backups_are_looked_at(app: Flask, database: SQLAlchemy, instance: Path, settings: Settings) -> None:
    def found(**options: bool) -> dict[Subject, Finding]:
        return {one.subject: one for one in self_check.look_at_backups(settings, **options)}

    assert found().keys() == {Subject.NO_BACKUP}
    now = clock.real_now()
    backups.make_backup(instance / "portal.sqlite", instance / "backups", at=now - timedelta(days=2))
    assert found().keys() == {Subject.BACKUP_OLD, Subject.BACKUPS_BESIDE}
    fresh = backups.make_backup(instance / "portal.sqlite", instance / "backups", at=now)
    assert found()[Subject.BACKUP_FINE].level is Level.FINE
    fresh.path.write_bytes(fresh.path.read_bytes()[:5000])
    assert found()[Subject.BACKUP_DAMAGED].level is Level.PROBLEM
    assert found(thorough=False).keys() == {Subject.BACKUP_FINE}


def test_settings_that_leave_something_out_are_noticed(settings: Settings) -> None:
    assert subjects(self_check.look_at_settings(settings)) == {
        Subject.MINISTRY_NOT_CONNECTED,
        Subject.NO_MAIL_SERVER,
        Subject.PROXY_UNKNOWN,
    }
