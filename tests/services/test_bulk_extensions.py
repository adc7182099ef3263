"""Extending many as one act: fates first, then everything or nothing."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.journal import Batch, BatchKind
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.extension import check_extension
from portal.rules.reasons import ExtensionRefusal
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.bulk_extensions import AppliedExtension, FatesChanged, apply_extension
from portal.services.extension_fates import (
    ExtensionFate,
    ExtensionPreview,
    ExtensionRequest,
    preview_extension,
)
from portal.services.ordering import place_order
from portal.services.register import facts_of, note_change
from portal.services.register_in_bulk import alike, facts_of_many
from tests.people import POLICY, extend, make_enrolment, make_office, make_student

pytestmark = pytest.mark.usefixtures("database")


def near() -> date:
    return proposed_until(clock.today(), POLICY)


def far() -> date:
    return proposed_until(near() + timedelta(days=20), POLICY)


def preview(request: ExtensionRequest) -> ExtensionPreview:
    return preview_extension(request, POLICY, at=clock.now())


def apply(request: ExtensionRequest, fingerprint: str | None = None) -> AppliedExtension:
    fingerprint = fingerprint or preview(request).fingerprint
    return apply_extension(request, fingerprint, POLICY, actor=make_office().id, at=clock.now())


def request_for(*students: Student, until: date | None = None, basis: str | None = None) -> ExtensionRequest:
    return ExtensionRequest.same_date([student.id for student in students], until or near(), basis)


def revision(student: Student) -> int:
    return db.session.scalars(select(Student.revision).where(Student.id == student.id)).one()


def count(model: type[CardExtension] | type[Batch]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def a_mixed_group() -> dict[str, Student]:
    """One student for every kind of answer, and for every form the register's facts can take."""
    group = {
        "plain": make_student(extended_until=None),
        "extended": make_student(),
        "further": make_student(extended_until=far()),
        "removed": make_student(extended_until=None, status=EnrolmentStatus.REMOVED),
        "no_card": make_student(extended_until=None, card=False),
        "void_card": make_student(extended_until=None, card_void_on=clock.today()),
        "first_date": make_student(extended_until=None, first_valid_until=near()),
        "no_photo": make_student(extended_until=None, photo=None, pesel=None, album_number=None),
        "two_studies": make_student(extended_until=None, status=EnrolmentStatus.REMOVED),
    }
    with transaction() as session:
        session.add(make_enrolment(group["two_studies"].id))
    return group


def test_facts_of_many_are_the_facts_of_each() -> None:
    students = a_mixed_group().values()

    found = facts_of_many([student.id for student in students])

    assert found == {student.id: facts_of(db.session.get_one(Student, student.id)) for student in students}


def test_every_student_meets_the_same_answer_alone_and_in_a_group() -> None:
    students = a_mixed_group().values()
    ids = [student.id for student in students]

    for until in (near(), far(), clock.today() - timedelta(days=1), near() - timedelta(days=5)):
        alone = {
            who: check_extension(
                facts_of(db.session.get_one(Student, who)), until, None, POLICY, clock.today()
            )
            for who in ids
        }
        assert preview(ExtensionRequest.same_date(ids, until)).refusals == alone


def test_students_alike_are_asked_about_once() -> None:
    students = [make_student(extended_until=None) for _ in range(3)]
    other = make_student()

    groups = alike([student.id for student in [*students, other]])

    assert sorted(len(group.members) for group in groups) == [1, 3]


def test_the_preview_counts_and_names_every_fate_and_writes_nothing() -> None:
    group = a_mixed_group()

    seen = preview(request_for(*group.values()))

    assert seen.counts() == {"extended": 3, "already": 3, "refused": 3}
    assert seen.refused_for() == {ExtensionRefusal.NOT_ENTITLED: 1, ExtensionRefusal.NO_VALID_CARD: 2}
    assert seen.fate_of(group["plain"].id) is ExtensionFate.EXTENDED
    assert seen.fate_of(group["first_date"].id) is ExtensionFate.ALREADY
    assert seen.fate_of(group["removed"].id) is ExtensionFate.REFUSED
    assert count(Batch) == 0


def test_applying_writes_one_batch_and_one_extension_for_each_extended_student() -> None:
    group = a_mixed_group()
    before = {name: revision(student) for name, student in group.items()}
    rows_before = count(CardExtension)

    done = apply(request_for(*group.values()))

    batch = db.session.scalars(select(Batch)).one()
    rows = db.session.scalars(select(CardExtension).where(CardExtension.batch_id == batch.id)).all()
    extended = {group[name].id for name in ("plain", "no_photo", "two_studies")}
    assert done.batch_id == batch.id
    assert (batch.kind, batch.actor_id, batch.legal_basis) == (BatchKind.EXTENSION, make_office().id, None)
    assert batch.counts == {
        "extended": 3,
        "already": 3,
        "refused": 3,
        "refused_for": {"not_entitled": 1, "no_valid_card": 2},
        "chosen_by": {},
    }
    assert {row.student_id for row in rows} == extended
    assert {(row.until, row.extended_by, row.told_at) for row in rows} == {(near(), make_office().id, None)}
    assert count(CardExtension) == rows_before + 3
    assert {name: revision(group[name]) - before[name] for name in group} == {
        name: int(group[name].id in extended) for name in group
    }


def test_dates_may_differ_from_student_to_student() -> None:
    one, other = make_student(extended_until=None), make_student(extended_until=None)

    apply(ExtensionRequest({one.id: near(), other.id: far()}))

    rows = db.session.scalars(select(CardExtension)).all()
    assert {row.student_id: row.until for row in rows} == {one.id: near(), other.id: far()}


def test_an_odd_date_needs_its_legal_basis_and_the_batch_and_its_rows_keep_it() -> None:
    student = make_student(extended_until=None)
    odd = near() - timedelta(days=3)
    assert preview(request_for(student, until=odd)).refused_for() == {ExtensionRefusal.LEGAL_BASIS_MISSING: 1}

    apply(request_for(student, until=odd, basis="zarządzenie nr 7"))

    assert db.session.scalars(select(CardExtension.legal_basis)).one() == "zarządzenie nr 7"
    assert db.session.scalars(select(Batch.legal_basis)).one() == "zarządzenie nr 7"


def test_repeating_a_bulk_extension_changes_nothing() -> None:
    student = make_student(extended_until=None)
    apply(request_for(student))
    seen = revision(student)

    again = apply(request_for(student))

    assert (again.batch_id, again.preview.counts()) == (None, {"extended": 0, "already": 1, "refused": 0})
    assert (count(Batch), count(CardExtension), revision(student)) == (1, 1, seen)


def test_a_fate_that_changed_since_the_preview_refuses_everything() -> None:
    one, other = make_student(extended_until=None), make_student(extended_until=None)
    request = request_for(one, other)
    seen = preview(request).fingerprint
    extend(other, near())

    with pytest.raises(FatesChanged):
        apply(request, seen)

    assert (count(Batch), count(CardExtension)) == (0, 1)


def test_another_date_or_legal_basis_is_another_act() -> None:
    student = make_student(extended_until=None)
    fingerprints = {
        preview(request).fingerprint
        for request in (
            request_for(student),
            request_for(student, until=far()),
            request_for(student, basis="zarządzenie nr 7"),
        )
    }
    assert len(fingerprints) == 3


def test_a_student_changed_in_that_very_moment_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless, extended_elsewhere = make_student(extended_until=None), make_student(extended_until=None)
    place = "portal.services.bulk_extensions.never_sent_orders"

    def meanwhile(student: Student, *, extended: bool) -> None:
        def and_then(ids: object) -> dict[str, tuple[str, int]]:
            if extended:
                extend(student, near())
            with transaction():
                note_change(student.id)
            return {}

        monkeypatch.setattr(place, and_then)

    meanwhile(harmless, extended=False)
    assert apply(request_for(harmless)).batch_id is not None
    meanwhile(extended_elsewhere, extended=True)
    with pytest.raises(FatesChanged):
        apply(request_for(extended_elsewhere))
    assert count(Batch) == 1


def test_orders_never_sent_take_the_new_date_and_others_keep_theirs() -> None:
    waiting, renewing, without = (make_student() for _ in range(3))
    orders = {
        student.id: place_order(student.id, POLICY, actor="test", at=clock.now()).id
        for student in (waiting, renewing)
    }
    with transaction() as session:
        session.execute(
            Order.__table__.update().where(Order.id == orders[renewing.id]).values(at_ministry="uncertain")  # type: ignore[attr-defined]
        )

    apply(request_for(waiting, renewing, without, until=far()))

    order = db.session.get_one(Order, orders[waiting.id])
    extension = db.session.scalars(
        select(CardExtension).where(CardExtension.student_id == waiting.id, CardExtension.until == far())
    ).one()
    assert (order.planned_valid_until, order.extension_id) == (far(), extension.id)
    assert f'"valid_until": "{far()}"' in str(order.payload)
    assert db.session.get_one(Order, orders[renewing.id]).planned_valid_until == near()


def test_the_same_file_applied_twice_at_once_leaves_one_record_per_student(app: Flask) -> None:
    students = [make_student(extended_until=None) for _ in range(20)]
    request = request_for(*students)
    fingerprint = preview(request).fingerprint
    office = make_office().id
    db.session.remove()
    together = threading.Barrier(4)
    outcomes: list[object] = []

    def once() -> None:
        with app.app_context():
            together.wait()
            try:
                outcomes.append(
                    apply_extension(
                        request, fingerprint, POLICY, actor=office, at=clock.now()
                    ).preview.counts()
                )
            except FatesChanged:
                outcomes.append("changed")
            db.session.remove()

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(map(str, outcomes)) == ["changed"] * 3 + ["{'extended': 20, 'already': 0, 'refused': 0}"]
    assert (count(Batch), count(CardExtension)) == (1, 20)


def test_rows_that_lead_to_nobody_count_among_those_left_out() -> None:
    able = make_student(extended_until=None)
    removed = make_student(extended_until=None, status=EnrolmentStatus.REMOVED)
    request = request_for(able, removed)
    rejected = {"number_unknown": 2, "twice_in_file": 1}

    batch_id = apply_extension(
        request,
        preview(request).fingerprint,
        POLICY,
        actor=make_office().id,
        at=clock.now(),
        rejected_for=rejected,
    ).batch_id

    counts = db.session.get_one(Batch, batch_id).counts
    assert (counts["extended"], counts["already"], counts["refused"]) == (1, 0, 4)
    assert counts["refused_for"] == {"not_entitled": 1, **rejected}
