"""The web server: gunicorn with two workers of eight threads, each worker tied to the life of its master."""

import ctypes
import gc
import os
import signal
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Server(BaseApplication):
    """Gunicorn for an application that is already made, so that the workers share its memory."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, address: str, port: int) -> None:
    """Serve `app` until SIGTERM, then leave the process. Only a proxy on this machine is believed about TLS."""
    host = f"[{address}]" if ":" in address else address
    options = {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "workers": 2,
        "threads": 8,
        "preload_app": True,
        # Not "reuse_port": two portals on one port would share its visitors instead of one being refused.
        "control_socket_disable": True,
        "graceful_timeout": 5,
        # Its warnings quote what a broken client sent, which may be anything.
        "loglevel": "error",
        # A client behind the proxy must not name the path or the user the application runs under.
        "forwarder_headers": "",
        "post_fork": _end_with_the_master,
    }
    # What is there before the first request stays for good: no collection need walk it, and the workers share it.
    gc.collect()
    gc.freeze()
    Server(app, options).run()


def _end_with_the_master(master: Any, worker: Any) -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != master.pid:  # it died before the line above
        os._exit(1)
