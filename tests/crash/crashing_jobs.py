"""`python -m tests.crash.crashing_jobs`: the jobs, dying by SIGKILL at the n-th point where something becomes lasting.

Points are: before and after every commit, before and after every call to the ministry. `CRASH_AT` is n; a run that
reaches fewer points ends by itself when nothing is left to do, with exit code 0.
"""

import sys
import threading
from pathlib import Path
from typing import Any

from jobs import deliver_withdrawals, expire_codes, forward_orders, refresh_orders
from jobs.ministry_calls import MinistryCalls
from portal import create_app
from portal.ministry.http import HttpMinistry
from portal.services.claims import Terms
from portal.settings import load_settings
from tests.crash.dying import Fuse

point = Fuse()


class DyingMinistry(HttpMinistry):
    """Dies before or after a call, at the chosen point."""

    def submit(self, *args: Any) -> Any:
        point()
        answer = super().submit(*args)
        point()
        return answer

    def look_up(self, *args: Any) -> Any:
        point()
        answer = super().look_up(*args)
        point()
        return answer

    def withdraw(self, *args: Any) -> Any:
        point()
        answer = super().withdraw(*args)
        point()
        return answer


def main() -> None:
    settings = load_settings(Path(sys.argv[2]))
    app = create_app(settings)
    ministry = DyingMinistry(settings.ministry.url, deadline=2, token=settings.ministry.token())
    terms = Terms(policy=settings.policy, repeatable=True, lease=0.1, probe_interval=0.1)
    calls = MinistryCalls(app, ministry, terms, parallel=1, stop=threading.Event())
    with app.app_context():
        point.watch_commits()
        for job in (forward_orders, refresh_orders, deliver_withdrawals, expire_codes):
            job.run(calls)
            point()


main()
