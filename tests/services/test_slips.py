"""Single-use passwords for students, to be printed and handed out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.journal import JournalEntry
from portal.services import passwords
from portal.services.accounts import SignInRefused, set_password, sign_in
from portal.services.passwords import NOTHING_FITS
from portal.services.sessions import Visitor, find_visitor
from portal.services.slip_groups import account_by_album, printed_for
from portal.services.slips import NO_PASSWORD, OWN_PASSWORD, SLIP_LASTS, issue_slips
from portal.services.throttling import Limits
from tests.people import PASSWORD, make_account, make_student

pytestmark = pytest.mark.usefixtures("database")

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIMITS = Limits(per_name=3, per_address=5, window=timedelta(minutes=15))


def enter(user_name: str, password: str, at: datetime = AT) -> Visitor:
    return sign_in(
        user_name, password, address="192.0.2.1", limits=LIMITS, lifetime=timedelta(hours=12), at=at
    )


def test_a_slip_lets_its_student_in_and_asks_for_a_password_of_their_own() -> None:
    account = make_account(make_student())
    [slip] = issue_slips([account.id], at=AT)
    visitor = enter(slip.user_name, slip.password)
    assert (visitor.id, visitor.must_change_password) == (account.id, True)
    assert find_visitor(visitor.session_id, AT) == visitor
    set_password(account.id, "wieczorem-pada-deszcz", university="Akademia", at=AT)
    assert not enter(slip.user_name, "wieczorem-pada-deszcz").must_change_password
    with pytest.raises(SignInRefused):
        enter(slip.user_name, slip.password)


def test_a_password_of_ones_own_never_ends() -> None:
    account = make_account(make_student())
    issue_slips([account.id], at=AT)
    set_password(account.id, "wieczorem-pada-deszcz", university="Akademia", at=AT)
    assert enter(account.user_name, "wieczorem-pada-deszcz", AT + 2 * SLIP_LASTS)


def test_a_slip_ends_after_sixty_days() -> None:
    [slip] = issue_slips([make_account(make_student()).id], at=AT)
    assert slip.expires_at == AT + timedelta(days=60)
    assert enter(slip.user_name, slip.password, slip.expires_at - timedelta(seconds=1))
    with pytest.raises(SignInRefused):
        enter(slip.user_name, slip.password, slip.expires_at)


def test_a_new_slip_ends_the_old_one_and_what_was_signed_in() -> None:
    account = make_account(make_student())
    visitor = enter(account.user_name, PASSWORD)
    [old] = issue_slips([account.id], at=AT)
    assert find_visitor(visitor.session_id, AT) is None
    [new] = issue_slips([account.id], at=AT)
    with pytest.raises(SignInRefused):
        enter(old.user_name, old.password)
    assert enter(new.user_name, new.password)


def test_slips_are_long_readable_and_all_different() -> None:
    ids = [make_account(make_student()).id for _ in range(6)]
    slips = issue_slips(ids, at=AT)
    assert [slip.account_id for slip in slips] == ids
    assert len({slip.password for slip in slips}) == 6
    for slip in slips:
        passwords.check(slip.password)
        assert not set(slip.password) & set("01iloIOL")
        assert slip.password not in repr(slip)


def test_every_slip_is_on_record_without_its_password() -> None:
    office = make_account(role=Role.STAFF)
    [slip] = issue_slips([make_account(make_student()).id], at=AT, actor=office.id)
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.act, entry.subject_id, entry.actor_id) == ("slip_issued", slip.account_id, office.id)
    assert entry.details == {}


@pytest.mark.parametrize("kind", ["office", "disabled", "unknown"])
def test_slips_are_for_students_with_open_accounts_only(kind: str) -> None:
    student = make_account(make_student())
    other = {
        "office": lambda: make_account(role=Role.STAFF).id,
        "disabled": lambda: make_account(make_student(), disabled=True).id,
        "unknown": lambda: "no-such-account",
    }[kind]()
    with pytest.raises(ValueError, match="students"):
        issue_slips([student.id, other], at=AT)
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == 0


@pytest.mark.parametrize("typed", [NOTHING_FITS, "", "no password has this form"])
def test_nobody_signs_in_to_an_account_without_a_password(typed: str) -> None:
    account = make_account(make_student())
    with transaction() as session:
        session.get_one(Account, account.id).password_hash = NOTHING_FITS
    with pytest.raises(SignInRefused):
        enter(account.user_name, typed)


def test_a_slip_is_issued_only_while_the_password_is_what_the_caller_saw() -> None:
    fresh, known = make_account(make_student()), make_account(make_student())
    with transaction() as session:
        session.get_one(Account, fresh.id).password_hash = NOTHING_FITS

    slips = issue_slips([known.id, fresh.id], at=AT, seen=NO_PASSWORD)

    assert [slip.account_id for slip in slips] == [fresh.id]
    assert enter(known.user_name, PASSWORD)
    assert issue_slips([fresh.id], at=AT + timedelta(minutes=1), seen=NO_PASSWORD) == []
    assert issue_slips([fresh.id], at=AT + timedelta(minutes=1), seen=OWN_PASSWORD) == []
    assert enter(fresh.user_name, slips[0].password)


def test_a_printed_slip_says_when_and_by_whom_until_it_has_served() -> None:
    office = make_account(role=Role.STAFF, display_name="Biurko")
    student = make_student(album_number="700")
    account_id = make_account(student).id
    assert printed_for(account_id) is None

    issue_slips([account_id], at=AT, actor=office.id)

    printed, found = printed_for(account_id), account_by_album("700")
    assert printed is not None
    assert found is not None
    assert (printed.at, printed.by, printed.account_ids) == (AT, "Biurko", [account_id])
    assert found.password_mark == printed.password_mark
    set_password(account_id, "wieczorem-pada-deszcz", university="Akademia", at=AT)
    found = account_by_album("700")
    assert found is not None
    assert (printed_for(account_id), found.password_mark) == (None, OWN_PASSWORD)
