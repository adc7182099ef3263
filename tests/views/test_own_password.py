"""Choosing a password: after a slip before anything else, later at will."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.accounts import Account, SignInSession
from portal.models.journal import JournalEntry
from portal.services import passwords
from portal.services.slips import issue_slips
from portal.views.security import Audience, guard_of
from tests.browser import CheckedClient
from tests.people import PASSWORD, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
FRESH = "trzy żółte kajaki na Wiśle"


def account_with_slip() -> tuple[Account, str]:
    account = make_account(make_student())
    (slip,) = issue_slips([account.id], at=clock.real_now(), actor=make_office().id)
    return account, slip.password


def change(client: CheckedClient, present: str, fresh: str, again: str | None = None) -> int:
    answer = client.post_form(
        client.get("/haslo"), "/haslo", password=present, new_password=fresh, again=again or fresh
    )
    return answer.status_code


def test_a_slip_opens_nothing_but_the_choice_of_a_password(app: Flask, sign_in: SignIn) -> None:
    account, slip = account_with_slip()
    client = sign_in(account, slip)
    free = {"/haslo", "/logowanie", "/healthz"}
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        assert guard is not None
        if guard.audience is Audience.PUBLIC or rule.rule in free or guard.poll or rule.arguments:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(rule.rule, method=method)
        assert (answer.status_code, answer.location) == (303, "/haslo"), rule.rule


def test_a_slip_sees_no_polled_fragment_either(sign_in: SignIn) -> None:
    account, slip = account_with_slip()
    client = sign_in(account, slip)

    answer = client.htmx("/mlegitymacja/status")

    assert "Zaloguj się, aby zobaczyć status" in answer.text


def test_a_fragment_asked_for_with_a_slip_sends_the_browser_to_the_choice(sign_in: SignIn) -> None:
    account, slip = account_with_slip()
    client = sign_in(account, slip)

    answer = client.post("/mlegitymacja/zamowienia", headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == "/haslo"


def test_with_a_password_of_their_own_everything_opens(sign_in: SignIn) -> None:
    account, slip = account_with_slip()
    client = sign_in(account, slip)
    assert "Hasło z kartki" in client.get("/haslo").text

    assert change(client, slip, FRESH) == 303

    assert client.get("/mlegitymacja").status_code == 200
    db.session.expire_all()
    assert (account.must_change_password, account.password_expires_at) == (False, None)
    sign_in(account, FRESH)


def test_whoever_signed_in_with_a_slip_may_sign_out(sign_in: SignIn) -> None:
    account, slip = account_with_slip()
    client = sign_in(account, slip)

    assert client.post_form(client.get("/haslo"), "/wyloguj").status_code == 303
    assert client.get("/haslo").status_code == 303


def test_a_changed_password_signs_other_browsers_out_and_keeps_this_one(app: Flask, sign_in: SignIn) -> None:
    office = make_office()
    elsewhere = CheckedClient(app)
    elsewhere.post_form(
        elsewhere.get("/logowanie"), "/logowanie", user_name=office.user_name, password=PASSWORD
    )
    client = sign_in(office)
    kept = client.get_cookie("session")
    assert kept is not None

    assert change(client, PASSWORD, FRESH) == 303

    assert client.get("/konto").status_code == 200
    assert elsewhere.get("/konto").status_code == 303
    client.set_cookie("session", kept.value)
    assert client.get("/konto").status_code == 303
    live = db.session.scalars(select(SignInSession).where(SignInSession.ended_at.is_(None))).all()
    assert len(live) == 1


def test_the_change_is_in_the_journal_without_the_password(sign_in: SignIn) -> None:
    office = make_office()
    client = sign_in(office)
    change(client, PASSWORD, FRESH)

    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "password_changed")).one()
    assert (entry.actor_id, entry.subject_id, entry.details) == (office.id, office.id, {})


@pytest.mark.parametrize(
    ("present", "fresh", "again", "words"),
    [
        ("nie to hasło, niestety", FRESH, None, "Obecne hasło się nie zgadza."),
        (PASSWORD, "kr&tkie!", None, "Nowe hasło jest za krótkie"),
        (PASSWORD, "a" * 129, None, "Nowe hasło jest za długie"),
        (PASSWORD, "haslohaslohaslo123", None, "łatwo zgadnąć"),
        (PASSWORD, FRESH, "co innego zupełnie", "różnią się"),
        (PASSWORD, PASSWORD, None, "takie samo jak obecne"),
    ],
)
def test_a_change_that_cannot_be_made_says_why_and_changes_nothing(
    sign_in: SignIn, present: str, fresh: str, again: str | None, words: str
) -> None:
    office = make_office()
    before = office.password_hash
    client = sign_in(office)

    answer = client.post_form(
        client.get("/haslo"), "/haslo", password=present, new_password=fresh, again=again or fresh
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert fresh not in answer.text
    db.session.expire_all()
    assert office.password_hash == before


def test_guessing_the_present_password_is_slowed_down_like_signing_in(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    codes = [change(client, f"zgaduję po raz {number}", FRESH) for number in range(9)]

    assert codes == [422] * 8 + [429]
    assert change(client, PASSWORD, FRESH) == 429


def test_passwords_of_an_unsent_form_are_kept_nowhere(client: CheckedClient, sign_in: SignIn) -> None:
    sign_in(make_office())
    client.get("/haslo")
    client.delete_cookie("session")

    answer = client.post(
        "/haslo",
        data={"password": PASSWORD, "new_password": FRESH, "again": FRESH},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 401
    assert FRESH not in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.usefixtures("database")
def test_a_password_by_slip_is_as_slow_to_guess_as_any() -> None:
    account, _slip = account_with_slip()
    db.session.expire_all()
    assert account.password_hash.startswith("$argon2id$")
    assert not passwords.needs_rehash(account.password_hash)


def test_while_guesses_are_refused_the_right_one_is_not_told_either(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_account(make_student()))
    for _ in range(app.extensions["settings"].security.sign_in_attempts):
        assert change(client, "nie to hasło, na pewno", FRESH) == 422
    assert change(client, "nie to hasło, na pewno", "nie to hasło, na pewno") == 429
    assert change(client, PASSWORD, PASSWORD) == 429


def test_by_slip_the_words_speak_of_the_slip_and_of_what_to_type_again(sign_in: SignIn) -> None:
    account, on_slip = account_with_slip()
    client = sign_in(account, on_slip)
    wrong = client.post_form(
        client.get("/haslo"), "/haslo", password="nie to hasło", new_password=FRESH, again=FRESH
    )
    assert "Hasło z kartki się nie zgadza." in wrong.text
    assert "wpisz jeszcze raz hasło z kartki i dwa razy nowe" in wrong.text
    assert "Obecne hasło" not in wrong.text
    client.post_form(wrong, "/haslo", password=on_slip, new_password=FRESH, again=FRESH)
    page = client.get("/konto").text
    assert "Hasło zostało ustalone." in page
    assert "wylogowanie" not in page


def test_whoever_changes_a_password_is_told_what_to_type_again_and_who_is_signed_out(
    sign_in: SignIn,
) -> None:
    client = sign_in(make_office())
    refused = client.post_form(
        client.get("/haslo"), "/haslo", password=PASSWORD, new_password=FRESH, again="x"
    )
    assert "wpisz jeszcze raz obecne i dwa razy nowe" in refused.text
    client.post_form(refused, "/haslo", password=PASSWORD, new_password=FRESH, again=FRESH)
    assert "Na innych urządzeniach nastąpiło wylogowanie." in client.get("/konto").text
