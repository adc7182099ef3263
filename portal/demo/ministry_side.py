"""The sandbox ministry's half of the past: it remembers every request that the portal's orders say it has had."""

import base64
import json
from collections.abc import Sequence
from datetime import date
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from portal.demo.accounts import ACCOUNTS
from portal.demo.orders import DemoOrder
from portal.demo.portraits import MEDIA_TYPE
from portal.rules.order_status import OrderStatus

TIMEOUT_SECONDS = 30.0

FIRST_PHONE = "1"
SIGN_IN_NUMBERS = frozenset(account.user_name for account in ACCOUNTS)


class SandboxSilent(Exception):
    """The sandbox does not answer, or not as it should."""


class IssuedCodes(BaseModel):
    """What opens a card."""

    qr_payload: str = Field(repr=False)
    activation_code: str = Field(repr=False)


class Issued(BaseModel):
    """What the sandbox made up for one request: codes while they wait, the card's number and day of issue."""

    key: str
    codes: IssuedCodes | None = None
    card_number: str | None = None
    card_issued_on: date | None = None


class _Issued(BaseModel):
    requests: list[Issued]


def seed_sandbox(url: str, token: str, orders: Sequence[DemoOrder]) -> dict[str, Issued]:
    """Place the requests behind `orders` in the sandbox, over what stood there; answers what it issued, by key.

    Orders that were never sent are left out. Raises SandboxSilent.
    """
    body = json.dumps({"requests": [_request(order) for order in orders if order.at_sandbox]})
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", "/seed", body=body.encode(), headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise SandboxSilent(f"HTTP {answer.status}")
        return {one.key: one for one in _Issued.model_validate_json(answer.read()).requests}
    except (OSError, HTTPException, ValidationError) as why:
        raise SandboxSilent(type(why).__name__) from None
    finally:
        connection.close()


def _request(order: DemoOrder) -> dict[str, Any]:
    student = order.student
    assert student.photo is not None, "no order is taken without a photo"
    issued_at, collected_at = order.reached(OrderStatus.READY), order.reached(OrderStatus.COLLECTED)
    return {
        "key": order.id,
        "state": order.at_sandbox,
        "album_number": student.album_number,
        "pesel": student.pesel,
        "first_names": student.first_names,
        "surname": student.surname,
        "birth_date": student.birth_date.isoformat(),
        "valid_until": order.valid_until.isoformat(),
        "photo": base64.b64encode(student.photo).decode("ascii"),
        "photo_media_type": MEDIA_TYPE,
        "submitted_at": (order.forwarded_at or order.placed_at).isoformat(),
        "issued_at": issued_at and issued_at.isoformat(),
        "codes_expire_at": order.codes_expire_at and order.codes_expire_at.isoformat(),
        "collected_at": collected_at and collected_at.isoformat(),
        "refusal": order.refusal or "rejected",
        **_phone_of(order),
    }


def _phone_of(order: DemoOrder) -> dict[str, str]:
    """Whoever signs in to try a renewal finds the card to renew on the first simulated phone."""
    to_try = order.student.album_number in SIGN_IN_NUMBERS and order.at_sandbox == "collected"
    return {"phone": FIRST_PHONE} if to_try else {}
