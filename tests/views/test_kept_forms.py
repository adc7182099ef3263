"""What was typed travels signed, for an hour, and only what fits."""

from datetime import UTC, datetime

import time_machine
from flask import Flask

from portal.models.accounts import Role
from portal.services.sessions import Visitor
from portal.views.kept_forms import KeptForm, present_form, seal, unseal

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
FORM = KeptForm("/notatki", [("reason", "ślubowanie"), ("student", "a"), ("student", "b")], "account-1")


def sealed(form: KeptForm) -> str:
    text = seal(form)
    assert text is not None
    return text


def visitor(account_id: str) -> Visitor:
    return Visitor(account_id, Role.STAFF, None, "kancelaria", "Wanda", "session")


def test_a_kept_form_is_the_same_afterwards(app: Flask) -> None:
    with app.app_context():
        assert unseal(sealed(FORM)) == FORM


def test_a_kept_form_keeps_for_an_hour(app: Flask) -> None:
    with app.app_context(), time_machine.travel(NOON, tick=False) as traveller:
        text = sealed(FORM)
        traveller.shift(3600)
        assert unseal(text) == FORM
        traveller.shift(2)
        assert unseal(text) is None


def test_a_form_nobody_signed_is_nothing(app: Flask) -> None:
    with app.app_context():
        text = sealed(FORM)
        for forged in ("", "x", text[:-1], text + "x", "x" + text):
            assert unseal(forged) is None


def test_a_form_too_long_to_travel_is_not_kept(app: Flask) -> None:
    long = "".join(chr(0x100 + number * 7919 % 20_000) for number in range(60_000))
    with app.app_context():
        assert seal(KeptForm("/notatki", [("reason", long)], None)) is None


def test_passwords_tokens_and_what_the_sign_in_form_carries_are_never_kept(app: Flask) -> None:
    form = {"csrf_token": "t", "password": "p", "kept": "k", "dalej": "d", "reason": "r"}
    with app.test_request_context("/notatki", method="POST", data=form):
        assert present_form() == KeptForm("/notatki", [("reason", "r")], None)


def test_a_kept_form_belongs_to_who_typed_it(app: Flask) -> None:
    assert FORM.belongs_to(visitor("account-1"))
    assert not FORM.belongs_to(visitor("account-2"))
    assert KeptForm("/notatki", [], None).belongs_to(visitor("account-2"))


def test_what_was_typed_is_not_in_a_kept_form_s_repr() -> None:
    assert "ślubowanie" not in repr(FORM)
