"""Every reason has a remedy, and no two codes of one kind are the same."""

from portal.rules.reasons import REMEDIES, Reason, Remedy


def test_every_reason_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Reason)


def test_every_remedy_cures_something() -> None:
    assert set(REMEDIES.values()) == set(Remedy)
