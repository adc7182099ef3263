"""The defaults of a policy are what most universities do; the basis has none."""

import dataclasses

import pytest

from portal.rules.policy import Basis, EndAfterRemoval, Policy, ReceiptFrom, Renewal


def test_basis_must_be_stated() -> None:
    with pytest.raises(TypeError, match="basis"):
        Policy()  # type: ignore[call-arg]  # the missing argument is the point


def test_defaults_are_what_most_universities_do() -> None:
    policy = Policy(basis=Basis.SEMESTER)
    assert policy.renewal is Renewal.AS_SOON_AS_EXTENDED
    assert policy.end_after_removal is EndAfterRemoval.AT_ONCE
    assert policy.receipt_from is ReceiptFrom.MINISTRY
    assert policy.withdraw_superseded is False
    assert policy.codes_lifetime_days == 30
    assert (policy.photo_min_width, policy.photo_min_height, policy.photo_max_bytes) == (246, 304, 300_000)
    assert policy.studies_begin == (10, 1)


def test_policy_never_changes_after_the_start() -> None:
    policy = Policy(basis=Basis.ELS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.basis = Basis.SEMESTER  # type: ignore[misc]  # the assignment is the point
