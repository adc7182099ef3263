"""kill -9 of `reopen_orders` at every statement, and two of it at once: one offer, one notice, one order."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from portal.database import transaction
from portal.models.people import Student
from tests.crash.conftest import Deployment
from tests.crash.dying import KILLED
from tests.ministry_server import ROOT
from tests.people import make_student

AT_ONCE = {"PORTAL_POLICY__STANDING_ORDERS": "all", "PORTAL_POLICY__STANDING_ORDER_DELAY_MINUTES": "0"}
pytestmark = pytest.mark.usefixtures("database")


def rounds(deployment: Deployment, what: str) -> list[dict[str, Any]]:
    """Play all rounds on this deployment; answers their outcomes."""
    command = [sys.executable, "-m", "tests.crash.crashing_offers", str(deployment.instance), what]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | AT_ONCE, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    # The job's own log comes the same way.
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [line for line in lines if "after" in line]


def everything_once(students: int) -> dict[str, Any]:
    """What a job that ran to its end leaves of so many students with an address."""
    return {
        "messages": 0,  # of an order nobody is mailed who did not ask for it
        "notices": students,
        "order_offers": students,
        "order_events": students,
        "orders": students,
        "standing": ["placed"] * students,
        "kinds": ["ordered"] * students,
    }


def student_with_mail() -> None:
    student = make_student()
    with transaction() as session:
        session.get_one(Student, student.id).email = "osoba@example.edu.pl"


def test_killed_at_any_statement_it_offers_and_orders_once(deployment: Deployment) -> None:
    student_with_mail()

    outcomes = rounds(deployment, "crash")

    assert [one["code"] for one in outcomes] == [KILLED] * (len(outcomes) - 1) + [0]
    assert len(outcomes) > 20, "a job of so few statements is not the whole job"
    for number, one in enumerate(outcomes, 1):
        left = one["died_with"]
        assert left["orders"] == left["standing"].count("placed"), f"point {number}"
        assert left["kinds"].count("ordered") == left["orders"], f"point {number}"
        assert (one["again"], one["after"]) == (0, everything_once(1)), f"point {number}"
    # The red control: the deaths were spread over the work, not all before it or after it.
    assert {one["died_with"]["orders"] for one in outcomes} == {0, 1}
    assert {one["died_with"]["order_offers"] for one in outcomes} == {0, 1}


def test_two_at_once_offer_and_order_once(deployment: Deployment) -> None:
    for _ in range(12):
        student_with_mail()

    for one in rounds(deployment, "race"):
        assert one["codes"] == [0, 0]
        assert one["after"] == everything_once(12)
