"""What was typed travels encrypted, for an hour, only as far as it fits, and to nobody but who typed it."""

import io
from base64 import b64decode
from datetime import UTC, datetime

import time_machine
from flask import Flask
from flask_wtf.csrf import generate_csrf

from portal.models.accounts import Role
from portal.services.sessions import Visitor
from portal.views.kept_forms import KeptForm, mark_forms_of, present_form, seal, sends_file, unseal

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
FORM = KeptForm("/notatki", [("reason", "ślubowanie"), ("student", "a"), ("student", "b")], "mark")


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
        assert seal(KeptForm("/notatki", [("reason", long)], "mark")) is None


def sent_from(app: Flask, owner: Visitor | None, **form: object) -> KeptForm | None:
    """What is kept of a form that stood on a page of `owner`, whatever the browser's cookie says by now."""
    with app.test_request_context("/logowanie"):
        if owner is not None:
            mark_forms_of(owner)
        token = generate_csrf()
    with app.test_request_context("/notatki", method="POST", data={"csrf_token": token, **form}):
        return present_form()


def test_passwords_tokens_and_what_the_sign_in_form_carries_are_never_kept(app: Flask) -> None:
    form = sent_from(app, visitor("account-1"), password="p", kept="k", dalej="d", reason="r")
    assert form is not None
    assert (form.path, form.fields, form.files) == ("/notatki", [("reason", "r")], [])


def test_a_kept_form_belongs_to_whom_its_page_was_made_for(app: Flask) -> None:
    form = sent_from(app, visitor("account-1"), reason="r")
    assert form is not None
    with app.app_context():
        assert form.belongs_to(visitor("account-1"))
        assert not form.belongs_to(visitor("account-2"))


def test_a_form_of_nobody_s_page_is_not_kept(app: Flask) -> None:
    assert sent_from(app, None, reason="r") is None
    with app.test_request_context("/notatki", method="POST", data={"csrf_token": "made up", "reason": "r"}):
        assert present_form() is None


def test_of_a_file_its_field_is_kept_but_nothing_that_speaks_of_it(app: Flask) -> None:
    form = sent_from(app, visitor("a"), photo=(io.BytesIO(b"picture"), "a.jpg"), left="10", reason="r")
    assert form is not None
    assert (form.fields, form.files) == ([("reason", "r")], ["photo"])


def test_a_form_too_large_to_be_read_is_not_kept(app: Flask) -> None:
    kind = "multipart/form-data; boundary=b"
    with app.test_request_context("/notatki", method="POST", data=b"x" * 1_100_000, content_type=kind):
        assert present_form() is None
        assert sends_file()


def test_nobody_reads_a_kept_form_on_its_way(app: Flask) -> None:
    with app.app_context():
        text = sealed(FORM)
        assert b"notatki" not in b64decode(text)


def test_what_was_typed_is_not_in_a_kept_form_s_repr() -> None:
    assert "ślubowanie" not in repr(FORM)
