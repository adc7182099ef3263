"""Nine universities, between them every pair of choices, and how the year ends there for everybody.

Written down by reasoning from the rules of the office, not computed: `day.month of the order, where it ended or
stands on 31 October, since day.month`, one entry for each order.
"""

from collections.abc import Mapping

from portal.rules.policy import Basis, EndAfterRemoval, Policy, ReceiptFrom, Renewal, StandingOrders

E, S = Basis.ELS, Basis.SEMESTER
SOON, LAST, CANCEL = Renewal.AS_SOON_AS_EXTENDED, Renewal.LAST_DAYS, Renewal.AFTER_CANCELLING
ONCE, MONTH = EndAfterRemoval.AT_ONCE, EndAfterRemoval.MONTH_LATER
MINISTRY, STUDENT = ReceiptFrom.MINISTRY, ReceiptFrom.STUDENT
OFF, THEIRS, ALL = StandingOrders.OFF, StandingOrders.STUDENT, StandingOrders.ALL


def _policy(
    basis: Basis, renewal: Renewal, end: EndAfterRemoval, receipt: ReceiptFrom, standing: StandingOrders
) -> Policy:
    return Policy(
        basis=basis, renewal=renewal, end_after_removal=end, receipt_from=receipt, standing_orders=standing
    )


POLICIES = {
    "semester, soon, month later, ministry, off": _policy(S, SOON, MONTH, MINISTRY, OFF),
    "els, soon, month later, student, theirs": _policy(E, SOON, MONTH, STUDENT, THEIRS),
    "els, soon, at once, ministry, all": _policy(E, SOON, ONCE, MINISTRY, ALL),
    "els, last days, at once, ministry, off": _policy(E, LAST, ONCE, MINISTRY, OFF),
    "semester, last days, at once, ministry, theirs": _policy(S, LAST, ONCE, MINISTRY, THEIRS),
    "semester, last days, month later, student, all": _policy(S, LAST, MONTH, STUDENT, ALL),
    "els, after cancelling, at once, student, off": _policy(E, CANCEL, ONCE, STUDENT, OFF),
    "semester, after cancelling, at once, ministry, theirs": _policy(S, CANCEL, ONCE, MINISTRY, THEIRS),
    "els, after cancelling, month later, ministry, all": _policy(E, CANCEL, MONTH, MINISTRY, ALL),
}

EVERYWHERE = {
    "lets the codes expire": "2.10 codes_expired 2.11, 5.11 expired 1.04",
    "never comes again": "2.10 expired 1.04",
    "cancels and orders again": "2.10 cancelled 3.10, 10.10 expired 1.04",
    "extension undone later": "2.10 revoked 5.10, 13.10 expired 1.04",
    "extension undone at once": "",
}

OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "semester, soon, month later, ministry, off": {
        "renews": "2.10 superseded 22.02, 21.02 collected 22.02",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 22.02, 21.02 revoked 2.07",
        "is removed": "2.10 revoked 11.02",
        "is suspended and returns": "2.10 revoked 2.01, 16.02 expired 1.04",
        "lets the portal order": "",
        "does nothing": "",
        "loses the plastic card": "2.10 expired 1.04",
        "has no plastic card": "2.10 expired 1.04",
        "confirms late": "2.10 codes_expired 2.11",
    },
    "els, soon, month later, student, theirs": {
        "renews": "2.10 superseded 22.02, 21.02 collected 22.02",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 22.02, 21.02 revoked 2.07",
        "is removed": "2.10 revoked 11.02",
        "is suspended and returns": "2.10 revoked 2.01, 16.02 expired 1.04",
        "lets the portal order": "2.10 superseded 22.02, 21.02 collected 22.02",
        "does nothing": "",
        "loses the plastic card": "2.10 revoked 10.11",
        "has no plastic card": "",
        "confirms late": "2.10 expired 1.04",
    },
    "els, soon, at once, ministry, all": {
        "renews": "2.10 superseded 22.02, 21.02 collected 22.02",
        "finishes the first cycle": "2.10 expired 1.04, 21.02 codes_expired 24.03, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 22.02, 21.02 revoked 2.07",
        "is removed": "2.10 revoked 10.01",
        "is suspended and returns": "2.10 revoked 1.12, 16.02 expired 1.04",
        "lets the portal order": "2.10 superseded 22.02, 21.02 collected 22.02",
        "does nothing": "2.10 codes_expired 2.11, 21.02 codes_expired 24.03",
        "loses the plastic card": "2.10 revoked 10.11",
        "has no plastic card": "",
        "confirms late": "2.10 codes_expired 2.11",
    },
    "els, last days, at once, ministry, off": {
        "renews": "2.10 superseded 11.03, 10.03 collected 11.03",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 11.03, 10.03 revoked 2.07",
        "is removed": "2.10 revoked 10.01",
        "is suspended and returns": "2.10 revoked 1.12, 16.02 expired 1.04",
        "lets the portal order": "",
        "does nothing": "",
        "loses the plastic card": "2.10 revoked 10.11",
        "has no plastic card": "",
        "confirms late": "2.10 codes_expired 2.11",
    },
    "semester, last days, at once, ministry, theirs": {
        "renews": "2.10 superseded 11.03, 10.03 collected 11.03",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 11.03, 10.03 revoked 2.07",
        "is removed": "2.10 revoked 10.01",
        "is suspended and returns": "2.10 revoked 1.12, 16.02 expired 1.04",
        "lets the portal order": "2.10 superseded 11.03, 10.03 collected 11.03",
        "does nothing": "",
        "loses the plastic card": "2.10 expired 1.04",
        "has no plastic card": "2.10 expired 1.04",
        "confirms late": "2.10 codes_expired 2.11",
    },
    "semester, last days, month later, student, all": {
        "renews": "2.10 superseded 11.03, 10.03 collected 11.03",
        "finishes the first cycle": "2.10 expired 1.04, 10.03 codes_expired 4.05, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 superseded 11.03, 10.03 revoked 2.07",
        "is removed": "2.10 revoked 11.02",
        "is suspended and returns": "2.10 revoked 2.01, 16.02 expired 1.04",
        "lets the portal order": "2.10 superseded 11.03, 10.03 collected 11.03",
        # Nothing more: expired codes may be in use as long as the student does not answer.
        "does nothing": "2.10 codes_expired 2.11",
        "loses the plastic card": "2.10 expired 1.04",
        "has no plastic card": "2.10 expired 1.04",
        "confirms late": "2.10 expired 1.04",
    },
    "els, after cancelling, at once, student, off": {
        "renews": "2.10 cancelled 25.03, 25.03 collected 26.03",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 cancelled 25.03, 25.03 revoked 2.07",
        "is removed": "2.10 revoked 10.01",
        "is suspended and returns": "2.10 revoked 1.12, 16.02 expired 1.04",
        "lets the portal order": "",
        "does nothing": "",
        "loses the plastic card": "2.10 revoked 10.11",
        "has no plastic card": "",
        "confirms late": "2.10 expired 1.04",
    },
    "semester, after cancelling, at once, ministry, theirs": {
        "renews": "2.10 cancelled 25.03, 25.03 collected 26.03",
        "finishes the first cycle": "2.10 expired 1.04, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 cancelled 25.03, 25.03 revoked 2.07",
        "is removed": "2.10 revoked 10.01",
        "is suspended and returns": "2.10 revoked 1.12, 16.02 expired 1.04",
        # The portal cancels nothing by itself: it orders once the old one has expired.
        "lets the portal order": "2.10 expired 1.04, 1.04 collected 2.04",
        "does nothing": "",
        "loses the plastic card": "2.10 expired 1.04",
        "has no plastic card": "2.10 expired 1.04",
        "confirms late": "2.10 codes_expired 2.11",
    },
    "els, after cancelling, month later, ministry, all": {
        "renews": "2.10 cancelled 25.03, 25.03 collected 26.03",
        "finishes the first cycle": "2.10 expired 1.04, 1.04 codes_expired 4.05, 5.07 collected 6.07",
        "finishes the second cycle": "2.10 cancelled 25.03, 25.03 revoked 2.07",
        "is removed": "2.10 revoked 11.02",
        "is suspended and returns": "2.10 revoked 2.01, 16.02 expired 1.04",
        "lets the portal order": "2.10 expired 1.04, 1.04 collected 2.04",
        "does nothing": "2.10 codes_expired 2.11, 21.02 codes_expired 24.03",
        "loses the plastic card": "2.10 revoked 10.11",
        "has no plastic card": "",
        "confirms late": "2.10 codes_expired 2.11",
    },
}
