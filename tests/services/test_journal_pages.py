"""The journal as it is read, and that every act of the office is in it."""

import ast
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from portal import clock, journal_texts
from portal.models.accounts import Role
from portal.models.data_reports import DataReportKind
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.rules.validity import proposed_until
from portal.services import data_reports, journal_pages, photos
from portal.services.accounts import disable_account
from portal.services.batch_undo import undo_batch
from portal.services.bulk_extensions import ExtensionRequest, apply_extension, preview_extension
from portal.services.card_extensions import change_date, extend, undo_extension
from portal.services.journal_pages import Entry, Wanted, entries, office_people
from portal.services.office_orders import order_for_student, revoke_order
from portal.services.photo_files import CardPhoto
from portal.services.slips import issue_slips
from portal.services.student_records import correct_student, reveal_pesel
from tests.people import POLICY, account_of, jpeg, make_account, make_office, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")

PORTAL = Path(journal_texts.__file__).parent
SECRET_REASON = "pomyłka przy okienku"


def acts(wanted: Wanted) -> list[str]:
    return [one.act for one in entries(wanted).entries]


def about(student: Student) -> list[Entry]:
    return list(entries(Wanted(student_id=student.id)).entries)


def correct(student: Student, at: datetime | None = None, **changes: object) -> None:
    office = make_office().id
    correct_student(student.id, changes, student.revision, POLICY, actor=office, at=at or clock.now())


def photo(colour: str) -> CardPhoto:
    content = jpeg(colour=colour)
    return CardPhoto(content=content, width=246, height=304)


def test_a_correction_says_who_what_whom_and_both_values_but_no_pesel() -> None:
    student = make_student(surname="Próbna", first_names="Wanda", extended_until=None)
    pesel = student.pesel
    assert pesel

    correct(student, surname="Nowa", pesel=None)

    (entry,) = about(student)
    assert (entry.act, entry.actor, entry.album_number) == (
        "student_corrected",
        make_office().display_name,
        student.album_number,
    )
    assert entry.details == {"surname": ["Próbna", "Nowa"], "pesel": None}
    assert pesel not in repr([entry.details, entry.reason, entry.before, entry.after])


def test_acts_extensions_and_orders_of_one_student_stand_together_newest_first() -> None:
    student, other = make_student(extended_until=None), make_student()
    office, at = make_office().id, clock.now()
    until = proposed_until(clock.today(), POLICY)
    given = extend(student.id, until, POLICY, actor=office, at=at)
    order = order_for_student(student.id, POLICY, actor=office, at=at + timedelta(seconds=1))
    reveal_pesel(student.id, actor=office, at=at + timedelta(seconds=2))
    undo_extension(given.id, POLICY, actor=office, reason=SECRET_REASON, at=at + timedelta(seconds=3))
    issue_slips([account_of(student).id], at=at + timedelta(seconds=4), actor=office)
    reveal_pesel(other.id, actor=office, at=at)

    found = about(student)

    # The order fell with its extension, at the same moment.
    assert [one.act for one in found if one.act != "order_moved"] == [
        "slip_issued",
        "extension_undone",
        "pesel_shown",
        "order_placed",
        "card_extended",
    ]
    (moved,) = [one for one in found if one.act == "order_moved"]
    assert (moved.before, moved.after) == (OrderStatus.WAITING, OrderStatus.REVOKED)
    assert moved.key == f"{order.id}:2"
    undone = next(one for one in found if one.act == "extension_undone")
    assert (undone.reason, undone.before, undone.after) == (SECRET_REASON, until, None)
    assert {one.actor for one in found} == {make_office().display_name}


def test_what_the_student_did_to_an_order_is_no_act_of_the_office() -> None:
    student = make_student()
    order_for_student(student.id, POLICY, actor=account_of(student).id, at=clock.now())
    assert [one.act for one in about(student)] == ["card_extended"]


def test_a_revocation_stands_there_once_with_its_reason() -> None:
    student, office = make_student(), make_office().id
    order = order_for_student(student.id, POLICY, actor=account_of(student).id, at=clock.now())

    revoke_order(order.id, reason=SECRET_REASON, actor=office, at=clock.now())

    entry, _extended_before = about(student)
    assert (entry.act, entry.reason, entry.details) == ("order_revoked", SECRET_REASON, {"from": "waiting"})


def test_another_date_stands_there_as_one_change_with_both_dates() -> None:
    student, office = make_student(extended_until=None), make_office().id
    until, at = proposed_until(clock.today(), POLICY), clock.now()
    given = extend(student.id, until, POLICY, actor=office, at=at)
    earlier = until - timedelta(days=1)

    change_date(
        given.id, earlier, POLICY, actor=office, at=at + timedelta(seconds=1), legal_basis="uchwała nr 7"
    )

    changed, _given = about(student)
    assert (changed.act, changed.before, changed.after) == ("extension_date_changed", until, earlier)
    assert changed.reason == "uchwała nr 7"


def test_a_bulk_extension_and_its_undo_are_found_by_the_administrator() -> None:
    student, office = make_student(extended_until=None), make_office()
    until, at = proposed_until(clock.today(), POLICY), clock.now()
    request = ExtensionRequest({student.id: until})
    fingerprint = preview_extension(request, POLICY, at=at).fingerprint
    batch = apply_extension(request, fingerprint, POLICY, actor=office.id, at=at).batch_id
    assert batch
    undo_batch(batch, POLICY, actor=office.id, reason=SECRET_REASON, at=at + timedelta(seconds=1))

    undone, applied = entries(Wanted()).entries

    assert (undone.act, undone.reason, undone.details) == (
        "batch_undone",
        SECRET_REASON,
        {"undone": 1, "revoked": 0},
    )
    assert (applied.act, applied.details["extended"]) == ("batch_extended", 1)
    assert [one.act for one in about(student)] == ["extension_undone", "card_extended_in_batch"]


def test_photos_and_reports_are_acts_that_say_what_was_there_before() -> None:
    student, office, at = make_student(photo=None, extended_until=None), make_office().id, clock.now()
    first = photos.submit(student.id, photo("#111111"), actor=account_of(student).id, at=at)
    photos.accept(first, POLICY, actor=office, at=at + timedelta(seconds=1))
    second = photos.submit(student.id, photo("#222222"), actor=account_of(student).id, at=at)
    photos.send_back(second, "za ciemne", actor=office, at=at + timedelta(seconds=2))
    photos.put_photo(student.id, photo("#333333"), POLICY, actor=office, at=at + timedelta(seconds=3))
    report = data_reports.report(student.id, DataReportKind.NAME, "inaczej", at=at)
    data_reports.settle(report, "poprawiono", actor=office, at=at + timedelta(seconds=4))

    assert [(one.act, one.reason, one.details) for one in about(student)] == [
        ("report_settled", None, {"kind": "name"}),
        ("photo_given", None, {"had_photo": True}),
        ("photo_sent_back", "za ciemne", {}),
        ("photo_accepted", None, {"had_photo": False}),
    ]


def test_the_administrator_finds_acts_by_day_person_and_kind() -> None:
    student, office, boss = make_student(extended_until=None), make_office(), make_account(role=Role.ADMIN)
    today = clock.today()
    correct(student, at=clock.now() - timedelta(days=3), surname="Nowa")
    disable_account(office.id, actor=boss.id, at=clock.now())

    assert acts(Wanted()) == ["account_disabled", "student_corrected"]
    assert acts(Wanted(since=today)) == ["account_disabled"]
    assert acts(Wanted(until=today - timedelta(days=3))) == ["student_corrected"]
    assert acts(Wanted(actor_id=boss.id)) == ["account_disabled"]
    assert acts(Wanted(act="student_corrected")) == ["student_corrected"]
    assert acts(Wanted(student_id=student.id, since=today)) == []
    newest = entries(Wanted()).entries[0]
    assert (newest.about, newest.actor) == (office.display_name, boss.display_name)
    assert [name for _, name in office_people()] == sorted([office.display_name, boss.display_name])


@pytest.mark.parametrize("of_one", [True, False])
def test_pages_of_the_journal_follow_each_other_without_a_gap(of_one: bool) -> None:
    student, office, at = make_student(extended_until=None), make_office().id, clock.now()
    for _ in range(5):
        reveal_pesel(student.id, actor=office, at=at)
    wanted = Wanted(student_id=student.id if of_one else None)

    pages = [entries(wanted, size=2)]
    while pages[-1].next_after:
        pages.append(entries(wanted, after=pages[-1].next_after, size=2))

    assert [len(page.entries) for page in pages] == [2, 2, 1]
    assert len({one.key for page in pages for one in page.entries}) == 5


@pytest.mark.parametrize("of_one", [True, False])
def test_a_page_of_the_journal_is_one_query_read_by_indexes(of_one: bool) -> None:
    student_id = make_student().id

    with watched_plans() as plans:
        entries(Wanted(student_id=student_id if of_one else None))

    assert plans.statements == 1
    # A university applies a few hundred files a year.
    assert plans.whole_tables <= {"batches"}


def recorded_acts() -> Iterator[str]:
    """The first argument of every call of `record` and `record_view`, names of the same module resolved."""
    for file in PORTAL.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            target.id: one.value.value
            for one in tree.body
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or file.name == "journal.py":
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            subjects = [arg for arg in call.args if isinstance(arg, ast.Attribute)]
            if name in {"record", "record_view"} and any(
                isinstance(one.value, ast.Name) and one.value.id == "Subject" for one in subjects
            ):
                act = call.args[0]
                yield act.value if isinstance(act, ast.Constant) else constants[act.id]  # type: ignore[attr-defined]


def test_every_act_has_its_words() -> None:
    recorded = set(recorded_acts())
    assert recorded >= {"student_corrected", "order_revoked", "pesel_shown", "photo_accepted", "batch_undone"}
    derived = journal_pages.DERIVED | set(journal_pages.BATCHES.values())
    assert (recorded | derived) - journal_texts.ACTS.keys() == set()
