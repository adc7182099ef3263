"""A small model of ordering: one student, two workers of the jobs, a ministry, and a few faults.

Everything that can happen next is one step, so that a test may walk through all interleavings:

1. The student places an order when none is open and none is a document, and may cancel it at any time.
2. A worker claims one order that `rules.next_step` gives work for: it takes the lease, and before a submission
   writes down that the outcome is uncertain. Then it calls, then it settles what came of the call.
3. „Accepted” and „withdrawn” are facts and recorded by whoever learned them; all else only by who holds the lease.
4. The ministry honours the key: submitting again changes nothing, and what was withdrawn is never issued.
5. Faults, each at any point: a worker dies, an answer is lost, a lease lapses under a worker that still lives.
   The lease of a dead worker lapses by itself. That the ministry cannot be reached is no fault but everyday life.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeVar

from portal.rules.next_step import AtMinistry, Step, known_after_acceptance, known_after_no_call, next_step
from portal.rules.order_status import CANCELLABLE, OPEN, OrderStatus, check_move

MOST_ORDERS = 2

T = TypeVar("T")


class Card(Enum):
    """What the ministry knows of one key."""

    NONE = auto()
    LIVE = auto()
    WITHDRAWN = auto()


class Failure(Enum):
    """A call without an answer: `UNAVAILABLE` provably never arrived, `LOST` did."""

    UNAVAILABLE = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Order:
    """What the database has of an order. `lease` is the worker that took it last; `lapsed`: others may take it."""

    status: OrderStatus = OrderStatus.WAITING
    there: AtMinistry = AtMinistry.ABSENT
    lease: int | None = None
    lapsed: bool = False

    def to(self, wanted: OrderStatus) -> "Order":
        check_move(self.status, wanted)
        return replace(self, status=wanted)


@dataclass(frozen=True, slots=True)
class Call:
    """A worker in the middle of a call about the order at `place`; `before`: what was known when it claimed it."""

    place: int
    step: Step
    before: AtMinistry
    outcome: Card | Failure | None = None


@dataclass(frozen=True, slots=True)
class World:
    """One state of everything: orders and their cards by place, what each worker is doing, faults still to come."""

    faults: int
    orders: tuple[Order, ...] = ()
    cards: tuple[Card, ...] = ()
    workers: tuple[Call | None, ...] = (None, None)

    def with_order(self, place: int, order: Order) -> "World":
        return replace(self, orders=_put(self.orders, place, order))

    def with_card(self, place: int, card: Card) -> "World":
        return replace(self, cards=_put(self.cards, place, card))

    def with_worker(self, worker: int, call: Call | None) -> "World":
        return replace(self, workers=_put(self.workers, worker, call))


@dataclass(frozen=True, slots=True)
class Laws:
    """What the portal and the ministry keep to; a control breaks one of them."""

    waits_for_withdrawal: bool = True
    withdrawal_is_sticky: bool = True
    uncertain_before_sending: bool = True
    late_facts_are_kept: bool = True


def everything_next(world: World, laws: Laws) -> Iterator[World]:
    """Every state that may follow, by the student, the workers or a fault."""
    yield from _student(world)
    yield from workers_next(world, laws)
    yield from _refusals(world)
    if world.faults:
        yield from _faults(replace(world, faults=world.faults - 1), laws)


def workers_next(world: World, laws: Laws) -> Iterator[World]:
    """Every state that may follow when the student rests and nothing fails."""
    for worker, call in enumerate(world.workers):
        if call is None:
            yield from _claims(world, laws, worker)
        elif call.outcome is None:
            yield _sent(world, laws, worker, call)
        else:
            yield _settled(world, laws, worker, call, call.outcome)
    yield from _lapses(world, of_the_living=False)


def reachable(start: World, following: Callable[[World], Iterator[World]]) -> dict[World, list[World]]:
    """Every state that can come about from `start`, each with the states that may follow it."""
    found: dict[World, list[World]] = {}
    frontier = [start]
    while frontier:
        world = frontier.pop()
        if world not in found:
            found[world] = list(following(world))
            frontier += found[world]
    return found


def _student(world: World) -> Iterator[World]:
    if len(world.orders) < MOST_ORDERS and all(order.status not in CANCELLABLE for order in world.orders):
        yield replace(world, orders=(*world.orders, Order()), cards=(*world.cards, Card.NONE))
    for place, order in enumerate(world.orders):
        if order.status in CANCELLABLE:
            yield world.with_order(place, order.to(OrderStatus.CANCELLED))


def _claims(world: World, laws: Laws, worker: int) -> Iterator[World]:
    steps = [next_step(order.status, order.there) for order in world.orders]
    for place, (order, step) in enumerate(zip(world.orders, steps, strict=True)):
        if step not in {Step.SUBMIT, Step.LOOK_UP, Step.WITHDRAW} or not (
            order.lease is None or order.lapsed
        ):
            continue
        if step is Step.SUBMIT and laws.waits_for_withdrawal and Step.WITHDRAW in steps:
            continue
        claimed = replace(order, lease=worker, lapsed=False)
        if step is Step.SUBMIT and laws.uncertain_before_sending:
            claimed = replace(claimed, there=AtMinistry.UNCERTAIN)
        yield world.with_order(place, claimed).with_worker(worker, Call(place, step, order.there))


def _sent(world: World, laws: Laws, worker: int, call: Call) -> World:
    card = world.cards[call.place]
    if call.step is Step.WITHDRAW:
        card = Card.WITHDRAWN
    elif call.step is Step.SUBMIT and (card is Card.NONE or not laws.withdrawal_is_sticky):
        card = Card.LIVE
    return world.with_card(call.place, card).with_worker(worker, replace(call, outcome=card))


def _settled(world: World, laws: Laws, worker: int, call: Call, outcome: Card | Failure) -> World:
    order = world.orders[call.place]
    held = order.lease == worker
    if held:
        order = replace(order, lease=None, lapsed=False)
    if isinstance(outcome, Failure):
        if held and outcome is Failure.UNAVAILABLE and call.step is not Step.LOOK_UP:
            kept = known_after_no_call(order.there, call.before)
            order = replace(order, there=kept if laws.late_facts_are_kept else call.before)
    elif call.step is Step.SUBMIT:
        order = _accepted(order)
    elif call.step is Step.WITHDRAW:
        order = replace(order, there=AtMinistry.GONE)
    elif held and order.there is AtMinistry.PRESENT and order.status in OPEN:
        order = _looked_up(order, outcome)
    return world.with_order(call.place, order).with_worker(worker, None)


def _accepted(order: Order) -> Order:
    order = replace(order, there=known_after_acceptance(order.there))
    if order.status is OrderStatus.WAITING and order.there is AtMinistry.PRESENT:
        order = order.to(OrderStatus.IN_PROGRESS)
    return order


def _looked_up(order: Order, card: Card) -> Order:
    if order.status is OrderStatus.READY:
        return order
    if card is Card.WITHDRAWN:
        return replace(order.to(OrderStatus.ERROR), there=AtMinistry.GONE)
    return order.to(OrderStatus.READY)


def _refusals(world: World) -> Iterator[World]:
    """The ministry cannot be reached."""
    for worker, call in enumerate(world.workers):
        if call is not None and call.outcome is None:
            yield world.with_worker(worker, replace(call, outcome=Failure.UNAVAILABLE))


def _faults(world: World, laws: Laws) -> Iterator[World]:
    for worker, call in enumerate(world.workers):
        if call is None:
            continue
        yield world.with_worker(worker, None)
        if call.outcome is None:
            lost = replace(call, outcome=Failure.LOST)
            yield _sent(world, laws, worker, call).with_worker(worker, lost)
    yield from _lapses(world, of_the_living=True)


def _lapses(world: World, *, of_the_living: bool) -> Iterator[World]:
    for place, order in enumerate(world.orders):
        if order.lease is None or order.lapsed:
            continue
        holder = world.workers[order.lease]
        if (holder is not None and holder.place == place) is of_the_living:
            yield world.with_order(place, replace(order, lapsed=True))


def _put(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])
