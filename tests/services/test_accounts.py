"""Signing in and the acts on accounts."""

import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role, SignInSession, SignInThrottle
from portal.models.journal import JournalEntry
from portal.services import passwords
from portal.services.accounts import (
    SignInRefused,
    SignInThrottled,
    UserNameTaken,
    UserNameUnfit,
    add_account,
    disable_account,
    set_password,
    sign_in,
)
from portal.services.passwords import PasswordFault, PasswordRefused
from portal.services.sessions import Visitor, find_visitor, hash_of
from portal.services.throttling import Limits
from tests.people import PASSWORD, make_account, make_student

pytestmark = pytest.mark.usefixtures("database")

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(per_name=3, per_address=5, window=15 * MINUTE)
NEW_PASSWORD = "wieczorem-pada-deszcz"


def enter(
    user_name: str,
    password: str = PASSWORD,
    *,
    address: str = "192.0.2.1",
    at: datetime = AT,
    limits: Limits = LIMITS,
    replacing: str | None = None,
) -> Visitor:
    return sign_in(
        user_name,
        password,
        address=address,
        limits=limits,
        lifetime=timedelta(hours=12),
        at=at,
        replacing=replacing,
    )


def fail(user_name: str, times: int = 1, **how: object) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            enter(user_name, "not the password", **how)  # type: ignore[arg-type]


def failures() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(select(SignInThrottle.failures)))


def test_a_student_who_signs_in_is_known_by_account_and_student() -> None:
    student = make_student(first_names="Wanda", surname="Próbna")
    account = make_account(student)
    visitor = enter(account.user_name)
    assert (visitor.id, visitor.role, visitor.student_id) == (account.id, Role.STUDENT, student.id)
    assert (visitor.user_name, visitor.display_name) == (account.user_name, "Wanda Próbna")
    assert find_visitor(visitor.session_id, AT) == visitor


def test_the_user_name_is_taken_whatever_its_case_and_the_space_around_it() -> None:
    account = make_account(role=Role.STAFF, user_name="kancelaria")
    assert enter("  Kancelaria ").id == account.id


def test_only_a_hash_of_the_session_id_is_kept() -> None:
    visitor = enter(make_account().user_name)
    (kept,) = db.session.scalars(select(SignInSession)).all()
    assert kept.id_hash == hash_of(visitor.session_id)
    assert visitor.session_id.encode() not in kept.id_hash
    assert len(visitor.session_id) == 43, "256 bits in base64"


def test_every_sign_in_has_a_session_of_its_own_and_ends_the_browser_s_earlier_one() -> None:
    account = make_account()
    elsewhere, earlier = enter(account.user_name), enter(account.user_name)
    later = enter(account.user_name, replacing=earlier.session_id, at=AT + MINUTE)
    assert len({elsewhere.session_id, earlier.session_id, later.session_id}) == 3
    assert find_visitor(earlier.session_id, AT + MINUTE) is None
    assert find_visitor(elsewhere.session_id, AT + MINUTE) is not None


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_are_refused_alike() -> None:
    open_name = make_account().user_name
    disabled_name = make_account(disabled=True).user_name
    attempts = [
        (open_name, "wrong"),
        ("nobody", PASSWORD),
        (disabled_name, PASSWORD),
        ("", ""),
        ("\0", PASSWORD),
    ]
    messages = set()
    for user_name, password in attempts:
        with pytest.raises(SignInRefused) as refused:
            enter(user_name, password, limits=Limits(9, 9, MINUTE))
        messages.add(str(refused.value))
    assert messages == {""}
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


@pytest.mark.parametrize("exists", [True, False])
def test_after_too_many_failures_a_name_waits_out_the_window_whether_or_not_it_exists(exists: bool) -> None:
    name = make_account().user_name if exists else "nobody"
    fail(name, 3)
    with pytest.raises(SignInThrottled) as throttled:
        enter(name, at=AT + 5 * MINUTE)
    assert throttled.value.retry_after == 10 * MINUTE


def test_the_right_password_signs_in_once_the_window_has_passed() -> None:
    name = make_account().user_name
    fail(name, 3)
    assert enter(name, at=AT + 15 * MINUTE).user_name == name


def test_failures_further_apart_than_the_window_are_never_added_up() -> None:
    name = make_account().user_name
    for day in range(5):
        fail(name, 2, at=AT + timedelta(days=day))
    assert enter(name, at=AT + timedelta(days=4)).user_name == name


def test_trying_while_throttled_does_not_prolong_the_wait() -> None:
    name = make_account().user_name
    fail(name, 3)
    for minute in range(1, 15, 7):
        with pytest.raises(SignInThrottled):
            enter(name, address=f"192.0.2.{minute + 1}", at=AT + minute * MINUTE)
    assert enter(name, at=AT + 15 * MINUTE).user_name == name


def test_a_success_forgets_the_failures_of_the_name_and_keeps_those_of_the_address() -> None:
    name = make_account().user_name
    fail(name, 2)
    enter(name)
    assert failures() == [2]
    fail(name, 2)
    assert failures() == [2, 4]


def test_an_address_that_guesses_at_many_names_is_turned_away_before_any_verification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = make_account().user_name
    for number in range(5):
        fail(f"guess{number}")
    monkeypatch.setattr(passwords, "verify", lambda *_: pytest.fail("verified for a throttled address"))
    with pytest.raises(SignInThrottled):
        enter(name)


def test_other_addresses_are_not_held_up_by_a_throttled_one() -> None:
    name = make_account().user_name
    for number in range(5):
        fail(f"guess{number}", address="2001:db8:1:2::1")
    with pytest.raises(SignInThrottled):
        enter(name, address="2001:db8:1:2:ffff::7")
    assert enter(name, address="2001:db8:1:3::1").user_name == name


def test_guessing_in_parallel_gains_no_more_attempts(app: Flask) -> None:
    name = make_account().user_name
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def guess() -> None:
        with app.app_context():
            together.wait()
            try:
                enter(name, "not the password", limits=Limits(3, 99, 15 * MINUTE))
            except (SignInRefused, SignInThrottled) as outcome:
                outcomes.append(type(outcome).__name__)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["SignInRefused"] * 3 + ["SignInThrottled"] * 5


def test_an_account_disabled_during_the_verification_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account()
    name, account_id, verify = account.user_name, account.id, passwords.verify

    def verify_slowly(kept_hash: str | None, password: str) -> bool:
        fits = verify(kept_hash, password)
        disable_account(account_id, at=AT)
        return fits

    monkeypatch.setattr(passwords, "verify", verify_slowly)
    with pytest.raises(SignInRefused):
        enter(name)


def test_a_hash_of_weaker_parameters_is_made_anew_at_sign_in() -> None:
    account = make_account()
    with transaction():
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    enter(account.user_name)
    assert not passwords.needs_rehash(account.password_hash)
    assert enter(account.user_name).id == account.id


def test_disabling_an_account_ends_all_its_sessions_and_leaves_a_record() -> None:
    admin_id = make_account(role=Role.ADMIN).id
    account = make_account()
    visitors = [enter(account.user_name) for _ in range(2)]
    bystander = enter(make_account().user_name)
    disable_account(account.id, at=AT, actor=admin_id)
    assert [find_visitor(visitor.session_id, AT) for visitor in visitors] == [None, None]
    assert find_visitor(bystander.session_id, AT) == bystander
    (entry,) = db.session.scalars(select(JournalEntry)).all()
    assert (entry.act, entry.subject_id, entry.actor_id) == ("account_disabled", account.id, admin_id)


def test_an_added_account_signs_in_with_its_role() -> None:
    account_id = add_account(
        " Kancelaria", NEW_PASSWORD, role=Role.STAFF, display_name="Jadwiga", university="Akademia", at=AT
    )
    visitor = enter("kancelaria", NEW_PASSWORD)
    assert (visitor.id, visitor.role, visitor.student_id) == (account_id, Role.STAFF, None)


def add(user_name: str, password: str = NEW_PASSWORD) -> str:
    return add_account(
        user_name, password, role=Role.ADMIN, display_name="Jadwiga", university="Akademia", at=AT
    )


def test_a_user_name_is_given_once() -> None:
    add("kancelaria")
    with pytest.raises(UserNameTaken):
        add("KANCELARIA")
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "dwa\nwiersze", "zero\0"])
def test_a_user_name_nobody_can_type_is_not_given(name: str) -> None:
    with pytest.raises(UserNameUnfit):
        add(name)


def test_an_account_with_a_weak_password_is_not_added() -> None:
    with pytest.raises(PasswordRefused) as refused:
        add("kancelaria", "krótkie")
    assert refused.value.fault is PasswordFault.TOO_SHORT
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions() -> None:
    account = make_account(role=Role.STAFF)
    visitor = enter(account.user_name)
    set_password(account.id, NEW_PASSWORD, university="Akademia", at=AT)
    assert find_visitor(visitor.session_id, AT) is None
    fail(account.user_name)
    with pytest.raises(SignInRefused):
        enter(account.user_name, PASSWORD)
    assert enter(account.user_name, NEW_PASSWORD).id == account.id


def test_neither_an_account_s_visitor_nor_its_error_tells_names_or_the_session() -> None:
    account = make_account(display_name="Wanda Próbna")
    visitor = enter(account.user_name)
    for secret in (visitor.session_id, account.user_name, "Wanda"):
        assert secret not in repr(visitor)


def test_a_known_an_unknown_and_a_disabled_user_take_the_same_time() -> None:
    """Interleaved medians. Without its one verification an answer would be ten times faster; the bound lies between,

    because few samples of a busy machine differ among themselves.
    """
    limits = Limits(per_name=10_000, per_address=10_000, window=15 * MINUTE)
    names = {
        "known": make_account().user_name,
        "unknown": "nobody",
        "disabled": make_account(disabled=True).user_name,
    }
    times: dict[str, list[float]] = {kind: [] for kind in names}
    for _ in range(15):
        for kind, name in names.items():
            began = time.perf_counter()
            fail(name, limits=limits)
            times[kind].append(time.perf_counter() - began)
    medians = {kind: statistics.median(taken) for kind, taken in times.items()}
    assert max(medians.values()) / min(medians.values()) < 3, medians


def test_exactly_one_verification_is_paid_for_every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known, disabled = make_account().user_name, make_account(disabled=True).user_name
    paid: list[str] = []
    verify: Callable[..., bool] = passwords._hasher.verify

    class CountingHasher:
        def verify(self, kept_hash: str, password: str) -> bool:
            paid.append(kept_hash)
            return verify(kept_hash, password)

    monkeypatch.setattr(passwords, "_hasher", CountingHasher())
    for name in (known, "nobody", disabled):
        fail(name)
    fail("throttled", 2)
    with pytest.raises(SignInThrottled):
        enter("throttled", limits=Limits(per_name=2, per_address=99, window=15 * MINUTE))
    assert len(paid) == 6
