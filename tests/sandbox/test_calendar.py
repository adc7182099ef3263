"""The sandbox lives by the calendar it is told, and remembers it."""

from datetime import UTC, datetime, timedelta

from tests.ministry_server import SandboxServer
from tests.sandbox.ordering import collect, look_up, order
from tests.sandbox.visiting import Visitor


def ahead(**by: int) -> float:
    return timedelta(**by).total_seconds()


def test_codes_expire_by_the_calendar(sandbox: SandboxServer) -> None:
    report = order(sandbox, "480001")
    assert report["state"] == "ready"
    sandbox.control(calendar_ahead_seconds=ahead(hours=23))
    assert look_up(sandbox, report["key"])["state"] == "ready"
    sandbox.control(calendar_ahead_seconds=ahead(hours=25))
    assert look_up(sandbox, report["key"])["state"] == "codes_expired"


def test_a_card_on_the_phone_is_valid_by_the_calendar(sandbox: SandboxServer) -> None:
    until = datetime.now(UTC).date() + timedelta(days=10)
    report = order(sandbox, "480002", valid_until=until.isoformat())
    assert collect(sandbox, report, "480002")[0] == 200
    visitor = Visitor(sandbox)
    visitor.open("/telefon/480002")
    assert visitor.shows("Ważna do")
    assert not visitor.shows("Kalendarz demonstracji")
    sandbox.control(calendar_ahead_seconds=ahead(days=12))
    visitor.open("/telefon/480002")
    assert visitor.shows("Wygasła")
    assert visitor.shows("Kalendarz demonstracji")
    visitor.open("/")
    assert visitor.shows("(kalendarz demonstracji)")
    assert sandbox.live_cards("480002") == []


def test_what_is_issued_carries_the_calendar_s_day(sandbox: SandboxServer) -> None:
    sandbox.control(calendar_ahead_seconds=ahead(days=100))
    report = order(sandbox, "480003")
    issued = datetime.fromisoformat(report["codes"]["expire_at"]) - timedelta(days=1)
    assert timedelta(days=99) < issued - datetime.now(UTC) < timedelta(days=101)


def test_the_calendar_outlives_the_process(own_sandbox: SandboxServer) -> None:
    own_sandbox.control(calendar_ahead_seconds=ahead(days=30))
    own_sandbox.kill()
    own_sandbox.start()
    assert own_sandbox.ask("GET", "/control")[1]["calendar_ahead_seconds"] == ahead(days=30)
