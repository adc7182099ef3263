"""The codes of an order, by whatever way they come: how a row keeps them, until when, and who had them before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.orders import Order
from portal.models.sealed import keyring

IN_ONE_QUESTION = 500


def fingerprint(qr_payload: str) -> bytes:
    """The mark of a QR text by which no two orders may share codes."""
    return keyring().blind_index(qr_payload)


def holders_of(fingerprints: Iterable[bytes]) -> dict[bytes, str]:
    """The order that has or had the codes with each of these fingerprints; nothing for those nobody had."""
    wanted = list(fingerprints)
    found: dict[bytes, str] = {}
    for start in range(0, len(wanted), IN_ONE_QUESTION):
        piece = Order.qr_index.in_(wanted[start : start + IN_ONE_QUESTION])
        for order_id, index in db.session.execute(select(Order.id, Order.qr_index).where(piece)):
            assert index is not None, "it was looked for by its value"
            found[index] = order_id
    return found


def codes_end(order: Order, stated: datetime) -> datetime:
    """Until when codes work that are said to work until `stated`: never longer than what was ordered."""
    return min(stated, clock.end_of(order.planned_valid_until))


def columns_with_codes(
    order: Order, qr_payload: str, activation_code: str, expire_at: datetime
) -> dict[str, Any]:
    """The columns of an order that gets these codes, sealed for its row."""
    return {
        "qr_payload_sealed": order.sealed("qr_payload", qr_payload),
        "activation_code_sealed": order.sealed("activation_code", activation_code),
        # A card collected before anybody saw its codes has none to be told apart by.
        "qr_index": fingerprint(qr_payload) if qr_payload else None,
        "codes_expire_at": expire_at,
        "attention": None,
    }
