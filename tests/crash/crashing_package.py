"""`python -m tests.crash.crashing_package INSTANCE pull|report|back`: one act of the panel's operator, killed.

It dies at its n-th statement or commit: `CRASH_AT` is n. An act with fewer of them ends by itself, with exit code 0.
"""

import sys
from pathlib import Path

from sqlalchemy import select

from portal import clock, create_app
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.journal import Batch
from portal.services import panel_batches, panel_reports
from portal.settings import load_settings
from tests.crash.dying import Fuse
from tests.panel import codes_for, report

ORDERS = 8


def main() -> None:
    settings = load_settings(Path(sys.argv[1]))
    app = create_app(settings)
    with app.app_context():
        office = db.session.scalars(select(Account.id).where(Account.role == Role.STAFF)).one()
        at, policy = clock.now(), settings.policy
        Fuse().watch_statements()
        if sys.argv[2] == "pull":
            panel_batches.make_package(policy, limit=ORDERS, actor=office, at=at)
            return
        latest = select(Batch).where(Batch.number.is_not(None)).order_by(Batch.number.desc()).limit(1)
        package = db.session.scalars(latest).one()
        if sys.argv[2] == "back":
            counts = panel_batches.take_back_counts(package.id)
            panel_batches.take_back(package.id, counts, actor=office, at=at)
            return
        content = report([_row(f"P{package.number}-{position:03}") for position in range(1, ORDERS + 1)])
        prepared = panel_reports.prepare_report(content, settings.panel.report_columns, policy, at=at)
        panel_reports.apply_report(prepared, fingerprint=prepared.fingerprint, actor=office, at=at)


def _row(reference: str) -> dict[str, str]:
    qr, code = codes_for(reference)
    return {"Nr zamówienia": reference, "Kod QR": qr, "Kod aktywacyjny": code}


main()
