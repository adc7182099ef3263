"""One process, a thread for each connection, nothing to fork or to clean up after `kill -9`."""

import signal
import threading

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """The ledger is the log. A connection that says nothing for a minute is let go."""

    timeout = 60

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: paths hold keys, and standard error belongs to whoever started the sandbox."""


def serve(app: Flask, port: int) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT; calls still running then are cut off."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)

    def stop(number: int, frame: object) -> None:
        # shutdown() waits for serve_forever(), which this very thread is running
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"sandbox: http://127.0.0.1:{port}", flush=True)
    server.serve_forever(poll_interval=0.1)
