"""The ten states of an order and the moves between them."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """What people see of an order."""

    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    COLLECTED = "collected"
    CODES_EXPIRED = "codes_expired"
    ERROR = "error"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


_S = OrderStatus

OPEN = frozenset({_S.WAITING, _S.IN_PROGRESS, _S.READY})
CANCELLABLE = OPEN | {_S.COLLECTED}

MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.WAITING: frozenset({_S.IN_PROGRESS, _S.READY, _S.CANCELLED, _S.REVOKED, _S.ERROR}),
    _S.IN_PROGRESS: frozenset({_S.READY, _S.ERROR, _S.CANCELLED, _S.REVOKED, _S.WAITING}),
    _S.READY: frozenset({_S.COLLECTED, _S.CODES_EXPIRED, _S.CANCELLED, _S.REVOKED}),
    _S.COLLECTED: frozenset({_S.CANCELLED, _S.REVOKED, _S.SUPERSEDED, _S.EXPIRED}),
    # Only when the ministry (or, where receipt is the student's word, the student) says so late.
    _S.CODES_EXPIRED: frozenset({_S.COLLECTED}),
    _S.ERROR: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.REVOKED: frozenset(),
    _S.SUPERSEDED: frozenset(),
    _S.EXPIRED: frozenset(),
}


class MoveForbidden(Exception):
    """The table of moves has no such step."""

    def __init__(self, present: OrderStatus, wanted: OrderStatus) -> None:
        super().__init__(f"{present.value} -> {wanted.value}")
        self.present = present
        self.wanted = wanted


def check_move(present: OrderStatus, wanted: OrderStatus) -> None:
    """Raise MoveForbidden unless an order may go from `present` to `wanted`."""
    if wanted not in MOVES[present]:
        raise MoveForbidden(present, wanted)
