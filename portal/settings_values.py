"""What a value in `portal.toml` may look like, by itself and for the instance it is read for."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

EXAMPLE_SENDER = "mlegitymacja@example.edu.pl"


@dataclass(frozen=True, slots=True)
class _Reading:
    instance: Path
    demo: bool


_READING: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def read_for(instance: Path, *, demo: bool) -> Iterator[None]:
    """Inside, what a table says is also held against the instance it is read for: its files, and what it is."""
    token = _READING.set(_Reading(instance, demo))
    try:
        yield
    finally:
        _READING.reset(token)


def _within_the_instance(path: Path) -> Path:
    reading = _READING.get()
    if reading is None:
        return path
    there = reading.instance / path
    if not there.is_file():
        raise ValueError(f"nie ma pliku {there}")
    return there


def _like(pattern: str, words: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(words)
        return text

    return checked


def _host(text: str) -> str:
    label = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
    if text and not re.fullmatch(rf"{label}(?:\.{label})*", text):
        try:
            ip_address(text)
        except ValueError:
            raise ValueError("ma być nazwą serwera albo adresem IP, jak poczta.example.edu.pl") from None
    return text


Text = Annotated[str, Field(min_length=1, max_length=200)]
Host = Annotated[str, Field(max_length=253), AfterValidator(_host)]
"""The name or the IP address of a server, without a port; empty: none."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Colour = Annotated[str, AfterValidator(_like("#[0-9a-fA-F]{6}", "ma wyglądać jak #1d4f91"))]
MailAddress = Annotated[
    str,
    Field(max_length=254),
    AfterValidator(_like(r"[^@\s<>]+@[^@\s<>]+", f"ma być adresem e-mail, jak {EXAMPLE_SENDER}")),
]
InstanceFile = Annotated[Path, AfterValidator(_within_the_instance)]
"""Written relative to the instance; read, it is absolute and there."""


class Group(BaseModel):
    """A table of the settings file: unknown names are mistakes, values never change after the start."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def address(url: str) -> SplitResult:
    """The parts of a usable http(s) address. Raises ValueError."""
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) and not parts.username
        )
    except ValueError:  # a port that is no number, a bracket left open
        usable = False
    if not usable:
        raise ValueError("wpisz adres, który zaczyna się od https://")
    return parts


def service_address(url: str) -> str:
    """The address of a service: over TLS, unless it is read for a demonstration. Raises ValueError."""
    parts, reading = address(url), _READING.get()
    if parts.query or parts.fragment:
        raise ValueError("adres bez znaków ? i #")
    # The sandbox speaks plain http only, so this also keeps every real instance away from it.
    if parts.scheme == "http" and reading is not None and not reading.demo:
        raise ValueError("ma się zaczynać od https:// (bez TLS działa tylko demonstracja)")
    return url
