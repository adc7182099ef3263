"""A network in which no call outlives its deadline.

httpcore2 times every operation for itself, so an answer that drips byte by byte holds a call for ever. Here
all operations of one call (finding the address, connecting, TLS, sending, each read of headers and body)
share one clock. The same place sees best what an error means: whether a byte of the request had left, and
whether one of the answer had come.
"""

import ipaddress
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore2

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

HANDSHAKE_ALERTS = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")
"""With TLS 1.3 the other side refuses our certificate only after we believe the handshake is over."""


class NotConnected(httpcore2.ConnectError):
    """No byte of the request has left. `alarm`: waiting will not cure it."""

    def __init__(self, reason: str, *, alarm: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.alarm = alarm


class Call:
    """One call: when it must be over, and how far it got."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.sent = False
        self.heard = False

    def remaining(self) -> float:
        """Seconds left, more than zero. Raises `TimeoutError` when there are none."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call's deadline has passed")
        return left


_current: ContextVar[Call] = ContextVar("call")


@contextmanager
def call_within(seconds: float) -> Iterator[Call]:
    """Everything this thread does on a `DeadlineNetwork` inside the block ends within `seconds`."""
    call = Call(seconds)
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


class DeadlineNetwork(httpcore2.NetworkBackend):
    """Connects within the current call's deadline; the timeouts handed in are not used."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try the host's addresses in turn. Raises `NotConnected`."""
        call = _current.get()
        error: OSError = OSError("the name has no address")
        try:
            addresses = _find_addresses(host, port, call)
            for place, address in enumerate(addresses):
                try:
                    return _connect(address, call.remaining() / (len(addresses) - place))
                except OSError as failure:
                    error = failure
        except OSError as failure:
            error = failure
        raise NotConnected(_why_not_connected(error)) from error


class DeadlineStream(httpcore2.NetworkStream):
    """A connection that reads and writes within the deadline of whichever call uses it."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._ever_heard = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        call = _current.get()
        try:
            self._socket.settimeout(call.remaining())
            data = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(str(error)) from error
        except OSError as error:
            if not self._ever_heard and _refuses_our_certificate(error):
                raise NotConnected("tls", alarm=True) from error
            raise httpcore2.ReadError(str(error)) from error
        if data:
            self._ever_heard = call.heard = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        call = _current.get()
        rest = memoryview(buffer)
        try:
            while rest:
                self._socket.settimeout(call.remaining())
                call.sent = True  # before, not after: a failing send may have sent
                rest = rest[self._socket.send(rest) :]
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            self._socket.settimeout(_current.get().remaining())
            return DeadlineStream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError as error:
            self.close()
            raise NotConnected("timeout_connecting") from error
        except OSError as error:
            self.close()
            broken_off = not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError)
            raise NotConnected("tls", alarm=not broken_off) from error  # else they cannot agree, ever

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks: the TLS object, and whether an idle connection has been closed meanwhile."""
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            if self._socket.fileno() < 0:
                return True
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(0))
        return None


def _find_addresses(host: str, port: int, call: Call) -> Sequence[Address]:
    """The host's addresses. The resolver knows no deadline, so a thread waits for it, if need be in vain."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        found: queue.SimpleQueue[Sequence[Address] | OSError] = queue.SimpleQueue()
        threading.Thread(target=_resolve, args=(host, port, found), name="find-ministry", daemon=True).start()
        try:
            answer = found.get(timeout=call.remaining())
        except queue.Empty:
            raise TimeoutError("the name was not resolved in time") from None
        if isinstance(answer, OSError):
            raise answer from None
        return answer
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _resolve(host: str, port: int, found: "queue.SimpleQueue[Sequence[Address] | OSError]") -> None:
    try:
        found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as error:
        found.put(error)
    except UnicodeError:
        found.put(socket.gaierror(socket.EAI_NONAME, "not a name a resolver can ask for"))


def _connect(address: Address, seconds: float) -> DeadlineStream:
    family, kind, protocol, _, place = address
    connecting = socket.socket(family, kind, protocol)
    try:
        connecting.settimeout(seconds)
        connecting.connect(place)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connecting.close()
        raise
    return DeadlineStream(connecting)


def _why_not_connected(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "name_not_found"
    if isinstance(error, TimeoutError):
        return "timeout_connecting"
    if isinstance(error, ConnectionRefusedError):
        return "refused_connection"
    return "unreachable"


def _refuses_our_certificate(error: OSError) -> bool:
    reason = error.reason if isinstance(error, ssl.SSLError) else None
    return "ALERT" in (reason or "") and any(word in (reason or "") for word in HANDSHAKE_ALERTS)
