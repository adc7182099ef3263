"""What one report of the ministry means for the order it is about, by the state in which the order is.

All of it happens in the caller's transaction; that the order may be changed at all is the caller's to know.
"""

import json
from datetime import timedelta

from portal import clock
from portal.ministry.port import Codes, Report, RequestState
from portal.models.orders import Attention, Order
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import Policy, ReceiptFrom
from portal.rules.reasons import EndReason
from portal.services.expiry import end_codes
from portal.services.order_codes import codes_end, columns_with_codes, fingerprint, holders_of
from portal.services.order_moves import move, set_facts
from portal.services.ordering import end
from portal.services.receipts import collect


def is_about(order: Order, report: Report) -> bool:
    """Whether the ministry speaks of the person the order is for (it names nobody in a request it does not know)."""
    if report.album_number is None:
        return True
    assert order.payload is not None
    return bool(json.loads(order.payload)["album_number"] == report.album_number)


def apply_to_order(order: Order, report: Report, policy: Policy, actor: str) -> None:
    """Bring an open order to where the report says it is, as far as that can be right."""
    if not is_about(order, report):
        set_facts(order, attention=Attention.OTHER_PERSON)
    elif report.state is RequestState.COLLECTED:
        if order.status is not OrderStatus.READY:
            _make_ready(order, report, policy, actor)
        if order.status is OrderStatus.READY:
            collect(
                order,
                policy,
                actor=actor,
                at=clock.now(),
                collected_at=report.collected_at,
                card_number=report.card_number,
                card_issued_on=report.card_issued_on,
            )
    elif order.status is OrderStatus.READY:
        _apply_to_ready(order, report, policy, actor)
    else:
        _apply_to_unready(order, report, policy, actor)


def refuse(order: Order, code: str, actor: str) -> None:
    """End an order that the ministry refused; `code`: its reason."""
    end(
        order,
        OrderStatus.ERROR,
        EndReason.MINISTRY_REFUSED,
        actor=actor,
        at=clock.now(),
        refusal_code=code[:64],
    )


def _apply_to_ready(order: Order, report: Report, policy: Policy, actor: str) -> None:
    assert order.codes_expire_at is not None
    if order.codes_expire_at <= clock.now() or report.state is RequestState.CODES_EXPIRED:
        # Asked after their time and not collected.
        kept = policy.receipt_from is ReceiptFrom.STUDENT
        end_codes(order, ask_student=kept, actor=actor, at=clock.now())
    elif report.state is not RequestState.READY:
        set_facts(order, attention=Attention.LOST_AT_MINISTRY)
    elif report.codes and report.codes.qr_payload != order.qr_payload:
        set_facts(order, attention=Attention.OTHER_CODES)


def _apply_to_unready(order: Order, report: Report, policy: Policy, actor: str) -> None:
    match report.state:
        case RequestState.READY:
            _make_ready(order, report, policy, actor)
        case RequestState.PROCESSING:
            if order.status is OrderStatus.WAITING:
                move(order, OrderStatus.IN_PROGRESS, actor=actor, at=clock.now())
        case RequestState.UNKNOWN:
            # It may be sent again under the same key, with the same contents: it was sent once already.
            if order.status is OrderStatus.IN_PROGRESS:
                move(order, OrderStatus.WAITING, actor=actor, at=clock.now(), reason="unknown_at_ministry")
            set_facts(order, at_ministry=AtMinistry.UNCERTAIN, due_at=clock.real_now())
        case RequestState.REFUSED:
            set_facts(order, at_ministry=AtMinistry.GONE)
            refuse(order, report.refusal or "refused", actor)
        case RequestState.WITHDRAWN:
            set_facts(order, at_ministry=AtMinistry.GONE)
            end(order, OrderStatus.ERROR, EndReason.MINISTRY_WITHDREW, actor=actor, at=clock.now())
        case RequestState.CODES_EXPIRED:
            end(order, OrderStatus.ERROR, EndReason.CODES_EXPIRED_UNSEEN, actor=actor, at=clock.now())


def _make_ready(order: Order, report: Report, policy: Policy, actor: str) -> None:
    # A card collected before anybody here saw its codes has passed through „ready” all the same.
    codes = report.codes or Codes(qr_payload="", activation_code="", expire_at=None)
    now = clock.now()
    if codes.qr_payload and holders_of([fingerprint(codes.qr_payload)]):
        set_facts(order, attention=Attention.CODES_OF_ANOTHER_ORDER)
        return
    if order.status is OrderStatus.WAITING and order.forwarded_at is None:
        set_facts(order, forwarded_at=now)
    expire_at = codes_end(order, codes.expire_at or now + timedelta(days=policy.codes_lifetime_days))
    columns = columns_with_codes(order, codes.qr_payload, codes.activation_code, expire_at)
    move(order, OrderStatus.READY, actor=actor, at=now, **columns)
