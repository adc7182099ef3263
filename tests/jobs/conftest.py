"""The jobs of one test, run by hand against a real sandbox process."""

import threading
from collections.abc import Callable, Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import update

from jobs import deliver_withdrawals, expire_codes, forward_orders, refresh_orders
from jobs.ministry_calls import MinistryCalls
from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.ministry.http import HttpMinistry
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.policy import Policy
from portal.services.claims import Terms
from portal.services.ordering import place_order
from tests.ministry_server import SandboxServer, running_sandbox
from tests.people import POLICY

JOBS: Mapping[str, Callable[[MinistryCalls], Mapping[str, int]]] = {
    job.NAME: job.run for job in (forward_orders, refresh_orders, deliver_withdrawals, expire_codes)
}


class Office:
    """Runs jobs one by one, as the scheduler would, and says what is in the database afterwards."""

    def __init__(
        self, app: Flask, sandbox: SandboxServer, policy: Policy = POLICY, *, parallel: int = 4
    ) -> None:
        self.sandbox = sandbox
        self.stop = threading.Event()
        self.ministry = HttpMinistry(sandbox.url, deadline=2, token=sandbox.token)
        terms = Terms(policy=policy, repeatable=True, lease=10, probe_interval=30)
        self.calls = MinistryCalls(app, self.ministry, terms, parallel=parallel, stop=self.stop)

    def run(self, *names: str) -> None:
        """Run the named jobs now (all of them if none is named), whatever their due times say."""
        for name in names or tuple(JOBS):
            JOBS[name](self.calls)
            db.session.rollback()

    def order(self, student: Student) -> str:
        """The student orders; answers the order's id."""
        return place_order(student.id, POLICY, actor="test", at=clock.now()).id

    def look(self, order_id: str) -> Order:
        """The order as it is now."""
        db.session.rollback()
        return db.session.get_one(Order, order_id, populate_existing=True)

    def make_due(self) -> None:
        """Everything is due now and the breaker may be probed: as if time had passed."""
        with transaction() as session:
            session.execute(update(Order).values(due_at=clock.real_now()))
            session.execute(
                update(MinistryHealth)
                .where(MinistryHealth.next_probe_at.is_not(None))
                .values(next_probe_at=clock.real_now())
            )


@pytest.fixture(scope="package")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for all tests here; every test has students of its own."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), processing_seconds=0) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    """The sandbox with its switches as delivered, processing at once."""
    sandbox_process.control(
        mode="ok",
        processing_seconds=0,
        code_lifetime_seconds=30 * 86400,
        honours_keys=True,
        replaces_on="never",
    )
    return sandbox_process


@pytest.fixture
def office(app: Flask, database: object, sandbox: SandboxServer) -> Iterator[Office]:
    """The jobs on this test's database and the sandbox."""
    office = Office(app, sandbox)
    yield office
    office.ministry.close()
