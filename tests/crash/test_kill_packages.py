"""kill -9 while a package is pulled, taken back, or its report is applied: everything or nothing, each order once."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.models.journal import Batch
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services.ordering import place_order
from tests.crash.conftest import Deployment
from tests.ministry_server import ROOT
from tests.people import POLICY, account_of, make_office, make_student

ORDERS = 8
MOST_POINTS = 80

State = tuple[dict[OrderStatus, int], int]


def act(deployment: Deployment, what: str, crash_at: int) -> int:
    """Run the act in a process of its own; answers its exit code."""
    command = [sys.executable, "-m", "tests.crash.crashing_package", str(deployment.instance), what]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"CRASH_AT": str(crash_at)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, -9}, done.stderr.decode()
    return done.returncode


def state() -> State:
    """How many orders stand in each state, and how many acts with packages and reports there were."""
    db.session.rollback()
    statuses = Counter(db.session.scalars(select(Order.status)))
    return dict(statuses), db.session.scalar(select(func.count()).select_from(Batch)) or 0


def until_it_survives(deployment: Deployment, what: str, *, before: State, after: State) -> None:
    """n = 1, 2, 3 … Nothing may be there after a death, all of it after the run that lived."""
    for n in range(1, MOST_POINTS):
        code = act(deployment, what, n)
        assert state() == (after if code == 0 else before), f"{what}, point {n}"
        if code == 0:
            assert n > 4, "an act of so few statements is not the whole act"
            return
    pytest.fail("the act never ended")


@pytest.mark.usefixtures("database")
def test_a_package_and_its_report_happen_whole_or_not_at_all_at_every_statement(
    deployment: Deployment,
) -> None:
    make_office()
    for _ in range(ORDERS):
        student = make_student()
        place_order(student.id, POLICY, actor=account_of(student).id, at=clock.now())
    waiting, packed = {OrderStatus.WAITING: ORDERS}, {OrderStatus.IN_PROGRESS: ORDERS}

    until_it_survives(deployment, "pull", before=(waiting, 0), after=(packed, 1))
    until_it_survives(deployment, "back", before=(packed, 1), after=(waiting, 1))
    until_it_survives(deployment, "pull", before=(waiting, 1), after=(packed, 2))
    until_it_survives(deployment, "report", before=(packed, 2), after=({OrderStatus.READY: ORDERS}, 3))
    orders = db.session.scalars(select(Order)).all()
    assert all(order.version == 5 for order in orders), (
        "each went out, came back, went out, and got its codes"
    )
