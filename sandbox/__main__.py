"""`python -m sandbox --port N --storage FILE`: the imitated ministry on 127.0.0.1, until SIGTERM."""

import argparse
import os
from pathlib import Path

from sandbox import create_app
from sandbox.control import Control
from sandbox.history import SeedForm, place
from sandbox.server import serve
from sandbox.storage import read_control

FROM_ENVIRONMENT = "SANDBOX_TOKEN"


def main() -> None:
    asked = _arguments()
    control = Control(
        processing_seconds=asked.processing_seconds, code_lifetime_seconds=asked.code_lifetime_seconds
    )
    token = asked.token or os.environ.get(FROM_ENVIRONMENT) or None
    app = create_app(asked.storage, token, university=asked.university, control=control)
    if asked.seed:
        with app.extensions["sandbox_storage"].transaction() as db:
            place(db, SeedForm.model_validate_json(asked.seed.read_bytes()), read_control(db).now())
    serve(app, asked.port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--storage", type=Path, required=True, help="SQLite file, made if missing")
    parser.add_argument("--token", help=f"bearer token of the contract (better in {FROM_ENVIRONMENT})")
    parser.add_argument("--university", default="Uniwersytet Przykładowy", help="the name on the cards")
    parser.add_argument("--processing-seconds", type=float, default=8.0, help="for a new storage")
    parser.add_argument(
        "--code-lifetime-seconds", type=float, default=30 * 86_400.0, help="for a new storage"
    )
    parser.add_argument("--seed", type=Path, help="JSON as for POST /seed, placed before the first request")
    return parser.parse_args()


if __name__ == "__main__":
    main()
