"""Copies of an SQLite database while it is in use: made whole and verified, or not at all.

1. The copy grows under a name no backup has (`.part`); a process killed meanwhile leaves nothing that could be taken
   for a backup, and the next one clears it away.
2. It is written to the disk for good, opened read-only, and looked through.
3. Only then it gets its name, and only then older ones go.
"""

import errno
import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

NAME = re.compile(r"portal-(\d{8}-\d{6})\.sqlite")
MOMENT = "%Y%m%d-%H%M%S"
UNFINISHED = ".part"
LOCK = "backup.lock"
BUSY_SECONDS = 20.0
STEPS_BETWEEN_LOOKS = 20_000
# Rows of these tables are never deleted: a copy with fewer than there were before is not whole.
COUNTED = {
    "students": "SELECT count(*) FROM students",
    "accounts": "SELECT count(*) FROM accounts",
    "card_extensions": "SELECT count(*) FROM card_extensions",
    "orders": "SELECT count(*) FROM orders",
    "order_events": "SELECT count(*) FROM order_events",
}

GoOn = Callable[[], bool]


class Fault(StrEnum):
    """Why there is no backup."""

    DISK_FULL = "disk_full"
    NOT_WRITTEN = "not_written"
    DAMAGED = "damaged"
    INTERRUPTED = "interrupted"
    UNDER_WAY = "under_way"


class BackupFailed(Exception):
    """No backup was made, and nothing half-made is left under a backup's name."""

    def __init__(self, fault: Fault, details: str = "") -> None:
        super().__init__(f"{fault.value} {details}".strip())
        self.fault = fault
        self.details = details


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified copy. `size` in bytes; `rows` of the main tables, known when it was just verified."""

    path: Path
    made_at: datetime
    size: int
    rows: Mapping[str, int]


def make_backup(database: Path, directory: Path, *, at: datetime, go_on: GoOn = lambda: True) -> Backup:
    """Copy `database` into `directory` and verify the copy. Raises BackupFailed."""
    with _told():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_one(directory):
            finished = directory / f"portal-{at.astimezone(UTC).strftime(MOMENT)}.sqlite"
            unfinished = directory / f".{finished.name}{UNFINISHED}"
            _clear_unfinished(directory)
            try:
                rows = _copy_verified(database, unfinished, go_on)
                unfinished.rename(finished)
                _to_disk(directory)
            finally:
                _clear_unfinished(directory)
            return Backup(finished, _moment_of(finished), finished.stat().st_size, rows)


def verify(copy: Path, go_on: GoOn = lambda: True, *, known: Collection[str] = ()) -> dict[str, int]:
    """Look a copy through; answers the number of rows in its main tables. Raises BackupFailed (DAMAGED).

    It is opened read-only and as a file nobody changes: nothing appears beside it. `known`: rows without their
    counterpart in the database itself are no fault of its copy, and no reason to have none.
    """
    address = f"{copy.resolve().as_uri()}?mode=ro&immutable=1"
    with _told(), closing(sqlite3.connect(address, uri=True)) as opened:
        _interruptible(opened, go_on)
        found = [problem for problem in problems_of(opened) if problem not in known]
        if found:
            raise BackupFailed(Fault.DAMAGED, found[0])
        if opened.execute("SELECT count(*) FROM deployment").fetchone() != (1,):
            raise BackupFailed(Fault.DAMAGED, "deployment")
        return _counts(opened)


def problems_of(database: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What an open database finds wrong with itself and with references between its rows; table names at most.

    `quick`: without comparing indexes with their tables.
    """
    check = "quick_check" if quick else "integrity_check"
    found = [str(line) for (line,) in database.execute(f"PRAGMA {check}(20)") if line != "ok"]
    return found + _orphans(database)


def _orphans(database: sqlite3.Connection) -> list[str]:
    tables = {str(row[0]) for row in database.execute("PRAGMA foreign_key_check")}
    return [f"foreign_key_check: {table}" for table in sorted(tables)]


def check_live(database: Path, *, go_on: GoOn = lambda: True, quick: bool = False) -> list[str]:
    """What is wrong with the database in use; reads only, others go on writing. Raises BackupFailed (INTERRUPTED)."""
    with _told(), closing(_opened(database)) as live:
        _interruptible(live, go_on)
        return problems_of(live, quick=quick)


def backups_in(directory: Path) -> list[Backup]:
    """All finished backups, the newest first."""
    found = [path for path in directory.glob("portal-*.sqlite") if NAME.fullmatch(path.name)]
    newest_first = sorted(found, key=lambda path: path.name, reverse=True)
    return [Backup(path, _moment_of(path), path.stat().st_size, {}) for path in newest_first]


def rotate(directory: Path, kept: int) -> int:
    """Delete all but the `kept` (at least one) newest backups; answers how many went."""
    old = backups_in(directory)[max(1, kept) :]
    for backup in old:
        backup.path.unlink(missing_ok=True)
    return len(old)


def _copy_verified(database: Path, target: Path, go_on: GoOn) -> dict[str, int]:
    expected, orphans = _copy(database, target, go_on)
    _to_disk(target)
    rows = verify(target, go_on, known=orphans)
    missing = [name for name, count in expected.items() if rows[name] < count]
    if missing:
        raise BackupFailed(Fault.DAMAGED, ", ".join(missing))
    return rows


def _copy(database: Path, target: Path, go_on: GoOn) -> tuple[dict[str, int], list[str]]:
    """Copy into `target`, readable for its owner alone; answers how many rows there were at least, and orphans."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_opened(database)) as live:
        (needed,) = live.execute(
            "SELECT (page_count - freelist_count) * page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        ).fetchone()
        free = shutil.disk_usage(target.parent).free
        if free < needed:
            raise BackupFailed(Fault.DISK_FULL, f"{free} < {needed}")
        _interruptible(live, go_on)
        expected, orphans = _counts(live), _orphans(live)
        live.execute("VACUUM INTO ?", (str(target),))
        return expected, orphans


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def _interruptible(connection: sqlite3.Connection, go_on: GoOn) -> None:
    connection.set_progress_handler(lambda: not go_on(), STEPS_BETWEEN_LOOKS)


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    return {table: database.execute(count).fetchone()[0] for table, count in COUNTED.items()}


@contextmanager
def _told() -> Iterator[None]:
    """Failures of SQLite and of the file system as ours."""
    try:
        yield
    except sqlite3.DatabaseError as reason:
        raise BackupFailed(_fault_of(reason), str(reason)) from reason
    except OSError as reason:
        fault = Fault.DISK_FULL if reason.errno in {errno.ENOSPC, errno.EDQUOT} else Fault.NOT_WRITTEN
        raise BackupFailed(fault, str(reason.strerror)) from reason


def _fault_of(reason: sqlite3.DatabaseError) -> Fault:
    # The lowest byte is the kind of failure, the others its details.
    kind = getattr(reason, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_FULL:
        return Fault.DISK_FULL
    if kind == sqlite3.SQLITE_INTERRUPT:
        return Fault.INTERRUPTED
    if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}:
        return Fault.DAMAGED
    return Fault.NOT_WRITTEN


@contextmanager
def _only_one(directory: Path) -> Iterator[None]:
    with (directory / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed(Fault.UNDER_WAY) from None
        yield


def _clear_unfinished(directory: Path) -> None:
    for left in directory.glob(f".portal-*{UNFINISHED}*"):
        left.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _moment_of(path: Path) -> datetime:
    found = NAME.fullmatch(path.name)
    assert found is not None
    return datetime.strptime(found[1], MOMENT).replace(tzinfo=UTC)
