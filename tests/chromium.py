"""The system's Chromium for browser tests, and a live server for it to visit.

Without Chromium these tests are skipped with one loud line, except under `CI=true`, where they fail.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "Chromium is missing: NO TEST IN A BROWSER HAS RUN. Install the package chromium, or use .ci/run."


def launch_arguments() -> dict[str, Any]:
    """How Playwright starts the system's Chromium; skips or fails the test where there is none."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    # Chromium's own sandbox does not work for root, and a build server often is root.
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: pytest shows what matters."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """`app` on a free port of this machine, from threads of this process; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
