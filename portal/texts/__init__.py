"""The words people read, one module per subject: rules and services return codes, never sentences.

Msgids are Polish. Tables are lazy, so that each reader gets their own language; functions answer plain `str` (a lazy
string would go into a template unescaped). What nearly every page says is here by its bare name.
"""

from portal.texts.conditions import (
    after_cancelling,
    condition,
    order_refusal,
    reason,
    refusal_reasons,
    refusal_sentence,
    remedy,
)
from portal.texts.data_reports import data_report_kind
from portal.texts.dates import day, hour, moment
from portal.texts.entitlement import extension_refusal
from portal.texts.orders import (
    attention,
    cancel_reason,
    cancelled_because,
    end_reason,
    ended_heading,
    ministry_notice,
    receipt_refusal,
    status,
    what_happened,
)

__all__ = [
    "after_cancelling",
    "attention",
    "cancel_reason",
    "cancelled_because",
    "condition",
    "data_report_kind",
    "day",
    "end_reason",
    "ended_heading",
    "extension_refusal",
    "hour",
    "ministry_notice",
    "moment",
    "order_refusal",
    "reason",
    "receipt_refusal",
    "refusal_reasons",
    "refusal_sentence",
    "remedy",
    "status",
    "what_happened",
]
