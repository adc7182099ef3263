"""The administrator's commands."""

from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from portal import clock
from portal.cli import PASSWORD_FAULTS
from portal.database import transaction
from portal.models.accounts import Account, Role
from portal.models.journal import Deployment, JournalEntry
from portal.services.passwords import PasswordFault

PASSWORD = "wieczorem-pada-deszcz"


def add_account(app: Flask, *arguments: str, password: str = PASSWORD) -> Result:
    command = ["portal", "add-account", *arguments]
    return app.test_cli_runner().invoke(args=command, input=f"{password}\n{password}\n")


def test_an_account_is_added_with_the_password_that_is_asked_for(app: Flask, database: SQLAlchemy) -> None:
    done = add_account(app, "Kancelaria", "--role", "staff", "--display-name", "Wanda Próbna")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    account = database.session.scalars(select(Account)).one()
    assert (account.user_name, account.display_name, account.role) == (
        "kancelaria",
        "Wanda Próbna",
        Role.STAFF,
    )


def test_a_password_is_never_an_argument(app: Flask) -> None:
    assert add_account(app, "kancelaria", "--role", "staff", "--password", PASSWORD).exit_code == 2


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("kancelaria", "krótkie", PASSWORD_FAULTS[PasswordFault.TOO_SHORT]),
        ("kancelaria", "demo-mlegitymacja", PASSWORD_FAULTS[PasswordFault.COMMON]),
        ("kancelaria", "kancelaria-kancelaria", PASSWORD_FAULTS[PasswordFault.SPEAKS_OF_ACCOUNT]),
        ("kancelaria", "x" * 129, PASSWORD_FAULTS[PasswordFault.TOO_LONG]),
        ("x" * 81, PASSWORD, "Takiej nazwy nie da się wpisać przy logowaniu"),
    ],
)
def test_what_cannot_be_added_is_explained(
    app: Flask, database: SQLAlchemy, name: str, password: str, said: str
) -> None:
    done = add_account(app, name, "--role", "admin", password=password)
    assert done.exit_code == 1
    assert said in done.output
    assert database.session.scalars(select(Account)).all() == []


def test_a_user_name_is_given_once(app: Flask, database: SQLAlchemy) -> None:
    assert add_account(app, "kancelaria", "--role", "admin").exit_code == 0
    again = add_account(app, "kancelaria", "--role", "staff")
    assert (again.exit_code, "już istnieje" in again.output) == (1, True)
    assert database.session.scalars(select(Account)).one().role is Role.ADMIN


def test_students_get_no_account_here(app: Flask) -> None:
    assert add_account(app, "700001", "--role", "student").exit_code == 2


def test_every_fault_of_a_password_has_its_words() -> None:
    assert set(PASSWORD_FAULTS) == set(PasswordFault)


def test_a_demonstrations_calendar_moves_forward(app: Flask, database: SQLAlchemy) -> None:
    done = app.test_cli_runner().invoke(args=["portal", "move-calendar", "--days", "7"])
    assert (done.exit_code, done.output) == (0, "Kalendarz przesunięty o 7 dni naprzód.\n")
    assert clock.now() - clock.real_now() > timedelta(days=6)


def test_a_universitys_calendar_does_not_move(app: Flask, database: SQLAlchemy) -> None:
    with transaction() as session:
        session.get_one(Deployment, 1).demo = False
    done = app.test_cli_runner().invoke(args=["portal", "move-calendar", "--days", "7"])
    assert done.exit_code == 1
    assert "tylko w demonstracji" in done.output
    assert clock.now() - clock.real_now() < timedelta(days=1)


def test_the_right_to_the_panel_comes_with_the_account_or_later_and_goes_again(
    app: Flask, database: SQLAlchemy
) -> None:
    def may() -> bool:
        database.session.rollback()
        return database.session.scalars(select(Account.panel_operator)).one()

    assert add_account(app, "kancelaria", "--role", "staff", "--panel").exit_code == 0
    assert may()
    for switch, allowed, said in (
        ("--off", False, "Konto „Kancelaria” nie może już obsługiwać panelu ministerstwa.\n"),
        ("--on", True, "Konto „Kancelaria” może obsługiwać panel ministerstwa.\n"),
        ("--on", True, "Konto „Kancelaria” może obsługiwać panel ministerstwa.\n"),
    ):
        done = app.test_cli_runner().invoke(args=["portal", "panel-operator", "Kancelaria", switch])
        assert (done.exit_code, may()) == (0, allowed)
        assert done.output == said
    kept = database.session.scalars(select(JournalEntry.act).order_by(JournalEntry.at)).all()
    assert [act for act in kept if act.startswith("panel_right")] == [
        "panel_right_given",
        "panel_right_taken",
        "panel_right_given",
    ]


def test_the_right_to_the_panel_is_for_the_office_alone(app: Flask, database: SQLAlchemy) -> None:
    refused = add_account(app, "szefowa", "--role", "admin", "--panel")
    assert (refused.exit_code, "obsługuje tylko dziekanat" in refused.output) == (1, True)
    assert add_account(app, "szefowa", "--role", "admin").exit_code == 0
    for name in ("szefowa", "nikt"):
        done = app.test_cli_runner().invoke(args=["portal", "panel-operator", name, "--on"])
        assert (done.exit_code, done.output) == (1, f"Dziekanat nie ma konta „{name}”.\n")
    assert app.test_cli_runner().invoke(args=["portal", "panel-operator", "szefowa"]).exit_code == 2
