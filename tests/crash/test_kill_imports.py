"""kill -9 of the jobs in the middle of an import: everything or nothing, and the next try brings it to its end."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.journal import Batch
from portal.models.people import Enrolment, Student
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.register_import import ImportOptions
from portal.services.register_uploads import Wishes
from portal.services.upload_work import work_on_next
from tests.crash.conftest import Deployment
from tests.crash.dying import deaths
from tests.people import POLICY, make_office, make_student, pesel_of

NEW = 30
BORN = date(1871, 3, 5)
ASKED = Wishes(ImportOptions()).asked()
HEADER = "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Status"


def content() -> bytes:
    """A file of new students, and one student whose name changes."""
    lines = [
        f"{800000 + number};{pesel_of(BORN, number)};Ewa;Żółć;Wydział Sztuk;Malarstwo;I stopień;2;aktywny"
        for number in range(NEW)
    ]
    return "\n".join([HEADER, *lines, "700;;Nowa;Próbna;;;;;"]).encode()


def register() -> tuple[int, int, int, str, int]:
    """New students, their enrolments and accounts, the known student's name, and how many batches there are."""
    db.session.rollback()
    return (
        db.session.scalar(select(func.count()).select_from(Student).where(Student.surname == "Żółć")) or 0,
        db.session.scalar(
            select(func.count()).select_from(Enrolment).where(Enrolment.programme == "Malarstwo")
        )
        or 0,
        db.session.scalar(select(func.count()).select_from(Account).where(Account.role == Role.STUDENT)) or 0,
        db.session.scalars(select(Student.first_names).where(Student.album_number == "700")).one(),
        db.session.scalar(select(func.count()).select_from(Batch)) or 0,
    )


def confirmed_file() -> str:
    """A file that was checked and confirmed, for the jobs to apply."""
    office = make_office().id
    upload_id = uploads.keep_file(
        UploadKind.REGISTER, content(), ASKED, account_id=office, at=clock.real_now()
    )
    assert work_on_next(POLICY, at=clock.now(), real_at=clock.real_now())
    uploads.ask(upload_id, ASKED, state=UploadState.CONFIRMED, account_id=office, at=clock.real_now())
    return upload_id


def let_the_claim_run_out(upload_id: str) -> None:
    """As ten minutes do."""
    with transaction() as session:
        session.execute(
            update(UploadedFile).where(UploadedFile.id == upload_id).values(leased_until=clock.real_now())
        )


@pytest.mark.usefixtures("database")
def test_an_import_is_written_whole_or_not_at_all_at_every_statement_and_its_repetition_ends_it(
    deployment: Deployment,
) -> None:
    make_student(album_number="700", first_names="Dawna")
    upload_id = confirmed_file()
    before, after = (0, 0, 0, "Dawna", 0), (NEW, NEW, NEW + 1, "Nowa", 1)
    seen = set()
    for n, lived in deaths(deployment, "crashing_import", more_than=10):
        found = register()
        assert found in {before, after}, f"point {n}"
        assert not (before == found and after in seen), f"point {n}: what was written is gone"
        seen.add(found)
        if not lived:
            let_the_claim_run_out(upload_id)

    assert register() == after
    assert db.session.get_one(UploadedFile, upload_id).state is UploadState.APPLIED
    assert db.session.scalars(select(UploadedFile.leased_until)).all() == [None]
