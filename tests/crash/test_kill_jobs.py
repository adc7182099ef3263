"""kill -9 of the jobs, with real processes: nothing is lost and nothing doubled."""

import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services.ordering import OrderNotCancellable, cancel
from tests.crash.conftest import LEASE_SECONDS, Deployment, kill, stop, wait_until
from tests.people import make_student

KILLS = 50
MODES = ("ok", "lose_answers", "slow")


def count_calls(deployment: Deployment) -> int:
    return len(deployment.sandbox.ledger()["requests"])


def has_called(deployment: Deployment, asked_before: int, jobs: subprocess.Popen[bytes]) -> bool:
    return count_calls(deployment) > asked_before or jobs.poll() is not None


def freeze_outside_a_transaction(deployment: Deployment, jobs: subprocess.Popen[bytes]) -> None:
    """Stop the process while it holds no lock: with one, SQLite makes everybody wait until it goes on."""
    for _ in range(50):
        jobs.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(deployment.instance / "portal.sqlite", timeout=0.05)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                jobs.send_signal(signal.SIGCONT)
                time.sleep(0.02)
            else:
                return
    pytest.fail("the process never let go of the database")


def ready(keys: list[str]) -> bool:
    db.session.rollback()
    statuses = db.session.scalars(select(Order.status).where(Order.id.in_(keys)))
    return all(status is OrderStatus.READY for status in statuses)


@pytest.mark.parametrize("seed", [20261001])
def test_fifty_kills_at_random_instants_lose_and_double_nothing(deployment: Deployment, seed: int) -> None:
    chance = random.Random(seed)
    deployment.sandbox.control(slow_seconds=0.3)
    for number in range(KILLS):
        for _ in range(6):
            deployment.order()
        deployment.sandbox.control(mode=MODES[number % len(MODES)])
        asked_before = count_calls(deployment)
        jobs = deployment.start_jobs()
        wait_until(partial(has_called, deployment, asked_before, jobs), 30)
        time.sleep(chance.uniform(0, 0.25))
        kill(jobs)
        _forget_the_outage()
    deployment.sandbox.control(mode="ok")
    time.sleep(LEASE_SECONDS)

    deployment.settle()

    assert deployment.promises() == []
    assert ready(deployment.acknowledged)
    live = deployment.sandbox.live_cards()
    assert len(live) == len(deployment.acknowledged) == len({card["album_number"] for card in live})


def test_a_crash_at_every_numbered_point_of_the_path_is_recovered(deployment: Deployment) -> None:
    """n = 1, 2, 3 … until a run passes all its points; each with a fresh order and one being withdrawn."""
    for n in range(1, 200):
        waiting, student = deployment.order(), make_student()
        doomed = deployment.order(student)
        jobs = deployment.start_jobs("tests.crash.crashing_jobs", CRASH_AT=str(n))
        code = jobs.wait(timeout=60)
        try:
            cancel(doomed, student.id, actor="test", at=clock.now())
        except OrderNotCancellable:
            pytest.fail("an order nobody collected can be cancelled")
        assert deployment.promises() == [], f"after a crash at point {n}"
        survivor = deployment.start_jobs("tests.crash.crashing_jobs", CRASH_AT="0")
        time.sleep(0.1)
        assert survivor.wait(timeout=60) == 0
        if code == 0:
            break
    assert code == 0, "the path never ended"
    assert n > 10, "a path of so few points is not the whole path"

    deployment.settle()

    assert deployment.promises() == []
    assert len(deployment.sandbox.live_cards()) == len(deployment.acknowledged) / 2
    assert db.session.get_one(Order, waiting).status is OrderStatus.READY


def test_forwarding_resumes_after_the_lease_with_no_person_involved(deployment: Deployment) -> None:
    deployment.sandbox.control(mode="slow", slow_seconds=0.8)
    key = deployment.order()
    jobs = deployment.start_jobs()
    wait_until(lambda: _leased(key), 30)
    kill(jobs)
    deployment.sandbox.control(mode="ok")
    died_at = clock.real_now()

    jobs = deployment.start_jobs()
    wait_until(lambda: ready([key]), LEASE_SECONDS + 30)
    stop(jobs)

    db.session.rollback()
    order = db.session.get_one(Order, key)
    assert (order.status_since - died_at).total_seconds() < LEASE_SECONDS + 10, "the lease and a little"


def test_two_jobs_processes_share_the_work_without_doubling_it(deployment: Deployment) -> None:
    for _ in range(60):
        deployment.order()

    both = [deployment.start_jobs(), deployment.start_jobs()]
    wait_until(lambda: ready(deployment.acknowledged), 60)
    assert [stop(jobs) for jobs in both] == [0, 0]

    assert deployment.promises() == []
    submits = deployment.sandbox.ledger()["counts"]["submit"]
    assert submits == len(deployment.acknowledged), "each order was sent once"


def test_without_an_honoured_key_the_same_kills_double_cards(deployment: Deployment) -> None:
    """The red control: a harness that cannot fail proves nothing."""
    deployment.sandbox.control(honours_keys=False, mode="lose_answers")
    for _ in range(6):
        deployment.order()
    jobs = deployment.start_jobs()
    wait_until(lambda: deployment.sandbox.ledger()["counts"]["submit"] >= 2, 30)
    kill(jobs)
    deployment.sandbox.control(mode="ok")
    time.sleep(LEASE_SECONDS)
    deployment.settle()

    assert any("live cards" in fault for fault in deployment.promises())


def test_cancelling_while_it_is_being_forwarded_leaves_one_truth_and_no_live_card(
    deployment: Deployment,
) -> None:
    chance = random.Random(7)
    deployment.sandbox.control(mode="slow", slow_seconds=0.15)
    jobs = deployment.start_jobs()
    for _ in range(12):
        student = make_student()
        key = deployment.order(student)
        time.sleep(chance.uniform(0, 1.2))
        cancel(key, student.id, actor="test", at=clock.now())
    stop(jobs)
    deployment.sandbox.control(mode="ok")
    time.sleep(LEASE_SECONDS)
    deployment.settle()

    assert deployment.promises() == []
    assert deployment.sandbox.live_cards() == []
    db.session.rollback()
    assert {order.status for order in db.session.scalars(select(Order))} == {OrderStatus.CANCELLED}


def test_jobs_stop_cleanly_between_orders_when_told_to(deployment: Deployment) -> None:
    deployment.sandbox.control(mode="slow", slow_seconds=0.3)
    for _ in range(20):
        deployment.order()
    jobs = deployment.start_jobs()
    wait_until(lambda: deployment.sandbox.ledger()["counts"]["submit"] >= 2, 30)

    assert stop(jobs) == 0

    db.session.rollback()
    leased = db.session.scalars(select(Order.id).where(Order.lease_token.is_not(None))).all()
    assert leased == [], "what was begun was finished"


def _leased(key: str) -> bool:
    db.session.rollback()
    return db.session.get_one(Order, key).lease_token is not None


def _forget_the_outage() -> None:
    """Lost answers open the breaker; the next kill is to find calls under way, not a pause."""
    with transaction() as session:
        session.execute(
            update(MinistryHealth).values(down_since=None, next_probe_at=None, failures=0, reason=None)
        )
        session.execute(update(Order).values(due_at=clock.real_now()))


def test_a_worker_frozen_past_its_lease_wakes_up_and_does_no_harm(deployment: Deployment) -> None:
    """A zombie writer: stopped in the middle of a call, woken after another worker finished its order."""
    deployment.sandbox.control(mode="slow", slow_seconds=0.8)
    keys = [deployment.order() for _ in range(4)]
    frozen = deployment.start_jobs()
    wait_until(lambda: any(_leased(key) for key in keys), 30)
    freeze_outside_a_transaction(deployment, frozen)
    deployment.sandbox.control(mode="ok")
    time.sleep(LEASE_SECONDS)

    other = deployment.start_jobs()
    wait_until(lambda: ready(keys), 60)
    frozen.send_signal(signal.SIGCONT)
    time.sleep(2)
    assert [stop(jobs) for jobs in (frozen, other)] == [0, 0]
    deployment.settle()

    assert deployment.promises() == []
    assert len(deployment.sandbox.live_cards()) == len(keys)


def test_a_full_disk_loses_nothing_and_is_recovered_from(deployment: Deployment) -> None:
    """The jobs may not make any file longer: every write fails as on a full disk."""
    keys = [deployment.order() for _ in range(5)]
    limit = (deployment.instance / "portal.sqlite").stat().st_size
    jobs = deployment.start_jobs(file_size_limit=min(limit, 4096))
    wait_until(lambda: "job_failed" in deployment.log(), 30)
    assert jobs.poll() is None, "a job that cannot write must not take the process with it"
    kill(jobs)
    assert deployment.promises() == []
    time.sleep(LEASE_SECONDS)

    deployment.settle()

    assert deployment.promises() == []
    assert ready(keys)
