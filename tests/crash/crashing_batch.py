"""`python -m tests.crash.crashing_batch INSTANCE extend|undo`: one bulk act, dying by SIGKILL at its n-th statement.

`CRASH_AT` is n, counted over statements and commits; an act with fewer of them ends by itself, with exit code 0.
"""

import sys
from pathlib import Path

from sqlalchemy import select

from portal import clock, create_app
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.journal import Batch
from portal.models.people import Student
from portal.rules.validity import proposed_until
from portal.services.batch_undo import undo_batch
from portal.services.bulk_extensions import apply_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.settings import load_settings
from tests.crash.dying import Fuse


def main() -> None:
    settings = load_settings(Path(sys.argv[1]))
    app = create_app(settings)
    with app.app_context():
        office = db.session.scalars(select(Account.id).where(Account.role == Role.STAFF)).one()
        at, policy = clock.now(), settings.policy
        if sys.argv[2] == "extend":
            ids = db.session.scalars(select(Student.id)).all()
            request = ExtensionRequest.same_date(ids, proposed_until(clock.today(), policy), None)
            preview = preview_extension(request, policy, at=at)
            Fuse().watch_statements()
            apply_extension(request, preview.fingerprint, policy, actor=office, at=at)
        else:
            batch = db.session.scalars(select(Batch.id).where(Batch.undone_at.is_(None))).one()
            Fuse().watch_statements()
            undo_batch(batch, policy, actor=office, reason="pomyłka", at=at)


main()
