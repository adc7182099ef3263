"""`python -m portal`: prepare the instance that PORTAL_INSTANCE names, then serve its pages.

With `--prepare-only` it stops after the first half: for those who run the parts apart.
"""

import argparse
import os
import sys
from pathlib import Path

from portal.preparation import NotReady, prepare
from portal.serving import serve


def main() -> int:
    """0 after a clean stop, 2 when the instance cannot be served as it is, 1 when trying again may help."""
    asked = _arguments()
    os.umask(0o077)  # the database holds personal data
    try:
        app = prepare(asked.instance.resolve(), demo=asked.demo)
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1 if reason.may_pass else 2
    if not asked.prepare_only:
        serve(app, asked.bind, asked.port)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal", description=__doc__)
    named = os.environ.get("PORTAL_INSTANCE")
    parser.add_argument("--instance", type=Path, metavar="DIR", default=named, required=named is None)
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--port", type=int, default=5050, metavar="N")
    parser.add_argument("--demo", action="store_true", help="a demonstration's instance")
    parser.add_argument("--prepare-only", action="store_true", help="settings, keys and database, no pages")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
