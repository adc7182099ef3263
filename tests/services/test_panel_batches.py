"""Packages for the ministry's panel: pulled once, whole, repeatable, and taken back only before any answer."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch, JournalEntry
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.rules.next_step import AtMinistry, Step
from portal.rules.order_status import OrderStatus
from portal.rules.panel import PackageField, PackageForm
from portal.rules.policy import ReceiptFrom
from portal.rules.reasons import EndReason
from portal.services import (
    claims,
    ordering,
    panel_batches,
    panel_files,
    panel_overview,
    panel_reports,
    panel_withdrawals,
)
from portal.services.ordering import place_order
from portal.services.panel_batches import AnswersCame, CountsChanged, PackageUnknown
from portal.settings_groups import Panel
from tests.invariants import broken_promises
from tests.panel import codes_for, people_in, photos_in
from tests.people import POLICY, account_of, jpeg, make_office, make_student

BY_PANEL = replace(POLICY, receipt_from=ReceiptFrom.STUDENT)
COLUMNS = Panel().package_columns

pytestmark = pytest.mark.usefixtures("database")


def ordered(**student: object) -> str:
    who = make_student(**student)  # type: ignore[arg-type]  # the test's own keywords
    return place_order(who.id, BY_PANEL, actor=account_of(who).id, at=clock.now()).id


def pull(limit: int = 500) -> panel_batches.MadePackage:
    return panel_batches.make_package(BY_PANEL, limit=limit, actor=make_office().id, at=clock.now())


def order(order_id: str) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order_id)


def file_of(batch_id: str | None, form: PackageForm = PackageForm.XLSX) -> panel_files.PackageFile:
    assert batch_id is not None
    return panel_files.package_file(batch_id, form, COLUMNS, actor=make_office().id, at=clock.now())


def test_a_package_takes_every_waiting_order_as_one_numbered_act() -> None:
    first, second = ordered(), ordered()
    made = pull()
    assert (made.people, made.ended) == (2, 0)
    batch = db.session.get_one(Batch, made.batch_id)
    assert batch.number == 1
    for one in (order(first), order(second)):
        assert (one.status, one.at_ministry) == (OrderStatus.IN_PROGRESS, AtMinistry.PRESENT)
        assert one.panel_batch_id == made.batch_id
        assert one.forwarded_at == batch.applied_at
    events = db.session.scalars(
        select(OrderEvent).where(OrderEvent.to_status == OrderStatus.IN_PROGRESS)
    ).all()
    assert {event.batch_id for event in events} == {made.batch_id}
    assert broken_promises([first, second], {"cards": [], "calls": [], "requests": []}) == []


def test_nothing_waits_so_no_package_is_made() -> None:
    assert pull() == panel_batches.MadePackage(None, 0, 0)
    assert db.session.scalar(select(Batch.id)) is None


def test_a_package_holds_no_more_than_its_limit_the_oldest_first() -> None:
    orders = [ordered() for _ in range(3)]
    assert pull(limit=2).people == 2
    assert [order(one).status for one in orders] == [OrderStatus.IN_PROGRESS] * 2 + [OrderStatus.WAITING]
    assert db.session.get_one(Batch, pull().batch_id).number == 2


def test_whoever_may_not_order_any_more_is_revoked_and_stays_out() -> None:
    gone, stays = ordered(), ordered()
    student = order(gone).student_id
    with transaction() as session:
        person = session.get_one(Student, student)
        person.photo_sha256 = None
        person.revision += 1
    made = pull()
    assert (made.people, made.ended) == (1, 1)
    assert order(gone).status is OrderStatus.REVOKED
    assert order(gone).end_reason is EndReason.CONDITIONS_UNMET
    assert order(gone).panel_batch_id is None
    assert order(stays).status is OrderStatus.IN_PROGRESS


def test_an_order_behind_an_undelivered_withdrawal_stays() -> None:
    first = ordered()
    pull()
    student = order(first).student_id
    ordering.cancel(first, student, actor="student", at=clock.now())
    second = place_order(student, BY_PANEL, actor="student", at=clock.now()).id
    assert pull().batch_id is None
    assert panel_overview.waiting_orders().behind == 1
    assert panel_withdrawals.tick_off([first], actor=make_office().id, at=clock.now()) == 1
    assert pull().people == 1
    assert order(second).status is OrderStatus.IN_PROGRESS


def test_two_operators_at_once_get_each_order_once(app: Flask, database: SQLAlchemy) -> None:
    orders = [ordered() for _ in range(12)]
    office = make_office().id
    made: list[panel_batches.MadePackage] = []
    start = threading.Barrier(2)

    def pull_too() -> None:
        with app.app_context():
            start.wait()
            made.append(panel_batches.make_package(BY_PANEL, limit=500, actor=office, at=clock.now()))
            db.session.remove()

    operators = [threading.Thread(target=pull_too) for _ in range(2)]
    for one in operators:
        one.start()
    for one in operators:
        one.join()
    assert sum(one.people for one in made) == len(orders)
    assert sorted(one.people for one in made) == [0, 12]
    assert len({order(one).panel_batch_id for one in orders}) == 1
    assert all(order(one).version == 2 for one in orders)


def test_the_file_is_made_from_what_was_ordered_and_is_the_same_each_time() -> None:
    one = ordered(surname="Żółć-Ćma", first_names="Łucja")
    made = pull()
    first = file_of(made.batch_id)
    (person,) = people_in(first.content)
    assert first.name == "paczka-1.zip"
    assert person["Nr zamówienia"] == "P1-001"
    assert (person["Nazwisko"], person["Imiona"]) == ("Żółć-Ćma", "Łucja")
    assert person["Zdjęcie"] == "P1-001.jpg"
    assert photos_in(first.content) == {"P1-001.jpg": jpeg()}
    assert person["Ważna do"] == str(order(one).planned_valid_until)
    assert file_of(made.batch_id).content == first.content
    assert "Żółć".encode() not in b"".join(name.encode() for name in photos_in(first.content))


def test_the_file_may_be_a_csv_with_columns_of_ones_own() -> None:
    ordered(surname="Kowal")
    made = pull()
    columns = {"ID": PackageField.ORDER, "Kto": PackageField.SURNAME}
    assert made.batch_id is not None
    file = panel_files.package_file(
        made.batch_id, PackageForm.CSV, columns, actor=make_office().id, at=clock.now()
    )
    assert people_in(file.content) == [{"ID": "P1-001", "Kto": "Kowal"}]


@pytest.mark.parametrize("form", PackageForm)
@pytest.mark.parametrize("name", ["=1+1", "+48", "-2", "@SUM(A1)"])
def test_no_name_runs_as_a_formula(form: PackageForm, name: str) -> None:
    ordered(surname=name)
    (person,) = people_in(file_of(pull().batch_id, form).content)
    assert person["Nazwisko"] == f"'{name}"


def test_every_download_stands_in_the_journal() -> None:
    ordered()
    made = pull()
    file_of(made.batch_id)
    file_of(made.batch_id)
    kept = db.session.scalars(
        select(JournalEntry).where(JournalEntry.act == panel_files.PACKAGE_DOWNLOADED)
    ).all()
    assert [entry.details for entry in kept] == [{"package": 1, "people": 1}] * 2
    assert {entry.actor_id for entry in kept} == {make_office().id}


def test_whoever_cancelled_since_is_left_out_and_others_keep_their_references() -> None:
    first, _second = ordered(), ordered()
    made = pull()
    ordering.cancel(first, order(first).student_id, actor="student", at=clock.now())
    assert [person["Nr zamówienia"] for person in people_in(file_of(made.batch_id).content)] == ["P1-002"]


def test_a_package_taken_back_lets_its_orders_wait_again() -> None:
    stays, cancelled = ordered(), ordered()
    made = pull()
    assert made.batch_id is not None
    ordering.cancel(cancelled, order(cancelled).student_id, actor="student", at=clock.now())
    counts = panel_batches.take_back_counts(made.batch_id)
    assert counts == panel_batches.TakeBackCounts(1, 1)
    panel_batches.take_back(made.batch_id, counts, actor=make_office().id, at=clock.now())
    again = order(stays)
    assert (again.status, again.at_ministry, again.forwarded_at) == (
        OrderStatus.WAITING,
        AtMinistry.ABSENT,
        None,
    )
    assert order(cancelled).at_ministry is AtMinistry.GONE
    assert panel_withdrawals.count_due() == 0
    with pytest.raises(PackageUnknown):
        file_of(made.batch_id)
    assert db.session.get_one(Batch, pull().batch_id).number == 2


def test_a_package_is_not_taken_back_on_other_counts_than_shown() -> None:
    one, _other = ordered(), ordered()
    made = pull()
    assert made.batch_id is not None
    counts = panel_batches.take_back_counts(made.batch_id)
    ordering.cancel(one, order(one).student_id, actor="student", at=clock.now())
    with pytest.raises(CountsChanged):
        panel_batches.take_back(made.batch_id, counts, actor=make_office().id, at=clock.now())
    assert db.session.get_one(Batch, made.batch_id).undone_at is None


@pytest.mark.parametrize("refusal", ["", "zdjęcie nieczytelne"])
def test_no_package_is_taken_back_once_an_answer_came(refusal: str) -> None:
    ordered()
    made = pull()
    assert made.batch_id is not None
    counts = panel_batches.take_back_counts(made.batch_id)
    qr, code = codes_for("P1-001")
    if refusal:
        row = panel_reports.row_called("P1-001", refusal=refusal)
        prepared = panel_reports.prepare_rows([row], BY_PANEL, at=clock.now())
        panel_reports.apply_report(
            prepared, fingerprint=prepared.fingerprint, actor=make_office().id, at=clock.now()
        )
    else:
        row = panel_reports.row_called("P1-001", qr_payload=qr, activation_code=code)
        panel_reports.enter_codes(row, BY_PANEL, actor=make_office().id, at=clock.now())
    with pytest.raises(AnswersCame):
        panel_batches.take_back(made.batch_id, counts, actor=make_office().id, at=clock.now())


def test_the_overview_counts_what_waits_and_how_far_packages_are() -> None:
    ordered(), ordered()
    assert panel_overview.waiting_orders().count == 2
    made = pull()
    qr, code = codes_for("P1-002")
    row = panel_reports.row_called("P1-002", qr_payload=qr, activation_code=code)
    panel_reports.enter_codes(row, BY_PANEL, actor=make_office().id, at=clock.now())
    (package,) = panel_overview.packages()
    assert (package.id, package.people, package.without_codes, package.with_codes, package.ended) == (
        made.batch_id,
        2,
        1,
        1,
        0,
    )
    assert package.is_open
    assert not package.may_be_taken_back


def test_ticking_a_withdrawal_twice_notes_it_once() -> None:
    one = ordered()
    pull()
    ordering.cancel(one, order(one).student_id, actor="student", at=clock.now())
    (due,) = panel_withdrawals.due_withdrawals()
    assert (due.reference, due.status, due.blocks) == ("P1-001", OrderStatus.CANCELLED, False)
    office = make_office().id
    assert [panel_withdrawals.tick_off([one], actor=office, at=clock.now()) for _ in range(2)] == [1, 0]
    kept = db.session.scalars(select(JournalEntry.act).where(JournalEntry.subject_id == one)).all()
    assert kept == [panel_withdrawals.WITHDRAWAL_TICKED]
    assert order(one).at_ministry is AtMinistry.GONE


def test_an_order_whose_date_passed_ends_in_error_instead_of_a_package() -> None:
    one = ordered()
    clock.move_to(timedelta(days=400))
    assert pull() == panel_batches.MadePackage(None, 0, 1)
    assert order(one).end_reason is EndReason.DEADLINE_PASSED


def test_no_worker_of_another_connector_touches_what_went_out_in_a_package() -> None:
    taken, cancelled = ordered(), ordered()
    pull()
    ordering.cancel(cancelled, order(cancelled).student_id, actor="student", at=clock.now())
    terms = claims.Terms(POLICY, repeatable=True, lease=30, probe_interval=5)
    for step in (Step.SUBMIT, Step.LOOK_UP, Step.WITHDRAW):
        assert claims.claim_due(step, terms, limit=10) == []
    waits = ordered()
    assert [one.order_id for one in claims.claim_due(Step.SUBMIT, terms, limit=10)] == [waits]
    assert order(taken).at_ministry is AtMinistry.PRESENT
