"""The administrator's pages: axe-core finds nothing, everything fits small screens and fingers."""

import threading
from pathlib import Path

import pytest
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page

from jobs import keep_house
from portal.models.accounts import Role
from tests.people import PASSWORD, make_account
from tests.stories.looking import hold_to_everything


def visit(page: Page, live: str, path: str) -> Page:
    account = make_account(role=Role.ADMIN)
    page.goto(f"{live}/logowanie")
    page.get_by_label("Nazwa użytkownika").fill(account.user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.wait_for_url(f"{live}/admin")
    page.goto(f"{live}{path}")
    return page


@pytest.mark.parametrize("path", ["/admin", "/admin/ustawienia"])
def test_the_administrators_pages_are_accessible(
    database: SQLAlchemy, live: str, page: Page, path: str
) -> None:
    keep_house.run(threading.Event())
    hold_to_everything(visit(page, live, path))


def test_so_is_the_page_after_a_bad_night(
    database: SQLAlchemy, live: str, page: Page, instance: Path
) -> None:
    (instance / "backups").write_text("a file where the folder should be")
    with pytest.raises(keep_house.DutiesFailed):
        keep_house.run(threading.Event())
    hold_to_everything(visit(page, live, "/admin"))
