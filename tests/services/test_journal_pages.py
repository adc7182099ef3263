"""The journal as it is read, and that every act of the office is in it."""

import ast
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

import portal
from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.base import new_id
from portal.models.data_reports import DataReportKind
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.rules.validity import proposed_until
from portal.services import (
    data_reports,
    journal_acts,
    journal_extensions,
    journal_imports,
    journal_orders,
    photos,
)
from portal.services.accounts import disable_account
from portal.services.batch_undo import undo_batch
from portal.services.bulk_extensions import apply_extension
from portal.services.card_extensions import change_date, extend, undo_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.services.journal_names import Entry
from portal.services.journal_pages import entries, office_people
from portal.services.journal_search import Wanted
from portal.services.office_orders import order_for_student, revoke_order
from portal.services.photo_files import CardPhoto
from portal.services.slips import issue_slips
from portal.services.student_records import correct_student, reveal_pesel
from portal.texts import journal as journal_texts
from tests.people import POLICY, account_of, jpeg, make_account, make_office, make_student
from tests.plans import watched_plans

pytestmark = pytest.mark.usefixtures("database")

PORTAL = Path(portal.__file__).parent
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


def test_what_the_office_does_one_by_one_is_found_over_all_students_by_person() -> None:
    student, office, boss = make_student(extended_until=None), make_office().id, make_account(role=Role.ADMIN)
    until, at = proposed_until(clock.today(), POLICY), clock.now()
    given = extend(student.id, until, POLICY, actor=office, at=at)
    order_for_student(student.id, POLICY, actor=office, at=at + timedelta(seconds=1))
    other = make_student()
    order_for_student(other.id, POLICY, actor=account_of(other).id, at=at)
    undo_extension(given.id, POLICY, actor=boss.id, reason=SECRET_REASON, at=at + timedelta(seconds=2))

    assert set(acts(Wanted(actor_id=boss.id))) == {"extension_undone", "order_moved"}
    assert acts(Wanted(act="order_placed")) == ["order_placed"]
    assert acts(Wanted(act="order_moved")) == ["order_moved"]
    assert acts(Wanted(act="extension_undone", actor_id=office)) == []
    assert acts(Wanted(act="card_extended", until=clock.today() - timedelta(days=400))) == []


def test_parts_of_a_batch_are_found_by_the_student_and_the_act_of_the_whole() -> None:
    student, office = make_student(extended_until=None), make_office()
    request, at = ExtensionRequest({student.id: proposed_until(clock.today(), POLICY)}), clock.now()
    fingerprint = preview_extension(request, POLICY, at=at).fingerprint
    batch = apply_extension(request, fingerprint, POLICY, actor=office.id, at=at).batch_id
    assert batch
    undo_batch(batch, POLICY, actor=office.id, reason=SECRET_REASON, at=at + timedelta(seconds=1))

    assert acts(Wanted(act="batch_extended", student_id=student.id)) == ["card_extended_in_batch"]
    assert acts(Wanted(act="batch_undone", student_id=student.id)) == ["extension_undone"]
    assert acts(Wanted(act="card_extended")) == []
    assert acts(Wanted(act="extension_undone")) == []


MANY = 100_000


def extend_many(student: Student) -> None:
    """As many single extensions, one a minute back from now, every tenth undone; spread over students like this."""
    students, extensions = db.metadata.tables["students"], db.metadata.tables["card_extensions"]
    now, office, first_day = clock.now(), make_office().id, date(2030, 1, 1)
    with transaction() as session:
        connection = session.connection()
        like = connection.execute(students.select().where(students.c.id == student.id)).mappings().one()
        fresh = {"pesel_index": None, "pesel_sealed": None}
        ids = [new_id() for _ in range(MANY // 50)]
        rows = [{**like, **fresh, "id": one, "album_number": one[:8]} for one in ids]
        connection.execute(insert(students), rows)
        given = [
            {
                "id": new_id(),
                "student_id": ids[number % len(ids)],
                "until": first_day + timedelta(days=number // len(ids)),
                "extended_at": now - timedelta(minutes=number + 1),
                "extended_by": office,
                **(
                    {"undone_at": now - timedelta(minutes=number), "undone_by": office, "undo_reason": "x"}
                    if number % 10 == 0
                    else {"undone_at": None, "undone_by": None, "undo_reason": None}
                ),
            }
            for number in range(MANY)
        ]
        connection.execute(insert(extensions), given)


def test_a_page_takes_few_queries_read_by_indexes_among_a_hundred_thousand_extensions() -> None:
    student = make_student(extended_until=None)
    extend_many(student)
    office, today = make_office().id, clock.today()
    wanted = [
        Wanted(),
        Wanted(actor_id=office),
        Wanted(since=today - timedelta(days=20), until=today - timedelta(days=10)),
        Wanted(act="extension_undone"),
        Wanted(student_id=student.id),
    ]
    for one in wanted:
        with watched_plans() as plans:
            page = entries(one)
            if page.next_after:
                entries(one, after=page.next_after)
        assert plans.statements <= 2 * 10, one
        # A university applies a few hundred files a year.
        assert plans.whole_tables <= {"batches"}, one
    days = {clock.day_of(one.at) for one in entries(wanted[2]).entries}
    assert days == {today - timedelta(days=10)}
    assert len(entries(Wanted()).entries) == 50


def test_newest_extensions_come_from_an_index_in_their_order_and_are_not_sorted(
    request: pytest.FixtureRequest,
) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL decides by its statistics, which a test's tables do not have.
    seen: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        if statement.lstrip().startswith("SELECT card_extensions.id"):
            cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            seen.append("\n".join(row[-1] for row in cursor.fetchall()))

    event.listen(db.engine, "before_cursor_execute", explain)
    request.addfinalizer(lambda: event.remove(db.engine, "before_cursor_execute", explain))
    for wanted in (Wanted(), Wanted(actor_id=make_office().id), Wanted(since=clock.today())):
        entries(wanted)

    assert len(seen) == 6
    assert all("_singly" in plan and "TEMP B-TREE" not in plan for plan in seen), seen


def recorded_acts() -> Iterator[str]:
    """The first argument of every call of `record` and `record_view`, names given in the same module resolved."""
    for file in PORTAL.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        given = {
            target.id: one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and file.name != "journal.py" and records_an_act(call):
                act = call.args[0]
                yield from words_in(given[act.id] if isinstance(act, ast.Name) else act)


def records_an_act(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in {"record", "record_view"} and any(
        ast.unparse(argument).startswith("Subject.") for argument in call.args
    )


def words_in(value: ast.expr) -> set[str]:
    """What an act may be called: both, where a condition decides."""
    if isinstance(value, ast.IfExp):
        return words_in(value.body) | words_in(value.orelse)
    assert isinstance(value, ast.Constant)
    return {str(value.value)}


def test_every_act_has_its_words() -> None:
    recorded = set(recorded_acts())
    assert recorded >= {"student_corrected", "order_revoked", "pesel_shown", "photo_accepted", "batch_undone"}
    derived = {
        value
        for module in (journal_extensions, journal_imports, journal_orders)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    } | set(journal_acts.BATCHES.values())
    assert derived >= {"card_extended", "order_moved", "came_by_import", "panel_reported"}
    assert (recorded | derived) - journal_texts.ACTS.keys() == set()
