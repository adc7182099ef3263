"""Letters over SMTP: one connection for a batch, encrypted as the settings say, nothing longer than its deadline."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

from portal.mail.post import LetterPutOff, LetterRefused, ServerUnavailable
from portal.settings_groups import Mail, MailSecurity

ACCEPTED = frozenset({250, 251, 252})
CLOSING = 421
CONNECTION_LOST = "connection_lost"


class SmtpPost:
    """The mail server of the settings. `own_name`: how the portal greets it."""

    def __init__(self, mail: Mail, *, own_name: str) -> None:
        self._mail = mail
        self._own_name = own_name
        self._client: _Client | None = None

    def __enter__(self) -> Self:
        client = _Client(self._mail, own_name=self._own_name)
        try:
            with client.deadline(), _troubles_of_the_server():
                client.connect(self._mail.server, self._mail.port)
                self._introduce(client)
        except BaseException:
            client.close()
            raise
        self._client = client
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            # Whatever happens to the goodbye, what was accepted is accepted.
            with client.deadline(), suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def send(self, letter: EmailMessage, to: str) -> None:
        """Hand one letter over; returning means the server's 250."""
        client = self._client
        assert client is not None, "the connection is open only within the context"
        with client.deadline():
            with _troubles_of_the_server():
                _check_sender(client.mail(self._mail.sender))
            try:
                _check(client.rcpt(to))
                _check(client.data(letter.as_bytes(policy=SMTP)))
            except smtplib.SMTPDataError as answer:
                _check((answer.smtp_code, b""))
            except (smtplib.SMTPServerDisconnected, OSError):
                raise LetterPutOff(CONNECTION_LOST, connection_lost=True) from None
            finally:
                client.forget_unfinished()

    def _introduce(self, client: "_Client") -> None:
        client.ehlo()
        if self._mail.security is MailSecurity.STARTTLS:
            client.starttls(context=client.trust)
            client.ehlo()
        password = self._mail.password()
        if self._mail.user and password is not None:
            client.login(self._mail.user, password)


class _Client(smtplib.SMTP):
    """An SMTP connection that a watch cuts off: timeouts of sockets count each read anew, so a dripping server
    could hold the conversation for ever."""

    def __init__(self, mail: Mail, *, own_name: str) -> None:
        super().__init__(local_hostname=own_name, timeout=mail.timeout)
        self.trust = ssl.create_default_context(cafile=mail.ca_file)
        self._at_once = mail.security is MailSecurity.TLS
        self._seconds = mail.timeout
        self._wire: socket.socket | None = None
        self._host = (
            mail.server
        )  # the name a certificate is asked for; smtplib sets it only when it connects at once

    @contextmanager
    def deadline(self) -> Iterator[None]:
        """All that is said within the block takes at most the settings' timeout together."""
        watch = threading.Timer(self._seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def forget_unfinished(self) -> None:
        """Begin anew after a letter, taken or not; a connection that is gone is noticed with the next one."""
        with suppress(smtplib.SMTPException, OSError):
            self.rset()

    def close(self) -> None:
        """Close the connection."""
        super().close()
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        self._wire = plain.dup()  # stays the same connection when TLS wraps the other
        return self.trust.wrap_socket(plain, server_hostname=host) if self._at_once else plain

    def _cut(self) -> None:
        wire = self._wire
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


@contextmanager
def _troubles_of_the_server() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise ServerUnavailable("certificate_refused") from None
    except ssl.SSLError:
        raise ServerUnavailable("tls_failed") from None
    except smtplib.SMTPNotSupportedError:
        raise ServerUnavailable("not_offered") from None
    except smtplib.SMTPResponseException as answer:
        raise ServerUnavailable(f"smtp_{answer.smtp_code}") from None
    except smtplib.SMTPServerDisconnected:
        raise ServerUnavailable(CONNECTION_LOST) from None
    except TimeoutError:
        raise ServerUnavailable("timeout") from None
    except (smtplib.SMTPException, OSError):
        raise ServerUnavailable("unreachable") from None


def _check_sender(answer: tuple[int, bytes]) -> None:
    # Whoever refuses our own sender refuses every letter: none of them is to blame.
    if answer[0] not in ACCEPTED:
        raise ServerUnavailable(f"smtp_{answer[0]}")


def _check(answer: tuple[int, bytes]) -> None:
    code = answer[0]
    if code in ACCEPTED:
        return
    if code == CLOSING:
        raise ServerUnavailable(f"smtp_{code}")
    if 500 <= code < 600:
        raise LetterRefused(f"smtp_{code}")
    raise LetterPutOff(f"smtp_{code}")
