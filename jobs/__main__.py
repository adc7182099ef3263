"""`python -m jobs [--instance DIR]`: runs the scheduled jobs until it is told to stop."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from jobs.ministry_calls import MinistryCalls
from jobs.schedule import start
from portal.ministry.http import HttpMinistry
from portal.preparation import NotReady, open_prepared
from portal.services.breaker import forget_outage
from portal.services.claims import Terms
from portal.services.self_check import damage_at_start
from portal.settings import Settings

log = structlog.get_logger()


def main() -> int:
    """Run until SIGTERM or SIGINT; what is in the middle of a call is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        app = open_prepared(_instance())
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1 if reason.may_pass else 2
    settings: Settings = app.extensions["settings"]
    by_panel = settings.ministry.by_panel
    ministry = _connect(settings) if settings.ministry.url and not by_panel else None
    for problem in damage_at_start(settings):
        log.error("database_damaged", what=problem)
    if by_panel:
        _forget_outage(app)
    elif ministry is None:
        log.warning("ministry_not_connected")
    calls = None if ministry is None else _calls(app, ministry, settings, stop)
    scheduler = start(app, calls, stop)
    log.info("jobs_started")
    stop.wait()
    scheduler.shutdown(wait=True)
    if ministry is not None:
        ministry.close()
    log.info("jobs_stopped")
    return 0


def _instance() -> Path:
    parser = argparse.ArgumentParser(prog="python -m jobs")
    parser.add_argument("--instance", default=os.environ.get("PORTAL_INSTANCE"))
    chosen = parser.parse_args().instance
    if not chosen:
        parser.error("podaj --instance KATALOG albo ustaw PORTAL_INSTANCE")
    return Path(chosen)


def _forget_outage(app: Flask) -> None:
    with app.app_context():
        try:
            forget_outage()
        except SQLAlchemyError:  # a damaged database: the jobs that can run do
            log.exception("job_failed", job="forget_outage")


def _calls(app: Flask, ministry: HttpMinistry, settings: Settings, stop: threading.Event) -> MinistryCalls:
    terms = Terms(
        policy=settings.policy,
        repeatable=ministry.repeatable and settings.ministry.repeatable,
        lease=settings.ministry.lease,
        probe_interval=settings.ministry.probe_interval,
    )
    return MinistryCalls(app, ministry, terms, parallel=settings.ministry.parallel, stop=stop)


def _connect(settings: Settings) -> HttpMinistry:
    ministry = settings.ministry
    return HttpMinistry(
        ministry.url,
        deadline=ministry.total_deadline,
        token=ministry.token(),
        client_certificate=ministry.client_certificate,
        client_key=ministry.client_key,
        ca_file=ministry.ca_file,
    )


if __name__ == "__main__":
    sys.exit(main())
