"""`python -m tests.crash.crashing_import INSTANCE`: the jobs' work on uploaded files, dying by SIGKILL in the middle.

`CRASH_AT` is n, the statement or commit at which it dies; work with fewer of them ends by itself, with exit code 0.
"""

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from jobs import check_uploads
from portal import create_app
from portal.extensions import db
from portal.settings import load_settings

CRASH_AT = int(os.environ["CRASH_AT"])
_points = itertools.count(1)


def point(*_: Any) -> None:
    """One more place where the process may die."""
    if next(_points) == CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    app = create_app(load_settings(Path(sys.argv[1])))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", point)
        event.listen(db.engine, "commit", point)
        check_uploads.run()


main()
