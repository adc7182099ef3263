"""The nightly duties and what the administrator sees of them, on both databases."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.accounts import Role
from portal.services import house_overview
from portal.services.housekeeping import DUTIES, Duty, is_overdue, sqlite_file
from portal.services.job_runs import RunLog
from portal.services.sessions import open_session
from portal.settings import Settings
from tests.people import make_account

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_every_duty_works_on_this_database(duty: Duty, settings: Settings) -> None:
    counts = duty.run(settings, lambda: True)
    assert all(isinstance(count, int) for count in counts.values())
    if sqlite_file(settings) is None and duty.name in {"integrity", "backup"}:
        assert counts == {}


def test_overdue_until_every_duty_was_done_within_a_day() -> None:
    at = clock.real_now()
    for duty in DUTIES:
        assert is_overdue(at)
        RunLog(duty.job).finished(at, {})
    assert not is_overdue(at)
    assert is_overdue(clock.real_now() + timedelta(days=1, minutes=1))


def test_the_last_run_of_each_duty_is_shown_failures_included() -> None:
    RunLog("keep_house.backup").finished(clock.real_now(), {"made": 1})
    RunLog("keep_house.backup").finished(clock.real_now(), {}, error="disk_full")
    shown = {run.name: run for run in house_overview.duty_runs()}
    assert list(shown) == [duty.name for duty in DUTIES]
    assert shown["backup"].error == "disk_full"
    assert shown["journal"].finished_at is None


def test_sizes_and_sessions_are_counted(settings: Settings) -> None:
    account = make_account(role=Role.ADMIN)
    at = clock.real_now()
    with transaction():
        open_session(account, timedelta(hours=1), at)
        open_session(account, timedelta(hours=-1), at)
    assert house_overview.signed_in(at) == {Role.STUDENT: 0, Role.STAFF: 0, Role.ADMIN: 1}
    assert house_overview.database_size(settings) > 100_000
    assert house_overview.mail_queue(at) == house_overview.MailQueue(0, None, 0, 0)
