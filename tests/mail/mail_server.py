"""A real mail server of the test's own, on this machine, that answers as a test wishes."""

import socket
import ssl
from asyncio import AbstractServer
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "portal", "tajne-haslo-1"
READY_WITHIN_SECONDS = 60


@dataclass
class Letterbox:
    """What arrived, and what to answer: at `mail` to everybody, at `rcpt` and `data` to one address.

    `lose_answer`: take the letter and say nothing; `hang_up`: break off before taking it.
    """

    port: int = 0
    mail: str = "250 OK"
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    lose_answer: bool = False
    hang_up: bool = False
    connections: int = 0
    signed_in: bool = False
    arrived: list[EmailMessage] = field(default_factory=list)
    on_arrival: Callable[[], None] | None = None

    @property
    def to(self) -> list[str]:
        """To whom letters arrived, in that order."""
        return [str(letter["To"]) for letter in self.arrived]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.signed_in = self.signed_in or bool(session.authenticated)
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        assert server.transport is not None
        if self.hang_up:
            server.transport.abort()
            return "451 gone"
        answer = self.data.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("250"):
            letter = message_from_bytes(envelope.original_content, policy=SMTP_POLICY)
            assert isinstance(letter, EmailMessage)
            self.arrived.append(letter)
        if self.on_arrival is not None:
            self.on_arrival()
        if self.lose_answer:
            server.transport.abort()
        return answer


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == known, handled=False)


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, at_once: bool = False, sign_in: bool = False
) -> Iterator[Letterbox]:
    """A server on a free port; `tls` is offered by STARTTLS, or asked for `at_once`."""
    letterbox = Letterbox()
    options: dict[str, Any] = {}
    if tls is not None:
        options |= {"ssl_context": tls} if at_once else {"tls_context": tls, "require_starttls": True}
    if sign_in:
        # The server library knows only of STARTTLS; over TLS at once it would think itself in the open.
        options |= {
            "authenticator": _authenticate,
            "auth_required": not at_once,
            "auth_require_tls": not at_once,
        }
    controller = _Listening(letterbox, options)
    controller.start()
    letterbox.connections = 0
    try:
        yield letterbox
    finally:
        controller.stop()


class _Listening(Controller):
    """Listens on a port that is taken before the server starts: nobody else can come first."""

    def __init__(self, letterbox: Letterbox, options: dict[str, Any]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        letterbox.port = self._socket.getsockname()[1]
        super().__init__(
            letterbox,
            hostname="127.0.0.1",
            port=letterbox.port,
            ready_timeout=READY_WITHIN_SECONDS,
            **options,
        )

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)
