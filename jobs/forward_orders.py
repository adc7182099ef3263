"""Send waiting orders to the ministry."""

from collections.abc import Mapping

from jobs.ministry_calls import MinistryCalls

NAME = "forward_orders"


def run(calls: MinistryCalls) -> Mapping[str, int]:
    """Submit what is due, oldest first."""
    return {"submitted": calls.submit_due(NAME)}
