"""What it means to hand a letter over, and the ways in which that fails."""

from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self


class ServerUnavailable(Exception):
    """The server cannot be used now; no letter was taken and none is to blame. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LetterRefused(Exception):
    """The server will never take this letter for this address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LetterPutOff(Exception):
    """The server did not take this letter now. `connection_lost`: nor can it take another over this connection."""

    def __init__(self, code: str, *, connection_lost: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.connection_lost = connection_lost


class Post(Protocol):
    """A way for letters out, open as a context. Opening it raises ServerUnavailable."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, letter: EmailMessage, to: str) -> None:
        """Hand one letter over; returning means that it was accepted.

        Raises LetterRefused, LetterPutOff, ServerUnavailable.
        """
