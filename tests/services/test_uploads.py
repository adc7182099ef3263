"""Uploaded files: kept sealed, worked on once, fenced by their claim, forgotten in time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.journal import Batch
from portal.models.people import Student
from portal.models.uploads import UploadedFile, UploadedFilePage, UploadKind, UploadState
from portal.services import upload_claims, uploads
from portal.services.register_import import FatesChanged, ImportOptions, apply_import, prepare_import
from portal.services.register_uploads import Wishes
from portal.services.slip_groups import accounts_without_passwords, groups_without_passwords
from portal.services.upload_work import work_on_next
from tests.people import POLICY, make_office, pesel_of

pytestmark = pytest.mark.usefixtures("database")

CONTENT = (
    "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Grupa;Status\n"
    f"800001;{pesel_of(datetime(1871, 3, 5, tzinfo=clock.OFFICE_ZONE).date(), 1)};Ewa;Żółć;"
    "Wydział Sztuk;Malarstwo;I stopień;2;M-1;aktywny\n"
).encode()
ASKED = Wishes(ImportOptions()).asked()


def keep(at: datetime | None = None) -> str:
    office = make_office().id
    at = at or clock.real_now()
    return uploads.keep_file(UploadKind.REGISTER, CONTENT, ASKED, account_id=office, at=at)


def work() -> bool:
    return work_on_next(POLICY, at=clock.now(), real_at=clock.real_now())


def kept(upload_id: str) -> UploadedFile:
    db.session.rollback()
    return db.session.get_one(UploadedFile, upload_id)


def confirm(upload_id: str) -> None:
    uploads.ask(
        upload_id, ASKED, state=UploadState.CONFIRMED, account_id=make_office().id, at=clock.real_now()
    )


def test_a_file_is_checked_confirmed_and_applied() -> None:
    upload_id = keep()
    assert work()
    assert kept(upload_id).state is UploadState.CHECKED
    assert [line[:2] for line in uploads.lines_of(upload_id, "new", 1)] == [[2, "800001"]]
    assert not work()

    confirm(upload_id)
    assert work()

    assert kept(upload_id).state is UploadState.APPLIED
    assert kept(upload_id).batch_id is not None
    ((group, count),) = groups_without_passwords()
    assert (group.group_name, count) == ("M-1", 1)
    assert len(accounts_without_passwords(group)) == 1


def test_only_one_worker_gets_a_file_and_another_only_after_the_lease() -> None:
    keep()
    now = clock.real_now()
    first = upload_claims.claim_next(now)
    assert first is not None
    assert first.content == CONTENT
    assert upload_claims.claim_next(now) is None

    second = upload_claims.claim_next(now + upload_claims.LEASE)

    assert second is not None
    with pytest.raises(uploads.UploadMoved):
        upload_claims.settle(first, UploadState.CHECKED, {}, {"new": [[1]]})
    with pytest.raises(uploads.UploadMoved):
        upload_claims.note_progress(first, 1, 2)
    upload_claims.settle(second, UploadState.CHECKED, {"counts": {}}, {"new": [[1]]})
    assert uploads.lines_of(second.id, "new", 1) == [[1]]


def test_what_was_found_before_gives_way_to_what_is_found_now() -> None:
    upload_id = keep()
    claim = upload_claims.claim_next(clock.real_now())
    assert claim is not None
    lines = [[number] for number in range(uploads.LINES_PER_PAGE + 1)]
    upload_claims.settle(claim, UploadState.CHECKED, {}, {"new": lines})
    assert list(uploads.all_lines_of(upload_id, "new")) == lines

    uploads.ask(upload_id, ASKED, state=UploadState.WAITING, account_id=make_office().id, at=clock.real_now())
    again = upload_claims.claim_next(clock.real_now())
    assert again is not None
    upload_claims.settle(again, UploadState.CHECKED, {}, {"changed": [[1]]})

    assert list(uploads.all_lines_of(upload_id, "new")) == []
    assert uploads.lines_of(upload_id, "changed", 1) == [[1]]


def test_nobody_asks_anything_of_somebody_elses_file() -> None:
    upload_id = keep()
    work()
    with pytest.raises(uploads.UploadMoved):
        uploads.ask(upload_id, ASKED, state=UploadState.CONFIRMED, account_id="somebody", at=clock.real_now())
    uploads.forget(upload_id, "somebody")
    assert kept(upload_id).state is UploadState.CHECKED


def test_after_an_hour_everything_is_gone_even_while_it_is_worked_on() -> None:
    old, young = keep(clock.real_now() - timedelta(minutes=59)), keep()
    claim = upload_claims.claim_next(clock.real_now())
    assert claim is not None
    assert claim.id == old

    assert uploads.forget_expired(clock.real_now() + timedelta(minutes=1)) == 1

    assert db.session.scalars(select(UploadedFile.id)).all() == [young]
    with pytest.raises(uploads.UploadMoved):
        upload_claims.settle(claim, UploadState.CHECKED, {}, {"new": [[1]]})
    assert db.session.scalars(select(UploadedFilePage)).all() == []
    assert uploads.forget_expired(clock.real_now()) == 0


def test_an_expired_file_is_not_worked_on() -> None:
    keep(clock.real_now() - uploads.KEPT_FOR)

    assert upload_claims.claim_next(clock.real_now()) is None


@pytest.mark.parametrize("act", ["check", "apply"])
def test_work_tells_how_far_it_is_and_never_goes_back(act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = keep()
    if act == "apply":
        work()
        confirm(upload_id)
    told: list[tuple[int, int]] = []

    def note(claim: upload_claims.Claim, done: int, total: int) -> None:
        uploads_note(claim, done, total)
        told.append((kept(upload_id).done, kept(upload_id).total))

    uploads_note = upload_claims.note_progress
    monkeypatch.setattr(upload_claims, "TOLD_EVERY", 0)
    monkeypatch.setattr(upload_claims, "note_progress", note)

    assert work()

    # One row and the header, each looked at twice; writing takes as long as checking.
    assert {total for _, total in told} == {4 if act == "check" else 8}
    assert [done for done, _ in told] == [1, 3]
    assert kept(upload_id).state is (UploadState.CHECKED if act == "check" else UploadState.APPLIED)


def test_a_file_uploaded_twice_and_confirmed_twice_is_written_once() -> None:
    first, second = keep(), keep()
    assert work()
    assert work()
    confirm(first)
    confirm(second)

    assert work()
    assert work()

    # The second would do nothing now that the first is done: that is not what the office was shown.
    assert (kept(first).state, kept(second).state) == (UploadState.APPLIED, UploadState.CHECKED)
    found = uploads.found_in(kept(second))
    assert found is not None
    assert found["hindrance"] == "fates_changed"
    assert found["counts"]["unchanged"] == 1
    assert db.session.scalars(select(Student.album_number)).all() == ["800001"]
    assert len(db.session.scalars(select(Batch.id)).all()) == 1


def test_a_file_whose_worker_died_between_writing_and_telling_is_told_as_written() -> None:
    upload_id = keep()
    assert work()
    confirm(upload_id)
    claim = upload_claims.claim_next(clock.real_now())
    assert claim is not None
    prepared = prepare_import(CONTENT, ImportOptions(), POLICY, at=clock.now())
    apply_import(
        prepared,
        POLICY,
        fingerprint=prepared.fingerprint,
        actor=claim.account_id,
        at=clock.now(),
        batch_id=claim.id,
    )

    assert work_on_next(POLICY, at=clock.now(), real_at=clock.real_now() + upload_claims.LEASE)

    assert kept(upload_id).state is UploadState.APPLIED
    assert kept(upload_id).batch_id == upload_id
    found = uploads.found_in(kept(upload_id))
    assert found is not None
    assert (found["hindrance"], found["counts"]["new"]) == (None, 1)
    assert kept(upload_id).content_sealed is None


def test_two_workers_that_apply_the_same_at_the_same_moment_write_it_once() -> None:
    prepared = [prepare_import(CONTENT, ImportOptions(), POLICY, at=clock.now()) for _ in range(2)]
    office = make_office().id

    first = apply_import(
        prepared[0], POLICY, fingerprint=prepared[0].fingerprint, actor=office, at=clock.now()
    )
    with pytest.raises(FatesChanged):
        apply_import(prepared[1], POLICY, fingerprint=prepared[1].fingerprint, actor=office, at=clock.now())

    assert db.session.scalars(select(Batch.id)).all() == [first]
    assert len(db.session.scalars(select(Student.id)).all()) == 1
