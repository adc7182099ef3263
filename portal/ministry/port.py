"""What the portal asks of the ministry, and every way in which the ministry may answer.

The ministry's own protocol is not public. This port is as narrow as the office's need (submit, look up,
withdraw), and a connector behind it translates. It does no I/O and knows neither the models nor the web.

What came of a call tells the caller what to do next:

====================================================  ======================  ================================
What happened                                         Outcome                 What the caller does
====================================================  ======================  ================================
an answer in the contract's form                      `Report`                records it: it is a fact
name, connection or TLS not made; 408; 429; 503       `MinistryUnavailable`   calls again later, not before
                                                                              `retry_after`
401, 403, 404, or any 4xx outside the contract's      `MinistryUnavailable`   the same, and tells a person: no
form (an HTML page)                                   with `alarm`            order may fail over an old token
sent, and no answer, a cut one, another 5xx, a 3xx,   `OutcomeUncertain`      repeats the same key, or asks
or a 2xx outside the contract's form                                          a person if not `repeatable`
400, 409, 422 in the contract's form                  `RequestRefused`        ends the order as an error
====================================================  ======================  ================================

A look-up changes nothing at the ministry, so it has no uncertain outcome: whatever keeps it from answering
is `MinistryUnavailable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

LOOK_UP_LIMIT = 200
"""The most keys one look-up may ask about."""


class RequestState(StrEnum):
    """Where a request stands at the ministry, in the ministry's own view."""

    UNKNOWN = "unknown"
    PROCESSING = "processing"
    READY = "ready"
    COLLECTED = "collected"
    REFUSED = "refused"
    CODES_EXPIRED = "codes_expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Application:
    """The frozen content of an order: the same key never carries another one.

    Its repr shows no personal data, so that it may appear in a traceback.
    """

    album_number: str = field(repr=False)
    pesel: str = field(repr=False)
    first_names: str = field(repr=False)
    surname: str = field(repr=False)
    birth_date: date = field(repr=False)
    valid_until: date
    photo: bytes = field(repr=False)
    photo_media_type: str


@dataclass(frozen=True, slots=True)
class Codes:
    """What adds the card to a phone: a secret until used. `expire_at` is aware UTC, None where not told."""

    qr_payload: str = field(repr=False)
    activation_code: str = field(repr=False)
    expire_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """The ministry's answer about one request.

    `album_number` echoes what was submitted; it is None only for `UNKNOWN`, and for `WITHDRAWN` when the key
    was never submitted. `codes` stand beside `READY`, always. `collected_at` is aware UTC. `refusal` is the
    ministry's short code, `[a-z0-9_]{1,64}`, beside `REFUSED`.
    """

    key: str
    state: RequestState
    album_number: str | None = field(repr=False)
    codes: Codes | None
    card_number: str | None = field(repr=False)
    card_issued_on: date | None
    collected_at: datetime | None
    refusal: str | None


class MinistryUnavailable(Exception):
    """Nothing was done at the ministry; the same call may be made again later.

    `reason` is a short code (`refused_connection`, `timeout_connecting`, `tls`, `http_503` …), `retry_after`
    the seconds the ministry asked for, if it did. `alarm` means that waiting will not cure it: the address or
    the credentials are wrong.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, alarm: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.alarm = alarm


class OutcomeUncertain(Exception):
    """The call was, or may have been, sent; whether the ministry did it is not known.

    `reason` is a short code: `no_answer`, `cut_answer`, `http_500`, `redirect`, `off_contract` …
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestRefused(Exception):
    """The ministry understood the request and will not do it; `code` is its short code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Ministry(Protocol):
    """A connector to the ministry, shared by several threads."""

    repeatable: bool
    """Whether submit may be sent again under the same key without a second card."""

    def submit(self, key: str, application: Application) -> Report:
        """Hand in the order `key` and return where it stands now.

        Raises `MinistryUnavailable`, `OutcomeUncertain` or `RequestRefused`.
        """
        ...

    def look_up(self, keys: Sequence[str]) -> dict[str, Report]:
        """Ask where the requests stand: one report for every asked key, and for no other.

        At most `LOOK_UP_LIMIT` keys; more is the caller's mistake (`ValueError`).
        Raises `MinistryUnavailable` for every failure.
        """
        ...

    def withdraw(self, key: str) -> Report:
        """Take the request back for good, its card with it; repeating changes nothing.

        It holds also for a key the ministry has not seen: that key will never be issued a card.
        Raises `MinistryUnavailable`, `OutcomeUncertain` or `RequestRefused`.
        """
        ...

    def close(self) -> None:
        """Let the connections go; no call may follow."""
        ...
