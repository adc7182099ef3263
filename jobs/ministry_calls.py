"""The one loop over `rules.next_step`: claim, call, record.

1. Claim what is due for a step; the claim and its attempt rows are committed before anything is sent.
2. Call the ministry with no transaction open.
3. Record the answer, or that there was none. Whatever happens to this process in between, the lease runs out and
   another worker goes on from what was committed.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import ColumnElement

from portal.ministry.port import (
    LOOK_UP_LIMIT,
    Ministry,
    MinistryUnavailable,
    OutcomeUncertain,
    Report,
    RequestRefused,
)
from portal.rules.next_step import Step
from portal.services import claims as claiming
from portal.services import ministry_reports as reports
from portal.services.claims import Claim, Terms

OFF_CONTRACT = "off_contract"


class MinistryCalls:
    """Runs steps against one ministry, all jobs together with at most `parallel` calls at once.

    `stop` ends them between two orders.
    """

    def __init__(
        self, app: Flask, ministry: Ministry, terms: Terms, *, parallel: int, stop: threading.Event
    ) -> None:
        self._app = app
        self._ministry = ministry
        self._terms = terms
        self._parallel = parallel
        self._stop = stop
        self._places = threading.BoundedSemaphore(parallel)

    def submit_due(self, actor: str) -> int:
        """Send every order that is due; answers how many calls were made."""
        return self._in_parallel(lambda: self._one(Step.SUBMIT, lambda claim: self._submit(claim, actor)))

    def withdraw_due(self) -> int:
        """Deliver every withdrawal that is due; answers how many calls were made."""
        return self._in_parallel(lambda: self._one(Step.WITHDRAW, self._withdraw))

    def look_up_due(self, actor: str, only: Sequence[ColumnElement[bool]]) -> int:
        """Ask about every order that is due and matches `only`; answers how many orders were asked about."""
        asked = 0
        while not self._stop.is_set():
            with self._places:
                held = claiming.claim_due(Step.LOOK_UP, self._terms, limit=LOOK_UP_LIMIT, only=only)
                self._look_up(held, actor)
            if not held:
                break
            asked += len(held)
        return asked

    def _in_parallel(self, one: Callable[[], bool]) -> int:
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="ministry") as pool:
            return sum(pool.map(lambda _: self._until_done(one), range(self._parallel)))

    def _until_done(self, one: Callable[[], bool]) -> int:
        done = 0
        with self._app.app_context():
            while not self._stop.is_set() and one():
                done += 1
        return done

    def _one(self, step: Step, call: Callable[[Claim], None]) -> bool:
        # The place comes before the claim: a lease must not run out while its order waits for a place.
        with self._places:
            claims = claiming.claim_due(step, self._terms, limit=1)
            for claim in claims:
                call(claim)
            return bool(claims)

    def _submit(self, claim: Claim, actor: str) -> None:
        report = self._asked(claim, lambda: self._send(claim), actor)
        if report is not None:
            reports.record_accepted(claim, report, self._terms.policy, actor=actor)

    def _send(self, claim: Claim) -> Report:
        application = claiming.application_of(claim.order_id)
        return self._ministry.submit(claim.order_id, application)

    def _withdraw(self, claim: Claim) -> None:
        report = self._asked(claim, lambda: self._ministry.withdraw(claim.order_id), None)
        if report is not None:
            reports.record_withdrawn(claim)

    def _asked(self, claim: Claim, call: Callable[[], Report], actor: str | None) -> Report | None:
        """The answer, or None once the lack of one is recorded."""
        try:
            return call()
        except MinistryUnavailable as why:
            claiming.settle_unavailable(
                [claim], self._terms, reason=why.reason, retry_after=why.retry_after, alarm=why.alarm
            )
        except OutcomeUncertain as why:
            claiming.settle_uncertain(claim, self._terms, reason=why.reason)
        except RequestRefused as why:
            if actor is None:
                claiming.settle_uncertain(claim, self._terms, reason=why.code)
            else:
                reports.record_refused(claim, why.code, actor=actor)
        return None

    def _look_up(self, held: Sequence[Claim], actor: str) -> None:
        if not held:
            return
        try:
            found = self._ministry.look_up([claim.order_id for claim in held])
        except MinistryUnavailable as why:
            if why.reason != OFF_CONTRACT:
                claiming.settle_unavailable(
                    held, self._terms, reason=why.reason, retry_after=why.retry_after, alarm=why.alarm
                )
            elif len(held) == 1:
                claiming.settle_uncertain(held[0], self._terms, reason=why.reason)
            else:
                # One answer that cannot be right must not keep the others waiting.
                middle = len(held) // 2
                self._look_up(held[:middle], actor)
                self._look_up(held[middle:], actor)
        else:
            reports.record_looked_up(held, found, self._terms.policy, actor=actor)
