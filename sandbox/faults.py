"""Answers that are no answers: what a client must survive."""

import itertools
import json
import secrets
import socket
from collections.abc import Callable, Iterator

from flask import Response, request

from sandbox.register import new_activation_code

ENDLESS_PIECES = 20_000  # of 64 kB: endless for a client, yet an end for a thread nobody listens to

_turn = itertools.count()


def drop_connection() -> Response:
    """Close the connection so that not one byte of an answer arrives."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response()


def nonsense(true: Response) -> Response:
    """Another kind of rubbish each time; the work has been done."""
    kinds: tuple[Callable[[Response], Response], ...] = (
        _html,
        _broken,
        _empty,
        _shapeless,
        _foreign,
        _endless,
    )
    return kinds[next(_turn) % len(kinds)](true)


def _html(true: Response) -> Response:
    return Response("<!doctype html><title>Przerwa techniczna</title><h1>Przerwa techniczna</h1>")


def _broken(true: Response) -> Response:
    return Response(true.get_data()[:-7], mimetype="application/json")


def _empty(true: Response) -> Response:
    return Response(b"", mimetype="application/json")


def _shapeless(true: Response) -> Response:
    return Response(b'[{"requests": 7, "state": ["ready"]}]', mimetype="application/json")


def _foreign(true: Response) -> Response:
    """The right form and the right key, with another student's card."""

    def other(one: dict[str, object]) -> dict[str, object]:
        codes = {
            "qr_payload": secrets.token_hex(16),
            "activation_code": new_activation_code(),
            "expire_at": None,
        }
        return one | {"state": "ready", "album_number": "999999", "codes": codes, "refusal": None}

    told = json.loads(true.get_data())
    found = told.get("requests")
    body = {"requests": [other(one) for one in found]} if isinstance(found, list) else other(told)
    return Response(json.dumps(body), mimetype="application/json")


def _endless(true: Response) -> Response:
    def body() -> Iterator[bytes]:
        yield b'{"requests": ['
        for _ in range(ENDLESS_PIECES):
            yield b" " * 65_536

    return Response(body(), mimetype="application/json")
