"""The imitated phone: its start screen and its cards. Adding and renewing, step by step, are in phone_steps.py.

Every screen has an address of its own, which carries the phone's name: several phones live side by side.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import phones, register
from sandbox.clock import day_of
from sandbox.pages import page_blueprint
from sandbox.storage import Storage, read_control

blueprint = page_blueprint("telefon", "/telefon")


@blueprint.get("")
def first() -> AnyResponse:
    return redirect(url_for(".home", phone=phones.FIRST))


@blueprint.post("")
def add_phone() -> AnyResponse:
    """Put another phone beside the others."""
    with settled() as (db, _):
        name = phones.new_phone(db)
    return redirect(url_for(".home", phone=name), 303)


@blueprint.get("/<phone>")
def home(phone: str) -> str:
    """The start screen: the cards on this phone."""
    with settled() as (db, at):
        cards = [(card, phones.standing_of(card, at)) for card in phones.cards_on(db, phone)]
    return screen("phone/home.html", phone, cards=cards)


@blueprint.get("/<phone>/dokumenty")
def documents(phone: str) -> str:
    """What may be added."""
    return screen("phone/documents.html", phone)


@blueprint.get("/<phone>/karta/<int:number>")
def card(phone: str, number: int) -> str:
    """The card itself."""
    with settled() as (db, at):
        row = card_on(db, phone, number)
        standing, age = phones.standing_of(row, at), phones.age_on(row["birth_date"], at)
    university = current_app.extensions["sandbox_university"]
    return screen("phone/card.html", phone, card=row, standing=standing, age=age, university=university)


@blueprint.get("/<phone>/karta/<int:number>/zdjecie")
def photo(phone: str, number: int) -> Response:
    with settled() as (db, _):
        row = card_on(db, phone, number)
    return Response(row["photo"], mimetype=row["photo_media_type"])


@blueprint.get("/<phone>/karta/<int:number>/wiecej")
def more(phone: str, number: int) -> str:
    """What can be done with the card."""
    with settled() as (db, at):
        row = card_on(db, phone, number)
        standing = phones.standing_of(row, at)
    return screen("phone/more.html", phone, card=row, standing=standing)


@blueprint.post("/<phone>/karta/<int:number>/usun")
def put_away(phone: str, number: int) -> AnyResponse:
    """Take the card off this phone's screen."""
    with settled() as (db, _):
        phones.put_away(db, card_on(db, phone, number))
    return redirect(url_for(".home", phone=phone), 303)


@contextmanager
def settled() -> Iterator[tuple[sqlite3.Connection, float]]:
    """A transaction, the register brought up to the moment that comes with it."""
    storage: Storage = current_app.extensions["sandbox_storage"]
    with storage.transaction() as db:
        control = read_control(db)
        at = control.now()
        register.settle(db, control, at)
        yield db, at


def card_on(db: sqlite3.Connection, phone: str, number: int) -> sqlite3.Row:
    """The card; where this phone does not show it (any more), the request is led to the start screen."""
    row = phones.card_on(db, phone, number)
    if row is None:
        abort(redirect(url_for("telefon.home", phone=phone), 303))
    return row


def screen(template: str, phone: str, **shown: object) -> str:
    """One screen of the phone in its frame, with the other phones beside it."""
    with settled() as (db, at):
        beside = phones.phones(db, phone)
        ahead = read_control(db).calendar_ahead_seconds
    moved_to = day_of(at).isoformat() if ahead else None
    return render_template(
        template, phone=phone, phones=beside, label_of=phones.label_of, moved_to=moved_to, **shown
    )
