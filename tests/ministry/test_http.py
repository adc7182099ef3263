"""What the connector makes of every way in which a network and a server can fail."""

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate

import pytest

from portal.ministry.http import HttpMinistry
from portal.ministry.port import (
    MinistryUnavailable,
    OutcomeUncertain,
    Report,
    RequestRefused,
    RequestState,
)
from tests.ministry.raw_server import Script, answer_with, http, raw_server, read_request, reset
from tests.ministry_server import application, free_port

KEY = "0a6b1f0e-6f1d-4d7e-9c57-3c1de0a5f9aa"
PROCESSING = json.dumps({"key": KEY, "state": "processing", "album_number": "200001"}).encode()
GOOD = http("200 OK", PROCESSING)
KEPT = http("200 OK", PROCESSING, kept=True)
PATIENT, HASTY = 20.0, 0.4
"""Deadlines in seconds: one that is never reached, one that always is."""
SOON = 15.0
"""Far more than a hasty call takes on a busy machine, far less than the servers here would hold it."""


@contextmanager
def connected(script: Script, deadline: float = PATIENT, limit: int = 100_000) -> Iterator[HttpMinistry]:
    with raw_server(script) as server:
        connector = HttpMinistry(server.url, deadline=deadline, max_answer_bytes=limit)
        try:
            yield connector
        finally:
            connector.close()


def submit(connector: HttpMinistry) -> Report:
    return connector.submit(KEY, application())


def withdraw(connector: HttpMinistry) -> Report:
    return connector.withdraw(KEY)


def look_up(connector: HttpMinistry) -> Report:
    return connector.look_up([KEY])[KEY]


def check_uncertain(connector: HttpMinistry, reason: str) -> None:
    """Uncertain for both changes; unavailable for the look-up, which may be asked again."""
    for change in (submit, withdraw):
        with pytest.raises(OutcomeUncertain) as uncertain:
            change(connector)
        assert uncertain.value.reason == reason
    with pytest.raises(MinistryUnavailable) as unavailable:
        look_up(connector)
    assert (unavailable.value.reason, unavailable.value.alarm) == (reason, False)


def check_unavailable(connector: HttpMinistry, reason: str, *, alarm: bool = False) -> MinistryUnavailable:
    """Unavailable for all three; returns the last."""
    for call in (submit, withdraw, look_up):
        with pytest.raises(MinistryUnavailable) as unavailable:
            call(connector)
        assert (unavailable.value.reason, unavailable.value.alarm) == (reason, alarm)
    return unavailable.value


def until_the_client_goes(connection: socket.socket, piece: bytes = b"", pause: float = 0.05) -> None:
    """Send `piece` again and again, or nothing, until the other side closes (a minute at most)."""
    give_up = time.monotonic() + 60
    connection.settimeout(pause)
    while time.monotonic() < give_up:
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            connection.sendall(piece)


class TestNoConnection:
    def test_a_refused_connection_is_unavailable(self) -> None:
        with socket.socket() as deaf:  # holds the port and does not listen
            deaf.bind(("127.0.0.1", 0))
            connector = HttpMinistry(f"http://127.0.0.1:{deaf.getsockname()[1]}", deadline=PATIENT)
            check_unavailable(connector, "refused_connection")
            connector.close()

    def test_a_connection_nobody_accepts_ends_at_the_deadline_and_is_unavailable(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            address = full.getsockname()
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(address)
            connector = HttpMinistry(f"http://127.0.0.1:{address[1]}", deadline=HASTY)
            begun = time.monotonic()
            check_unavailable(connector, "timeout_connecting")
            assert time.monotonic() - begun < SOON
            connector.close()
            for one in waiting:
                one.close()

    def test_a_name_nobody_knows_is_unavailable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*asked: object, **how: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")

        monkeypatch.setattr("socket.getaddrinfo", unknown)
        connector = HttpMinistry("https://ministry.invalid", deadline=PATIENT)
        check_unavailable(connector, "name_not_found")
        connector.close()

    def test_a_resolver_that_hangs_ends_at_the_deadline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def hang(*asked: object, **how: object) -> None:
            time.sleep(3)
            raise socket.gaierror(socket.EAI_AGAIN, "later")

        monkeypatch.setattr("socket.getaddrinfo", hang)
        connector = HttpMinistry("https://ministry.invalid", deadline=0.1)
        with pytest.raises(MinistryUnavailable, match="timeout_connecting"):
            submit(connector)
        connector.close()

    def test_the_second_address_is_tried_when_the_first_refuses(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with raw_server(answer_with(GOOD)) as server:
            nobody, somebody = ("127.0.0.1", free_port()), ("127.0.0.1", server.port)
            found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in (nobody, somebody)]
            monkeypatch.setattr("socket.getaddrinfo", lambda *asked, **how: found)
            connector = HttpMinistry("http://localhost:1", deadline=PATIENT)
            assert submit(connector).state is RequestState.PROCESSING
            connector.close()


class TestSentWithoutAnAnswer:
    def test_a_reset_before_the_answer(self) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            reset(connection)

        with connected(script) as connector:
            check_uncertain(connector, "no_answer")

    def test_a_connection_closed_before_the_answer(self) -> None:
        with connected(answer_with(b"")) as connector:
            check_uncertain(connector, "no_answer")

    def test_a_connection_reset_while_the_request_is_read(self) -> None:
        def script(connection: socket.socket) -> None:
            connection.recv(1_000)
            reset(connection)

        with connected(script) as connector, pytest.raises(OutcomeUncertain, match="no_answer"):
            connector.submit(KEY, application(photo=b"x" * 3_000_000))

    def test_a_server_that_hangs_after_the_request(self) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            until_the_client_goes(connection)

        with connected(script, HASTY) as connector:
            begun = time.monotonic()
            check_uncertain(connector, "no_answer")
            assert time.monotonic() - begun < SOON

    def test_a_server_that_never_reads_a_long_request(self) -> None:
        def script(connection: socket.socket) -> None:
            time.sleep(HASTY * 4)

        with connected(script, HASTY) as connector, pytest.raises(OutcomeUncertain, match="no_answer"):
            connector.submit(KEY, application(photo=b"x" * 20_000_000))


class TestCutAnswers:
    def test_a_good_answer_cut_at_any_byte_is_uncertain(self) -> None:
        cuts = iter(range(len(GOOD)))

        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(GOOD[: next(cuts)])

        with connected(script) as connector:
            for cut in range(len(GOOD)):
                with pytest.raises(OutcomeUncertain) as uncertain:
                    submit(connector)
                assert uncertain.value.reason == ("cut_answer" if cut else "no_answer")

    def test_a_reset_in_the_middle_of_the_answer(self) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(GOOD[:-20])
            time.sleep(0.2)  # let the first part arrive
            reset(connection)

        with connected(script) as connector:
            check_uncertain(connector, "cut_answer")

    def test_a_cut_refusal_is_no_refusal(self) -> None:
        refusal = http("422 Unprocessable", b'{"code": "rejected", "message": "no"}')
        with connected(answer_with(refusal[:-5])) as connector:
            check_uncertain(connector, "cut_answer")

    def test_a_cut_chunked_answer_is_uncertain(self) -> None:
        chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        whole = chunked + b"%x\r\n%s\r\n0\r\n\r\n" % (len(PROCESSING), PROCESSING)
        with connected(answer_with(whole)) as connector:
            assert submit(connector).state is RequestState.PROCESSING
        with connected(answer_with(whole[:-5])) as connector, pytest.raises(OutcomeUncertain):
            submit(connector)


class TestAnswersWithoutEnd:
    @pytest.mark.parametrize(
        ("beginning", "piece"),
        [
            (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
            (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
            (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
            (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n", b" "),
            (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "),
        ],
        ids=["a header's value", "headers", "interim answers", "a body with a length", "a body without"],
    )
    def test_a_dripping_answer_ends_at_the_deadline(self, beginning: bytes, piece: bytes) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(beginning)
            until_the_client_goes(connection, piece)

        with connected(script, HASTY) as connector:
            begun = time.monotonic()
            check_uncertain(connector, "cut_answer")
            assert time.monotonic() - begun < SOON

    def test_an_endless_body_is_dropped_when_it_is_too_long(self) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
            until_the_client_goes(connection, b" " * 65_536, pause=0.001)

        with connected(script) as connector:
            check_uncertain(connector, "off_contract")

    def test_endless_headers_are_dropped(self) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            until_the_client_goes(connection, b"X-More: 1\r\n" * 5_000, pause=0.001)

        with connected(script) as connector:
            check_uncertain(connector, "cut_answer")

    def test_a_packed_answer_is_never_unpacked(self) -> None:
        bomb = gzip.compress(b" " * 10_000_000 + PROCESSING)
        assert len(bomb) < 100_000
        with connected(answer_with(http("200 OK", bomb, "Content-Encoding: gzip"))) as connector:
            check_uncertain(connector, "off_contract")

    def test_packed_answers_are_not_asked_for(self) -> None:
        seen: list[bytes] = []

        def script(connection: socket.socket) -> None:
            seen.append(read_request(connection))
            connection.sendall(GOOD)

        with connected(script) as connector:
            submit(connector)
        assert b"accept-encoding: identity" in seen[0].lower()


class TestStatuses:
    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 Permanent", "304 Same"])
    def test_a_redirect_is_not_followed(self, status: str) -> None:
        with raw_server(answer_with(GOOD)) as elsewhere:
            moved = http(status, b"", f"Location: {elsewhere.url}/v1/requests/{KEY}")
            with connected(answer_with(moved)) as connector:
                check_uncertain(connector, "redirect")
            assert elsewhere.connections == 0

    @pytest.mark.parametrize("status", [500, 501, 502, 504, 599])
    def test_a_failing_server_leaves_it_uncertain(self, status: int) -> None:
        with connected(answer_with(http(f"{status} Failing", b"<h1>", kind="text/html"))) as connector:
            check_uncertain(connector, f"http_{status}")

    @pytest.mark.parametrize("status", [408, 429, 503])
    def test_later_is_unavailable_with_the_time_to_wait(self, status: int) -> None:
        with connected(answer_with(http(f"{status} Later", b"", "Retry-After: 120"))) as connector:
            assert check_unavailable(connector, f"http_{status}").retry_after == 120
        with connected(answer_with(http(f"{status} Later", b"<h1>", kind="text/html"))) as connector:
            assert check_unavailable(connector, f"http_{status}").retry_after is None

    def test_retry_after_may_be_a_date(self) -> None:
        in_ten_minutes = formatdate(time.time() + 600, usegmt=True)
        with connected(answer_with(http("503 Later", b"", f"Retry-After: {in_ten_minutes}"))) as connector:
            wait = check_unavailable(connector, "http_503").retry_after
        assert wait is not None
        assert 500 < wait <= 600

    def test_a_status_that_says_it_all_needs_no_body(self) -> None:
        cut = b"HTTP/1.1 503 Later\r\nContent-Length: 5000\r\n\r\nonly this"
        with connected(answer_with(cut)) as connector:
            check_unavailable(connector, "http_503")

    @pytest.mark.parametrize("status", [401, 403, 404, 405, 410, 413])
    def test_a_door_that_is_closed_to_us_raises_the_alarm_and_fails_no_order(self, status: int) -> None:
        refusal = b'{"code": "unauthorized", "message": "who are you?"}'
        with connected(answer_with(http(f"{status} No", refusal))) as connector:
            check_unavailable(connector, f"http_{status}", alarm=True)

    @pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
    def test_a_html_page_is_no_refusal(self, status: int) -> None:
        with connected(answer_with(http(f"{status} No", b"<h1>No</h1>", kind="text/html"))) as connector:
            check_unavailable(connector, f"html_{status}", alarm=True)

    @pytest.mark.parametrize("status", [400, 409, 422])
    def test_a_refusal_in_the_contracts_form_is_final(self, status: int) -> None:
        refusal = http(f"{status} No", b'{"code": "photo_too_dark", "message": "..."}')
        with connected(answer_with(refusal)) as connector:
            for change in (submit, withdraw):
                with pytest.raises(RequestRefused) as refused:
                    change(connector)
                assert refused.value.code == "photo_too_dark"
            with pytest.raises(MinistryUnavailable, match="refused_photo_too_dark"):
                look_up(connector)

    @pytest.mark.parametrize(
        "body", [b"", b"{}", b'{"code": "Not A Code!", "message": ""}', b'{"code": 7}', b"["]
    )
    def test_a_refusal_in_another_form_is_no_refusal(self, body: bytes) -> None:
        with connected(answer_with(http("422 No", body))) as connector:
            check_unavailable(connector, "http_422", alarm=True)

    @pytest.mark.parametrize("status", ["201 Created", "202 Accepted", "204 Nothing", "206 Part"])
    def test_another_success_than_200_is_off_the_contract(self, status: str) -> None:
        body = b"" if status.startswith("204") else PROCESSING
        with connected(answer_with(http(status, body))) as connector:
            check_uncertain(connector, "off_contract")


class TestContents:
    @pytest.mark.parametrize(
        "answer",
        [
            http("200 OK", b"<h1>Maintenance</h1>", kind="text/html"),
            http("200 OK", PROCESSING, kind="text/html"),
            http("200 OK", b""),
            http("200 OK", b"null"),
            http("200 OK", b"[" * 100_000),
            http("200 OK", PROCESSING[:-1]),
            http("200 OK", PROCESSING.replace(KEY.encode(), b"another-key")),
            http("200 OK", PROCESSING.replace(b"200001", b"200002")),
            http("200 OK", PROCESSING.replace(b"processing", b"unknown")),
            http("200 OK", PROCESSING.replace(b"processing", b"withdrawn")),
            b"SSH-2.0-OpenSSH_9.6\r\n",
        ],
        ids=[
            "html",
            "json called html",
            "empty",
            "null",
            "deep",
            "broken",
            "another key",
            "another student",
            "unknown",
            "withdrawn",
            "no http",
        ],
    )
    def test_no_odd_answer_to_a_submit_is_believed(self, answer: bytes) -> None:
        with connected(answer_with(answer)) as connector, pytest.raises(OutcomeUncertain):
            submit(connector)

    @pytest.mark.parametrize("state", ["processing", "unknown", "collected"])
    def test_a_withdrawal_that_did_not_withdraw_is_uncertain(self, state: str) -> None:
        body = json.dumps({"key": KEY, "state": state, "album_number": "200001"}).encode()
        answering = connected(answer_with(http("200 OK", body)))
        with answering as connector, pytest.raises(OutcomeUncertain, match="off_contract"):
            withdraw(connector)

    @pytest.mark.parametrize(
        "told",
        [
            [],
            [{"key": "b-key-nobody-asked-for", "state": "unknown"}],
            [{"key": KEY, "state": "unknown"}, {"key": "b-key-nobody-asked-for", "state": "unknown"}],
            [{"key": KEY, "state": "unknown"}, {"key": KEY, "state": "unknown"}],
        ],
        ids=["none", "another", "one too many", "twice"],
    )
    def test_a_look_up_answers_exactly_the_asked_keys(self, told: list[dict[str, str]]) -> None:
        body = json.dumps({"requests": told}).encode()
        answering = connected(answer_with(http("200 OK", body)))
        with answering as connector, pytest.raises(MinistryUnavailable, match="off_contract"):
            look_up(connector)


class TestConnectionsKept:
    def test_one_connection_serves_several_calls(self) -> None:
        def script(connection: socket.socket) -> None:
            while True:
                read_request(connection)
                connection.sendall(KEPT)

        with raw_server(script) as server:
            connector = HttpMinistry(server.url, deadline=PATIENT)
            for _ in range(3):
                submit(connector)
            connector.close()
            assert server.connections == 1

    def test_a_request_on_a_connection_that_had_gone_stale_is_uncertain_and_not_repeated(self) -> None:
        requests = []

        def script(connection: socket.socket) -> None:
            requests.append(read_request(connection))
            connection.sendall(KEPT)
            requests.append(read_request(connection))
            reset(connection)

        with connected(script) as connector:
            submit(connector)
            with pytest.raises(OutcomeUncertain, match="no_answer"):
                submit(connector)
        assert len(requests) == 2

    def test_a_connection_closed_while_idle_is_not_used_again(self) -> None:
        with connected(answer_with(KEPT)) as connector:
            for _ in range(3):
                assert submit(connector).state is RequestState.PROCESSING
                time.sleep(0.2)  # let the close arrive


class TestSettings:
    @pytest.mark.parametrize(
        "url",
        [
            "http://ministry.example",
            "ftp://127.0.0.1",
            "ministry.example",
            "https://",
            "https://user:secret@ministry.example",
            "https://ministry.example/?a=1",
            "https://ministerstwo.przykład",
        ],
    )
    def test_an_address_that_must_not_be_used_is_refused_at_the_start(self, url: str) -> None:
        with pytest.raises(ValueError):
            HttpMinistry(url, deadline=1)

    @pytest.mark.parametrize("token", ["two words", "line\r\nX-Injected: 1", "żeton"])
    def test_a_token_that_is_no_header_is_refused_at_the_start(self, token: str) -> None:
        with pytest.raises(ValueError):
            HttpMinistry("https://ministry.example", deadline=1, token=token)

    def test_the_environments_proxy_and_credentials_are_not_used(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
        with connected(answer_with(GOOD)) as connector:
            assert submit(connector).state is RequestState.PROCESSING

    def test_cookies_are_not_sent_back(self) -> None:
        seen: list[bytes] = []

        def script(connection: socket.socket) -> None:
            seen.append(read_request(connection))
            connection.sendall(http("200 OK", PROCESSING, "Set-Cookie: who=200001"))

        with connected(script) as connector:
            submit(connector)
            submit(connector)
        assert len(seen) == 2
        assert b"cookie" not in seen[1].lower()

    def test_the_address_may_have_a_path_and_the_key_cannot_leave_it(self) -> None:
        seen: list[bytes] = []

        def script(connection: socket.socket) -> None:
            seen.append(read_request(connection).partition(b"\r\n")[0])
            connection.sendall(http("404 No"))

        with raw_server(script) as server:
            connector = HttpMinistry(server.url + "/university/", deadline=PATIENT, token="t")
            calls: list[Callable[[], object]] = [
                lambda: connector.submit("../a?b", application()),
                lambda: connector.withdraw(KEY),
            ]
            for call in calls:
                with pytest.raises(MinistryUnavailable):
                    call()
            connector.close()
        assert seen == [
            b"PUT /university/v1/requests/..%2Fa%3Fb HTTP/1.1",
            f"PUT /university/v1/requests/{KEY}/withdrawal HTTP/1.1".encode(),
        ]
