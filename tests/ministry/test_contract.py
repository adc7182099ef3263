"""The port's promises, kept by the real connector against a real server."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from portal.ministry.http import HttpMinistry
from portal.ministry.port import (
    LOOK_UP_LIMIT,
    Ministry,
    MinistryUnavailable,
    OutcomeUncertain,
    RequestRefused,
    RequestState,
)
from tests.ministry_server import SandboxServer, application


def key() -> str:
    return str(uuid4())


class TestHttpMinistryAgainstTheSandbox:
    def test_it_is_a_ministry(self, ministry: HttpMinistry) -> None:
        port: Ministry = ministry
        assert port.repeatable

    def test_a_request_is_taken_in_and_ready_after_processing(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(processing_seconds=600)
        mine = key()
        taken_in = ministry.submit(mine, application("300001"))
        assert (taken_in.state, taken_in.album_number, taken_in.codes) == (
            RequestState.PROCESSING,
            "300001",
            None,
        )
        sandbox_server.control(processing_seconds=0)
        ready = ministry.look_up([mine])[mine]
        assert ready.state is RequestState.READY
        assert ready.codes is not None
        assert len(ready.codes.qr_payload) == 32
        assert len(ready.codes.activation_code) == 8
        assert ready.codes.expire_at is not None
        assert ready.codes.expire_at > datetime.now(UTC)
        assert ready.card_number
        assert ready.card_issued_on is not None

    def test_the_same_key_again_is_the_same_request(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        first = ministry.submit(mine, application("300002"))
        assert ministry.submit(mine, application("300002")) == first
        assert len(sandbox_server.live_cards("300002")) == 1

    def test_the_same_key_with_other_content_is_refused(self, ministry: Ministry) -> None:
        mine = key()
        ministry.submit(mine, application("300003"))
        with pytest.raises(RequestRefused) as refused:
            ministry.submit(mine, application("300003", valid_until=date(2098, 3, 31)))
        assert refused.value.code == "other_content"

    def test_ten_parallel_submits_of_one_key_make_one_card(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        with ThreadPoolExecutor(10) as threads:
            reports = list(threads.map(lambda _: ministry.submit(mine, application("300004")), range(10)))
        assert len({report.codes.qr_payload for report in reports if report.codes}) == 1
        assert len(sandbox_server.live_cards("300004")) == 1

    def test_a_withdrawn_request_has_no_card_and_never_gets_one(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        ministry.submit(mine, application("300005"))
        assert ministry.withdraw(mine).state is RequestState.WITHDRAWN
        assert ministry.withdraw(mine).state is RequestState.WITHDRAWN
        assert ministry.look_up([mine])[mine].state is RequestState.WITHDRAWN
        with pytest.raises(RequestRefused) as refused:
            ministry.submit(mine, application("300005"))
        assert refused.value.code == "withdrawn"
        assert sandbox_server.live_cards("300005") == []

    def test_a_withdrawal_that_comes_before_the_submit_wins(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        withdrawn = ministry.withdraw(mine)
        assert (withdrawn.state, withdrawn.album_number) == (RequestState.WITHDRAWN, None)
        with pytest.raises(RequestRefused):
            ministry.submit(mine, application("300006"))
        assert sandbox_server.live_cards("300006") == []

    def test_a_withdrawal_leaves_the_students_other_card_alone(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        old, new = key(), key()
        ministry.submit(old, application("300007"))
        ministry.submit(new, application("300007", valid_until=date(2099, 3, 31)))
        ministry.withdraw(new)
        assert [card["key"] for card in sandbox_server.live_cards("300007")] == [old]

    def test_every_asked_key_comes_back_and_no_other(self, ministry: Ministry) -> None:
        known, unknown = key(), key()
        ministry.submit(known, application("300008"))
        reports = ministry.look_up([known, unknown, known])
        assert {one: report.state for one, report in reports.items()} == {
            known: RequestState.READY,
            unknown: RequestState.UNKNOWN,
        }
        assert reports[unknown].album_number is None

    def test_two_hundred_keys_go_in_one_look_up_and_more_in_none(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        before = len(sandbox_server.calls("look_up"))
        keys = [key() for _ in range(LOOK_UP_LIMIT)]
        assert list(ministry.look_up(keys)) == keys
        with pytest.raises(ValueError):
            ministry.look_up([*keys, key()])
        assert ministry.look_up([]) == {}
        calls = sandbox_server.calls("look_up")[before:]
        assert [call["keys"] for call in calls] == [LOOK_UP_LIMIT]

    def test_a_refusal_after_processing_is_a_state_with_a_code(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(mode="refuse")
        refused = ministry.submit(key(), application("300009"))
        assert (refused.state, refused.refusal) == (RequestState.REFUSED, "rejected")

    def test_content_against_the_contract_is_refused_at_once(self, ministry: Ministry) -> None:
        with pytest.raises(RequestRefused) as refused:
            ministry.submit(key(), application("300010", pesel="1"))
        assert refused.value.code == "invalid_request"

    def test_collecting_is_reported_with_its_moment(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        codes = ministry.submit(mine, application("300011")).codes
        assert codes is not None
        sandbox_server.redeem(codes.qr_payload, codes.activation_code)
        collected = ministry.look_up([mine])[mine]
        assert (collected.state, collected.codes) == (RequestState.COLLECTED, None)
        assert collected.collected_at is not None
        assert collected.collected_at.tzinfo is UTC

    def test_codes_expire_at_the_ministry(self, ministry: Ministry, sandbox_server: SandboxServer) -> None:
        sandbox_server.control(code_lifetime_seconds=0.01)
        mine = key()
        ministry.submit(mine, application("300012"))
        time.sleep(0.05)
        expired = ministry.look_up([mine])[mine]
        assert (expired.state, expired.codes) == (RequestState.CODES_EXPIRED, None)

    def test_four_threads_share_one_connector(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        gate = threading.Barrier(4)

        def order_ten(thread: int) -> list[str]:
            gate.wait()
            albums = [f"31{thread}{one:03d}" for one in range(10)]
            return [str(ministry.submit(key(), application(album)).album_number) for album in albums]

        with ThreadPoolExecutor(4) as threads:
            answered = [album for albums in threads.map(order_ten, range(4)) for album in albums]
        assert answered == [f"31{thread}{one:03d}" for thread in range(4) for one in range(10)]
        assert all(len(sandbox_server.live_cards(album)) == 1 for album in answered[:3])


class TestFailuresOfTheMinistry:
    def test_down_is_unavailable_and_nothing_is_done(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(mode="down")
        mine = key()
        for call in (
            lambda: ministry.submit(mine, application()),
            lambda: ministry.look_up([mine]),
            lambda: ministry.withdraw(mine),
        ):
            with pytest.raises(MinistryUnavailable) as unavailable:
                call()
            assert (unavailable.value.reason, unavailable.value.alarm) == ("http_503", False)
        sandbox_server.control(mode="ok")
        assert ministry.look_up([mine])[mine].state is RequestState.UNKNOWN

    def test_too_many_calls_tells_how_long_to_wait(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(mode="http_429")
        with pytest.raises(MinistryUnavailable) as unavailable:
            ministry.look_up([key()])
        assert (unavailable.value.reason, unavailable.value.retry_after) == ("http_429", 2.0)

    def test_a_500_is_uncertain_for_a_change_and_unavailable_for_a_look_up(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(mode="http_500")
        with pytest.raises(OutcomeUncertain, match="http_500"):
            ministry.submit(key(), application())
        with pytest.raises(OutcomeUncertain, match="http_500"):
            ministry.withdraw(key())
        with pytest.raises(MinistryUnavailable, match="http_500"):
            ministry.look_up([key()])

    def test_a_lost_answer_is_uncertain_and_the_same_key_again_learns_the_truth(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(mode="lose_answers")
        mine = key()
        for _ in range(3):
            with pytest.raises(OutcomeUncertain, match="no_answer"):
                ministry.submit(mine, application("320001"))
        sandbox_server.control(mode="ok")
        assert ministry.submit(mine, application("320001")).state is RequestState.READY
        assert len(sandbox_server.live_cards("320001")) == 1

    def test_a_ministry_that_honours_no_keys_makes_a_second_card(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        sandbox_server.control(honours_keys=False)
        mine = key()
        ministry.submit(mine, application("320002"))
        ministry.submit(mine, application("320002"))
        assert len(sandbox_server.live_cards("320002")) == 2

    def test_a_slow_ministry_is_cut_off_at_the_deadline(self, sandbox_server: SandboxServer) -> None:
        sandbox_server.control(mode="slow", slow_seconds=60)
        hasty = HttpMinistry(sandbox_server.url, deadline=0.3, token=sandbox_server.token)
        begun = time.monotonic()
        with pytest.raises(OutcomeUncertain, match="no_answer"):
            hasty.submit(key(), application())
        hasty.close()
        assert time.monotonic() - begun < 20

    def test_no_kind_of_nonsense_is_believed(self, ministry: Ministry, sandbox_server: SandboxServer) -> None:
        sandbox_server.control(mode="nonsense")
        for _ in range(12):  # each kind twice
            with pytest.raises(OutcomeUncertain):
                ministry.submit(key(), application("320003"))

    def test_nonsense_about_a_look_up_is_refused_or_names_another_student(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        """Only the caller knows whose key it is, so another student's card shows by its album number."""
        mine = key()
        ministry.submit(mine, application("320004"))
        sandbox_server.control(mode="nonsense")
        albums = []
        for _ in range(12):
            with suppress(MinistryUnavailable):
                albums.append(ministry.look_up([mine])[mine].album_number)
        assert albums == ["999999", "999999"]

    def test_a_wrong_token_raises_the_alarm(self, sandbox_server: SandboxServer) -> None:
        stranger = HttpMinistry(sandbox_server.url, deadline=20, token="wrong")
        with pytest.raises(MinistryUnavailable) as unavailable:
            stranger.submit(key(), application())
        stranger.close()
        assert (unavailable.value.reason, unavailable.value.alarm) == ("http_401", True)

    def test_a_killed_ministry_refuses_connections_and_remembers_everything_when_back(
        self, own_sandbox: SandboxServer
    ) -> None:
        connector = HttpMinistry(own_sandbox.url, deadline=20, token=own_sandbox.token)
        mine = key()
        before = connector.submit(mine, application())
        own_sandbox.kill()
        with pytest.raises(MinistryUnavailable) as unavailable:
            connector.submit(key(), application())
        assert (unavailable.value.reason, unavailable.value.alarm) == ("refused_connection", False)
        own_sandbox.start()
        assert connector.look_up([mine])[mine] == before
        connector.close()


class TestLogOfCalls:
    def test_each_call_leaves_one_line_without_personal_data(
        self, ministry: Ministry, sandbox_server: SandboxServer
    ) -> None:
        mine = key()
        with capture_logs() as lines:
            report = ministry.submit(mine, application("330001"))
            ministry.look_up([mine, key()])
            sandbox_server.control(mode="down")
            with pytest.raises(MinistryUnavailable):
                ministry.withdraw(mine)
        told = [(line["verb"], line["outcome"], line["reason"], line["keys"], line["key"]) for line in lines]
        assert told == [
            ("submit", "answered", None, 1, mine),
            ("look_up", "answered", None, 2, None),
            ("withdraw", "unavailable", "http_503", 1, mine),
        ]
        assert report.codes is not None
        for secret in ("67910712340", "Przykładowa", report.codes.qr_payload, report.codes.activation_code):
            assert secret not in str(lines)
