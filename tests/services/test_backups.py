"""Backups: whole and verified or not at all, whatever happens meanwhile; and a restored one can be read."""

import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask_sqlalchemy import SQLAlchemy

from portal import clock, create_app
from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.order_status import OrderStatus
from portal.services import backups
from portal.services.backups import BackupFailed, Fault
from portal.services.ordering import place_order
from tests.conftest import settings_for
from tests.people import POLICY, make_student, pesel_of

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
MEGABYTE = 1_000_000

MAKE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from portal.services import backups
print("copying", flush=True)
try:
    backups.make_backup(Path(sys.argv[1]), Path(sys.argv[2]), at=datetime.now(UTC))
except backups.BackupFailed as failed:
    print(failed.fault.value)
"""


@pytest.fixture
def database_url(instance: Path) -> str:
    """Only SQLite is backed up by the portal."""
    return f"sqlite:///{instance / 'portal.sqlite'}"


@pytest.fixture
def file(instance: Path, database: SQLAlchemy) -> Path:
    """The database in use, with a student in it."""
    make_student()
    return instance / "portal.sqlite"


@pytest.fixture
def directory(instance: Path) -> Path:
    return instance / "backups"


def left_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.name != backups.LOCK)


def fill(file: Path, megabytes: int) -> None:
    """Make the database large by something that is no concern of anybody."""
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE ballast (content BLOB)")
        for _ in range(megabytes):
            connection.execute("INSERT INTO ballast VALUES (?)", (os.urandom(MEGABYTE),))
    connection.close()


def copying(file: Path, directory: Path, before: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", MAKE, str(file), str(directory)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def test_a_backup_is_for_its_owner_alone_and_named_by_its_moment(file: Path, directory: Path) -> None:
    made = backups.make_backup(file, directory, at=AT)

    assert left_in(directory) == ["portal-20261120-033000.sqlite"]
    assert made.made_at == AT
    assert made.rows["students"] == 1
    assert made.size == made.path.stat().st_size
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_others_write_while_a_backup_is_made(file: Path, directory: Path) -> None:
    fill(file, 20)
    made: list[backups.Backup] = []
    copier = threading.Thread(target=lambda: made.append(backups.make_backup(file, directory, at=AT)))
    copier.start()
    written = 0
    while copier.is_alive() or written == 0:
        make_student()
        written += 1
    copier.join()
    assert 1 <= made[0].rows["students"] <= 1 + written
    assert backups.verify(made[0].path)["students"] == made[0].rows["students"]


def test_nothing_readable_of_people_or_codes_is_in_a_backup(file: Path, directory: Path) -> None:
    pesel = pesel_of(datetime(1855, 5, 5, tzinfo=UTC).date(), 4711)
    student = make_student(pesel=pesel, birth_date=datetime(1855, 5, 5, tzinfo=UTC).date())
    order = place_order(student.id, POLICY, actor="test", at=clock.now())
    order_id = order.id
    with transaction() as session:
        row = session.get_one(Order, order_id)
        row.status = OrderStatus.READY
        row.qr_payload, row.activation_code = "d41d8cd98f00b204e9800998ecf8427e", "z8e+6Ys$"
        row.codes_expire_at = clock.now() + timedelta(days=30)

    content = backups.make_backup(file, directory, at=AT).path.read_bytes()

    assert b"Wanda" in content, "names are not sealed: this shows that the scan sees what is there"
    for secret in (pesel, "d41d8cd98f00b204e9800998ecf8427e", "z8e+6Ys$"):
        assert secret.encode() not in content


def test_a_restored_backup_with_its_keys_is_readable(
    file: Path, directory: Path, instance: Path, tmp_path: Path
) -> None:
    student = make_student(surname="Odtworzona")
    student_id, pesel = student.id, student.pesel
    order_id = place_order(student_id, POLICY, actor="test", at=clock.now()).id
    backup = backups.make_backup(file, directory, at=AT)

    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(instance / "keys", elsewhere / "keys")
    shutil.copyfile(backup.path, elsewhere / "portal.sqlite")
    app = create_app(settings_for(elsewhere, f"sqlite:///{elsewhere / 'portal.sqlite'}"))
    with app.app_context():
        restored = db.session.get_one(Order, order_id)
        assert restored.payload is not None
        assert "Odtworzona" in restored.payload
        assert db.session.get_one(Student, student_id).pesel == pesel
        newcomer = make_student()  # and it can be written
        assert place_order(newcomer.id, POLICY, actor="test", at=clock.now()).status is OrderStatus.WAITING
        db.session.remove()
        db.engine.dispose()


def test_a_disk_too_small_is_said_and_nothing_half_made_stays(file: Path, directory: Path) -> None:
    good = backups.make_backup(file, directory, at=AT)
    fill(file, 4)

    def at_most_two_megabytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MEGABYTE, 2 * MEGABYTE))

    with copying(file, directory, at_most_two_megabytes) as child:
        said, _ = child.communicate(timeout=120)

    assert said.split() == ["copying", Fault.NOT_WRITTEN.value]
    assert left_in(directory) == [good.path.name]
    assert backups.check_live(file) == []


def test_a_backup_larger_than_the_room_left_is_not_begun(
    file: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(BackupFailed) as failed:
        backups.make_backup(file, directory, at=AT)
    assert failed.value.fault is Fault.DISK_FULL
    assert left_in(directory) == []


def test_killed_in_the_middle_nothing_passes_for_a_backup(file: Path, directory: Path) -> None:
    fill(file, 40)
    halves = 0
    for _ in range(5):
        with copying(file, directory) as child:
            assert child.stdout is not None
            child.stdout.readline()
            while child.poll() is None and not (directory.is_dir() and left_in(directory)):
                pass
            child.send_signal(signal.SIGKILL)
        halves += any(name.endswith(backups.UNFINISHED) for name in left_in(directory))
        for each in backups.backups_in(directory):
            backups.verify(each.path)
            each.path.unlink()
    assert halves, "no kill came in the middle: this test would prove nothing"

    made = backups.make_backup(file, directory, at=AT)
    assert left_in(directory) == [made.path.name]


def test_told_to_stop_in_the_middle_it_leaves_nothing(file: Path, directory: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            " SELECT i FROM n"
        )
    connection.close()
    asked = iter([True] * 3)
    with pytest.raises(BackupFailed) as failed:
        backups.make_backup(file, directory, at=AT, go_on=lambda: next(asked, False))
    assert failed.value.fault is Fault.INTERRUPTED
    assert left_in(directory) == []


def test_two_at_once_do_not_touch_each_other(file: Path, directory: Path) -> None:
    directory.mkdir()
    with backups._only_one(directory), pytest.raises(BackupFailed) as failed:
        backups.make_backup(file, directory, at=AT)
    assert failed.value.fault is Fault.UNDER_WAY


def test_the_newest_stay_and_the_last_one_always(file: Path, directory: Path) -> None:
    for day in range(4):
        backups.make_backup(file, directory, at=AT + timedelta(days=day))
    (directory / "portal-mine.sqlite").write_text("not one of ours")

    assert backups.rotate(directory, 2) == 2
    assert left_in(directory) == [
        "portal-20261122-033000.sqlite",
        "portal-20261123-033000.sqlite",
        "portal-mine.sqlite",
    ]
    assert backups.rotate(directory, 0) == 1
    assert [backup.made_at.day for backup in backups.backups_in(directory)] == [23]


@pytest.mark.parametrize("damage", ["cut", "overwritten", "empty"])
def test_a_damaged_copy_is_recognised(file: Path, directory: Path, damage: str) -> None:
    path = backups.make_backup(file, directory, at=AT).path
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(
        {"cut": content[:half], "overwritten": content[:half] + bytes(len(content) - half), "empty": b""}[
            damage
        ]
    )
    with pytest.raises(BackupFailed) as failed:
        backups.verify(path)
    assert failed.value.fault is Fault.DAMAGED


def test_rows_that_refer_to_nothing_are_found_in_the_database_in_use(file: Path) -> None:
    assert backups.check_live(file) == []
    connection = sqlite3.connect(file)
    connection.execute("DELETE FROM students")
    connection.commit()
    connection.close()
    assert "foreign_key_check: enrolments" in backups.check_live(file)
