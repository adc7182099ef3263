"""The account page."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.models.accounts import Role
from tests.browser import CheckedClient
from tests.people import PASSWORD, make_account

SignIn = Callable[..., CheckedClient]


@pytest.mark.parametrize(
    ("role", "word"), [(Role.STUDENT, "student"), (Role.STAFF, "dziekanat"), (Role.ADMIN, "administrator")]
)
def test_an_account_page_says_who_is_signed_in(
    client: CheckedClient, sign_in: SignIn, role: Role, word: str
) -> None:
    account = make_account(role=role, user_name="wprobna", display_name="Wanda Próbna")
    sign_in(account)
    client.get("/konto")
    facts = [fact.text for fact in client.checked_page.all("dd")]
    assert facts == ["Wanda Próbna", "wprobna", word]


def test_an_account_page_lists_one_s_own_sessions_only(
    app: Flask, client: CheckedClient, sign_in: SignIn
) -> None:
    account, other = make_account(role=Role.STAFF), make_account(role=Role.STAFF)
    for name in (account.user_name, other.user_name):
        elsewhere = CheckedClient(app)
        elsewhere.post_form(elsewhere.get("/logowanie"), "/logowanie", user_name=name, password=PASSWORD)
    sign_in(account)
    client.get("/konto")
    devices = sorted([cell.text for cell in client.checked_page.all("td")][2::3])
    assert devices == ["na innym urządzeniu", "tutaj"]
