"""Tell the ministry about cancelled and revoked orders until it confirms."""

from collections.abc import Mapping

from jobs.ministry_calls import MinistryCalls

NAME = "deliver_withdrawals"


def run(calls: MinistryCalls) -> Mapping[str, int]:
    """Withdraw what is due."""
    return {"withdrawn": calls.withdraw_due()}
