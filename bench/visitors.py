"""Students who are signed in and wait for their orders: what their browsers hold."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.models.accounts import Account
from portal.models.orders import Order
from portal.rules.language import Language
from portal.services import ordering, standing
from portal.services.sessions import hash_of, open_session
from tests.people import make_account


@dataclass(frozen=True)
class Waiting:
    """One browser: its cookie, the mark of what its page shows, and the seconds until it asks again."""

    cookie: str
    mark: str
    interval: int


def waiting_students(app: Flask, count: int, placed_at: Callable[[int], datetime]) -> list[Waiting]:
    """New students, each with an order placed at `placed_at(number)` that nobody forwards."""
    policy = app.extensions["settings"].policy
    account_ids, order_ids = [], []
    for _ in range(count):
        account = make_account()
        account_ids.append(account.id)
        order_ids.append(
            ordering.place_order(str(account.student_id), policy, actor="bench", at=clock.now()).id
        )
    with transaction() as session:
        for number, order_id in enumerate(order_ids):
            session.get_one(Order, order_id).placed_at = placed_at(number)
        accounts = session.scalars(select(Account).where(Account.id.in_(account_ids)))
        visitors = [open_session(account, timedelta(hours=2), clock.real_now()) for account in accounts]
    return [_browser(app, visitor.session_id) for visitor in visitors]


def _browser(app: Flask, session_id: str) -> Waiting:
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    seen = standing.glance(hash_of(session_id), Language.POLISH, at=clock.now())
    assert signer is not None
    assert seen is not None
    assert seen.interval is not None
    value = signer.dumps(
        {
            "_user_id": session_id,
            "seen": int(clock.real_now().timestamp()),
            "csrf_token": secrets.token_hex(20),  # as after the first page
        }
    )
    return Waiting(f"{app.config['SESSION_COOKIE_NAME']}={value}", seen.mark, seen.interval)
