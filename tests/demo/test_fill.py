from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from portal import clock
from portal.clock import OFFICE_ZONE
from portal.demo import fill_demo
from portal.demo.accounts import ACCOUNTS, PASSWORD
from portal.demo.fill import invent
from portal.demo.ministry_side import SandboxSilent, seed_sandbox
from portal.demo.orders import AtSandbox
from portal.demo.presence import NotADemonstration
from portal.extensions import db
from portal.ministry.http import HttpMinistry
from portal.ministry.port import RequestState
from portal.models.accounts import Account
from portal.models.cards import CardExtension, ElsCard
from portal.models.ministry_calls import Attempt
from portal.models.orders import Order
from portal.models.people import Enrolment, Photo, Student
from portal.rules.eligibility import Assessment
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import OrderRefusal
from portal.services import passwords
from portal.services.order_contents import assess_student
from portal.services.register import facts_of
from portal.services.standing import Glance, Standing, standing_of
from portal.settings import Settings
from tests.demo.conftest import Filled
from tests.invariants import broken_promises
from tests.ministry_server import TOKEN, SandboxServer, free_port
from tests.people import POLICY

TABLES = (Account, Student, Photo, Enrolment, ElsCard, CardExtension, Order, Attempt)


def _counts() -> dict[str, int | None]:
    return {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) for table in TABLES
    }


def _student(user_name: str) -> Student:
    found = db.session.scalar(select(Student).join(Account).where(Account.user_name == user_name))
    assert found is not None
    return found


def _standing(user_name: str, at: datetime) -> Standing:
    seen = Glance("", _student(user_name).id, mark="", interval=None, ministry_down_since=None)
    return standing_of(seen, POLICY, repeatable=True, at=at)


def _answer(user_name: str, at: datetime) -> Assessment:
    return assess_student(_student(user_name), POLICY, at)


def test_everything_is_written_and_no_promise_about_orders_is_broken(filled: Filled) -> None:
    orders = db.session.scalars(select(Order.id)).all()
    assert len(orders) > 80
    assert broken_promises(orders, filled.sandbox.ledger()) == []


def test_everybody_has_an_account_with_the_demonstrations_password(filled: Filled) -> None:
    accounts = {account.user_name: account for account in db.session.scalars(select(Account))}
    assert len(accounts) == len(ACCOUNTS) + 300
    for told in ACCOUNTS:
        account = accounts[told.user_name]
        assert account.role == told.role
        assert (account.student_id is None) == (told.role != "student")
    hashes = {account.password_hash for account in accounts.values()}
    assert len(hashes) == 1
    assert passwords.verify(hashes.pop(), PASSWORD)


def test_the_database_tells_the_rules_the_same_as_the_invention_did(filled: Filled) -> None:
    invented, _ = invent(filled.begun_at, POLICY)
    rows = {row.id: row for row in db.session.scalars(select(Student))}
    assert len(rows) == len(invented)
    for student in invented:
        facts, told = facts_of(rows[student.id]), student.facts(filled.begun_at)
        assert sorted(facts.enrolments, key=lambda one: one.id) == sorted(
            told.enrolments, key=lambda one: one.id
        )
        assert set(facts.extensions) == set(told.extensions)
        assert (facts.card, facts.photo) == (told.card, told.photo)
        assert (facts.has_pesel, facts.has_album_number) == (told.has_pesel, told.has_album_number)
        assert facts.personal_data_changed_on == told.personal_data_changed_on


def test_sealed_pesels_open_to_what_was_invented(filled: Filled) -> None:
    invented, _ = invent(filled.begun_at, POLICY)
    rows = {row.id: row for row in db.session.scalars(select(Student))}
    assert [rows[one.id].pesel for one in invented] == [one.pesel for one in invented]


@pytest.mark.parametrize(
    ("user_name", "open_status", "last_end", "refusal"),
    [
        ("100001", None, None, None),
        ("100002", None, None, OrderRefusal.CONDITIONS_UNMET),
        ("100005", OrderStatus.READY, None, OrderRefusal.CODES_WAITING),
        ("100006", None, None, None),
        ("100011", None, OrderStatus.CODES_EXPIRED, None),
        ("100012", None, OrderStatus.ERROR, None),
        ("bez-albumu", None, None, OrderRefusal.CONDITIONS_UNMET),
    ],
)
def test_each_account_stands_where_its_situation_says(
    filled: Filled,
    user_name: str,
    open_status: OrderStatus | None,
    last_end: OrderStatus | None,
    refusal: OrderRefusal | None,
) -> None:
    standing = _standing(user_name, filled.done_at)
    assert (standing.open_order and standing.open_order.status) == open_status
    assert (standing.news and standing.news.status) == last_end
    assert _answer(user_name, filled.done_at).refusal is refusal
    assert not standing.behind_withdrawal
    assert not standing.data_changed


def test_waiting_codes_open_the_card_at_the_sandbox(filled: Filled) -> None:
    standing = _standing("100005", filled.done_at)
    order = standing.open_order
    assert order is not None
    assert standing.codes_live
    ministry = HttpMinistry(filled.sandbox.url, deadline=20, token=TOKEN)
    report = ministry.look_up([order.id])[order.id]
    ministry.close()
    assert report.state is RequestState.READY
    assert report.codes is not None
    assert (report.codes.qr_payload, report.codes.activation_code) == (
        order.qr_payload,
        order.activation_code,
    )
    assert report.codes.expire_at == order.codes_expire_at


def test_the_renewable_document_is_a_live_card_in_the_ledger(filled: Filled) -> None:
    standing = _standing("100006", filled.done_at)
    (card,) = filled.sandbox.live_cards("100006")
    assert standing.document is not None
    assert card["key"] == standing.document.id
    assert card["card_number"] == standing.document.card_number
    assert card["valid_until"] == standing.document.planned_valid_until.isoformat()
    assert standing.assessment.planned_valid_until is not None
    assert standing.assessment.planned_valid_until > standing.document.planned_valid_until


def test_no_live_card_belongs_to_expired_codes_or_a_refused_order(filled: Filled) -> None:
    assert filled.sandbox.live_cards("100011") == filled.sandbox.live_cards("100012") == []


def test_the_sandbox_was_told_of_every_order_that_was_sent(filled: Filled) -> None:
    sent = {order.id for order in db.session.scalars(select(Order)) if order.forwarded_at is not None}
    asked = sorted(sent)
    ministry = HttpMinistry(filled.sandbox.url, deadline=20, token=TOKEN)
    reports = ministry.look_up(asked[:200])
    ministry.close()
    states = Counter(report.state for report in reports.values())
    assert RequestState.UNKNOWN not in states
    assert states[RequestState.COLLECTED] > 10


def test_every_call_of_the_past_is_settled(filled: Filled) -> None:
    attempts = db.session.scalars(select(Attempt)).all()
    assert attempts
    assert all(attempt.outcome in {"accepted", "withdrawn"} for attempt in attempts)
    assert all(attempt.finished_at and attempt.finished_at <= filled.done_at for attempt in attempts)


def test_lists_sort_as_polish_does(filled: Filled) -> None:
    surnames = db.session.scalars(select(Student.surname).order_by(Student.sort_name)).all()
    firsts = [surname[0] for surname in surnames if surname[0] in "LŁSŚZŹŻ"]
    assert "".join(dict.fromkeys(firsts)) == "LŁSŚZŹŻ"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 3, 31, 23, 30, tzinfo=OFFICE_ZONE),
        datetime(2027, 10, 1, 0, 10, tzinfo=OFFICE_ZONE),
        datetime(2028, 2, 29, 12, 0, tzinfo=OFFICE_ZONE),
    ],
    ids=str,
)
def test_a_demonstration_may_begin_on_any_day(
    database: SQLAlchemy, sandbox: SandboxServer, moment: datetime
) -> None:
    with time_machine.travel(moment, tick=False):
        assert fill_demo(sandbox.url, TOKEN) is True
        may_order = {
            account.user_name
            for account in ACCOUNTS
            if account.role == "student" and _answer(account.user_name, moment).may_order
        }
        document = _standing("100006", moment).document
    assert may_order == {"100001", "100006", "100011", "100012"}
    assert document is not None


def test_filling_again_changes_nothing(filled: Filled) -> None:
    before = _counts()
    assert fill_demo("http://127.0.0.1:1", TOKEN) is False
    assert _counts() == before


def test_a_filling_that_was_cut_off_is_done_again(database: SQLAlchemy, sandbox: SandboxServer) -> None:
    _, orders = invent(clock.now() - timedelta(minutes=2), POLICY)
    seed_sandbox(sandbox.url, TOKEN, orders)
    assert fill_demo(sandbox.url, TOKEN) is True
    assert broken_promises([order.id for order in orders], sandbox.ledger()) == []
    sent = [order for order in orders if order.at_sandbox in {AtSandbox.READY, AtSandbox.COLLECTED}]
    assert len(sandbox.ledger()["cards"]) == len(sent)


def test_a_silent_sandbox_leaves_nothing_half_written(database: SQLAlchemy, sandbox: SandboxServer) -> None:
    with pytest.raises(SandboxSilent):
        fill_demo(f"http://127.0.0.1:{free_port()}", TOKEN)
    _, orders = invent(clock.now(), POLICY)
    with pytest.raises(SandboxSilent, match="HTTP 422"):
        seed_sandbox(sandbox.url, TOKEN, orders + orders)
    assert set(_counts().values()) == {0}


def test_a_real_universitys_instance_is_never_filled(
    app: Flask, database: SQLAlchemy, settings: Settings, sandbox: SandboxServer
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"demo": False})
    with pytest.raises(NotADemonstration):
        fill_demo(sandbox.url, TOKEN)
    assert set(_counts().values()) == {0}
