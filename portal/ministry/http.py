"""The ministry over HTTP, in the JSON contract of docs/ministry-openapi.yaml.

That contract is this project's own; the ministry's real protocol is not public. A university that holds the
real specification writes a connector like this one beside it.

It stands directly on httpcore2, the engine inside httpx2: an engine follows no redirects, keeps no cookies,
reads no proxies from the environment and unpacks nothing. A whole client would have to be told all of that.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpcore2
import structlog

from portal.ministry.answers import TOLD_BY_BODY, Answer, judge
from portal.ministry.deadline import Call, DeadlineNetwork, NotConnected, call_within
from portal.ministry.port import (
    LOOK_UP_LIMIT,
    Application,
    MinistryUnavailable,
    OutcomeUncertain,
    Report,
    RequestRefused,
    RequestState,
)
from portal.ministry.trust import check_address, trusted
from portal.ministry.wire import OffContract, read_report, read_reports, write_application, write_keys

NETWORK_ERRORS = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)
NOT_AFTER_SUBMIT = (RequestState.UNKNOWN, RequestState.WITHDRAWN)
IDLE_SECONDS = 5.0
"""How long an unused connection is kept: shorter than servers keep theirs, so that few are found stale."""

log = structlog.get_logger(__name__)


class HttpMinistry:
    """The port `Ministry` over HTTP, for several threads at once; a call is over within `deadline` seconds.

    `url` is the address under which `/v1/requests` lies: https, or http to this very machine. `ca_file`
    replaces the system's trusted authorities. Raises `ValueError` for an address or token that must not be
    used, `OSError` for certificates that cannot be read.
    """

    repeatable = True

    def __init__(
        self,
        url: str,
        *,
        deadline: float,
        token: str | None = None,
        client_certificate: Path | None = None,
        client_key: Path | None = None,
        ca_file: Path | None = None,
        max_answer_bytes: int = 4_000_000,
    ) -> None:
        self._base = check_address(url)
        self._deadline = deadline
        self._max_answer_bytes = max_answer_bytes
        self._headers: dict[bytes | str, bytes | str] = {
            "Host": urlsplit(self._base).netloc,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "mlegitymacja-portal",
        }
        if token:
            if not token.isascii() or not token.isprintable() or " " in token:
                raise ValueError("the ministry's token must be visible ASCII")
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trusted(ca_file, client_certificate, client_key),
            network_backend=DeadlineNetwork(),
            max_connections=None,
            keepalive_expiry=IDLE_SECONDS,
        )

    def submit(self, key: str, application: Application) -> Report:
        with _logged("submit", [key]):
            body = self._call("PUT", f"/v1/requests/{quote(key, safe='')}", write_application(application))
            with _contract_kept():
                report = read_report(body, key)
                if report.state in NOT_AFTER_SUBMIT or report.album_number != application.album_number:
                    raise OffContract  # another student's card, perhaps
        return report

    def look_up(self, keys: Sequence[str]) -> dict[str, Report]:
        asked = list(dict.fromkeys(keys))
        if len(asked) > LOOK_UP_LIMIT:
            raise ValueError(f"at most {LOOK_UP_LIMIT} keys in one look-up")
        if not asked:
            return {}
        with _logged("look_up", asked), _nothing_uncertain():
            body = self._call("POST", "/v1/requests/look-up", write_keys(asked))
            with _contract_kept():
                return read_reports(body, asked)

    def withdraw(self, key: str) -> Report:
        with _logged("withdraw", [key]):
            body = self._call("PUT", f"/v1/requests/{quote(key, safe='')}/withdrawal", b"{}")
            with _contract_kept():
                report = read_report(body, key)
                if report.state is not RequestState.WITHDRAWN:
                    raise OffContract
        return report

    def close(self) -> None:
        self._pool.close()

    def _call(self, method: str, path: str, body: bytes) -> bytes:
        """The body of a 200. Raises what the table in `port` says."""
        with call_within(self._deadline) as call:
            try:
                answer = self._exchange(method, path, body)
            except NotConnected as error:
                raise MinistryUnavailable(error.reason, alarm=error.alarm) from error
            except NETWORK_ERRORS as error:
                raise _what_is_known(call) from error
        judge(answer)
        return answer.body

    def _exchange(self, method: str, path: str, body: bytes) -> Answer:
        headers = self._headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
        with self._pool.stream(method, self._base + path, headers=headers, content=body) as answer:
            whole = bytearray()
            if answer.status in TOLD_BY_BODY:
                for piece in answer.iter_stream():
                    whole += piece
                    if len(whole) > self._max_answer_bytes:
                        return Answer(answer.status, answer.headers, b"", too_long=True)
            return Answer(answer.status, answer.headers, bytes(whole), too_long=False)


def _what_is_known(call: Call) -> MinistryUnavailable | OutcomeUncertain:
    if not call.sent:
        return MinistryUnavailable("timeout_connecting")
    return OutcomeUncertain("cut_answer" if call.heard else "no_answer")


@contextmanager
def _contract_kept() -> Iterator[None]:
    try:
        yield
    except OffContract:
        raise OutcomeUncertain("off_contract") from None


@contextmanager
def _nothing_uncertain() -> Iterator[None]:
    """A look-up changes nothing, so whatever went wrong it may simply be asked again."""
    try:
        yield
    except OutcomeUncertain as error:
        raise MinistryUnavailable(error.reason) from error
    except RequestRefused as error:
        raise MinistryUnavailable(f"refused_{error.code}", alarm=True) from error


@contextmanager
def _logged(verb: str, keys: Sequence[str]) -> Iterator[None]:
    """One line for each call: what was asked, what came of it, how long it took. Keys, never contents."""
    begun = time.monotonic()
    outcome, reason = "failed", None
    try:
        yield
        outcome = "answered"
    except MinistryUnavailable as error:
        outcome, reason = "unavailable", error.reason
        raise
    except OutcomeUncertain as error:
        outcome, reason = "uncertain", error.reason
        raise
    except RequestRefused as error:
        outcome, reason = "refused", error.code
        raise
    finally:
        key = keys[0] if len(keys) == 1 else None
        ms = round((time.monotonic() - begun) * 1000)
        log.info("ministry_called", verb=verb, outcome=outcome, reason=reason, ms=ms, keys=len(keys), key=key)
