"""Which jobs a deployment runs."""

from jobs import expire_codes
from jobs.schedule import SCHEDULE, jobs_to_run

ASKING = {"forward_orders", "refresh_orders", "deliver_withdrawals"}


def names(*, connected: bool, by_panel: bool) -> set[str]:
    return {job.name for job in jobs_to_run(connected=connected, by_panel=by_panel)}


def test_a_connected_university_runs_every_job_of_the_table() -> None:
    assert jobs_to_run(connected=True, by_panel=False) == list(SCHEDULE)


def test_before_the_ministry_is_connected_nobody_asks_it() -> None:
    everything = {job.name for job in SCHEDULE}
    assert names(connected=False, by_panel=False) == everything - ASKING - {"expire_codes"}


def test_with_the_panel_codes_expire_by_the_clock_and_nobody_asks() -> None:
    everything = {job.name for job in SCHEDULE}
    assert names(connected=True, by_panel=True) == everything - ASKING
    expiry = next(job for job in jobs_to_run(connected=False, by_panel=True) if job.name == "expire_codes")
    assert (expiry.run, expiry.asks_ministry) == (expire_codes.run_by_clock, False)
