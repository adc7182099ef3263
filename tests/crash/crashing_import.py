"""`python -m tests.crash.crashing_import INSTANCE`: the jobs' work on uploaded files, dying by SIGKILL in the middle.

`CRASH_AT` is n, the statement or commit at which it dies; work with fewer of them ends by itself, with exit code 0.
"""

import sys
from pathlib import Path

from jobs import check_uploads
from portal import create_app
from portal.settings import load_settings
from tests.crash.dying import Fuse


def main() -> None:
    app = create_app(load_settings(Path(sys.argv[1])))
    with app.app_context():
        Fuse().watch_statements()
        check_uploads.run()


main()
