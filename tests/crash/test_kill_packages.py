"""kill -9 while a package is pulled, taken back, or its report is applied: everything or nothing, each order once."""

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.extensions import db
from portal.models.journal import Batch
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services.ordering import place_order
from tests.crash.conftest import Deployment
from tests.crash.dying import whole_or_nothing
from tests.people import POLICY, account_of, make_office, make_student

ORDERS = 8

State = tuple[dict[OrderStatus, int], int]


def state() -> State:
    """How many orders stand in each state, and how many acts with packages and reports there were."""
    db.session.rollback()
    statuses = Counter(db.session.scalars(select(Order.status)))
    return dict(statuses), db.session.scalar(select(func.count()).select_from(Batch)) or 0


@pytest.mark.usefixtures("database")
def test_a_package_and_its_report_happen_whole_or_not_at_all_at_every_statement(
    deployment: Deployment,
) -> None:
    make_office()
    for _ in range(ORDERS):
        student = make_student()
        place_order(student.id, POLICY, actor=account_of(student).id, at=clock.now())
    waiting, packed = {OrderStatus.WAITING: ORDERS}, {OrderStatus.IN_PROGRESS: ORDERS}

    act = partial(whole_or_nothing, deployment, "crashing_package")
    act("pull", state, before=(waiting, 0), after=(packed, 1))
    act("back", state, before=(packed, 1), after=(waiting, 1))
    act("pull", state, before=(waiting, 1), after=(packed, 2))
    act("report", state, before=(packed, 2), after=({OrderStatus.READY: ORDERS}, 3))
    orders = db.session.scalars(select(Order)).all()
    assert all(order.version == 5 for order in orders), (
        "each went out, came back, went out, and got its codes"
    )
