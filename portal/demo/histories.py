"""What the generated students ordered so far: documents, codes that wait, and orders that ended otherwise."""

from datetime import date, datetime, timedelta

from portal.clock import day_of, end_of
from portal.demo.chance import chance
from portal.demo.orders import DemoOrder, NotAllowedThen, place
from portal.demo.student import DemoStudent, office_hour
from portal.rules.eligibility import PresentOrders, assess
from portal.rules.policy import Policy
from portal.rules.validity import end_of_entitlement, has_entitlement

SHARE_WITH_ORDERS = 0.6
"""Of those who could have ordered."""


def past_orders(student: DemoStudent, at: datetime, policy: Policy) -> list[DemoOrder]:
    """The orders of one generated student up to that moment, oldest first; often none."""
    draw = chance("orders", student.user_name)
    if draw.random() > SHARE_WITH_ORDERS or not student.confirmations:
        return []
    kind = draw.random()
    try:
        if kind < 0.05:
            return [_codes_waiting(student, at, draw.randint(2, 20), policy)]
        placed_at = _first_wish(student, draw.randint(1, 9), policy)
        if kind < 0.13:
            return [_without_document(student, placed_at, at, kind, policy)]
        return _documents(student, placed_at, at, policy)
    except NotAllowedThen:
        return []
