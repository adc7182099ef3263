"""What the jobs do next about an order: the whole table, from the two facts an order carries."""

from enum import StrEnum

from portal.rules.order_status import OrderStatus


class AtMinistry(StrEnum):
    """What is known of an order's request at the ministry.

    `ABSENT`: provably never there. `UNCERTAIN`: a call was made and its outcome is not known. `PRESENT`:
    there. `KEPT`: there, and deliberately left alone (a superseded document; expired codes while the
    student is asked whether the card is in the phone). `GONE`: withdrawn or ended there.
    """

    ABSENT = "absent"
    UNCERTAIN = "uncertain"
    PRESENT = "present"
    KEPT = "kept"
    GONE = "gone"


class Step(StrEnum):
    """What to do. `CLARIFY`: wait until the office says whether the request arrived („do wyjaśnienia”)."""

    SUBMIT = "submit"
    LOOK_UP = "look_up"
    WITHDRAW = "withdraw"
    CLARIFY = "clarify"
    NOTHING = "nothing"


_S, _A = OrderStatus, AtMinistry

STEPS: dict[tuple[OrderStatus, AtMinistry], Step] = {
    (_S.WAITING, _A.ABSENT): Step.SUBMIT,
    (_S.WAITING, _A.UNCERTAIN): Step.SUBMIT,
    (_S.WAITING, _A.PRESENT): Step.LOOK_UP,
    (_S.IN_PROGRESS, _A.PRESENT): Step.LOOK_UP,
    (_S.READY, _A.PRESENT): Step.LOOK_UP,
    **{
        (ended, there): Step.WITHDRAW
        for ended in (_S.CANCELLED, _S.REVOKED, _S.CODES_EXPIRED, _S.SUPERSEDED, _S.ERROR)
        for there in (_A.UNCERTAIN, _A.PRESENT)
    },
    # Only what was superseded or has expired may be left alone.
    (_S.CANCELLED, _A.KEPT): Step.WITHDRAW,
    (_S.REVOKED, _A.KEPT): Step.WITHDRAW,
}


def next_step(status: OrderStatus, at_ministry: AtMinistry, *, repeatable: bool = True) -> Step:
    """The step an order needs; pairs not in the table need nothing.

    `repeatable`: the connector may submit again under the same key. Where it may not, an uncertain
    submission is for a person to clarify.
    """
    if not repeatable and status is _S.WAITING and at_ministry is _A.UNCERTAIN:
        return Step.CLARIFY
    return STEPS.get((status, at_ministry), Step.NOTHING)


def known_after_acceptance(known: AtMinistry) -> AtMinistry:
    """What is known once the ministry said that it has the request, whoever learned it and however late."""
    return AtMinistry.PRESENT if known in {AtMinistry.ABSENT, AtMinistry.UNCERTAIN} else known


def known_after_no_call(known: AtMinistry, before: AtMinistry) -> AtMinistry:
    """What is known after a call that provably was not taken: what was known `before` it.

    Unless more was learned meanwhile: another worker's late answer is a fact, and forgetting it would leave an
    order in progress that nobody looks up.
    """
    return before if known is AtMinistry.UNCERTAIN else known


def facts_needing(step: Step, *, repeatable: bool = True) -> list[tuple[OrderStatus, AtMinistry]]:
    """The (status, at_ministry) pairs for which `next_step` answers `step`; jobs select work by them."""
    return [
        (status, at_ministry)
        for status in OrderStatus
        for at_ministry in AtMinistry
        if next_step(status, at_ministry, repeatable=repeatable) is step
    ]
