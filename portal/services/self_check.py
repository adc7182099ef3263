"""What is wrong, or may soon be, with an instance: its keys, its database, its backups, its disk, its clock.

Nothing is written. Every look answers findings; a look that cannot be done is a finding, too.
"""

import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from portal import clock
from portal.database import tells_of_damage
from portal.extensions import db
from portal.keys import KEYS_FOLDER, KeysMissing, load_keyring, load_session_key
from portal.models.accounts import Account
from portal.models.ministry_calls import JobRun
from portal.models.people import Student
from portal.models.sealed import SealBroken
from portal.services import backups
from portal.services.backups import BackupFailed, Fault
from portal.services.housekeeping import backup_directory, sqlite_file
from portal.settings import SETTINGS_FILE, Settings
from portal.settings_groups import Connector

LITTLE_SPACE = 1_000_000_000
BACKUP_TOO_OLD = timedelta(hours=36)
JOBS_SILENT = timedelta(minutes=10)
PROGRAM_WRITTEN = datetime(2026, 1, 1, tzinfo=clock.OFFICE_ZONE)
SAMPLE = 20
START_WAITS_SECONDS = 0.5


class Level(StrEnum):
    """How bad it is. `PROBLEM`: the portal does not work, or data are at risk; `WARNING`: it may come to that."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


class Subject(StrEnum):
    """What was found; the words are elsewhere."""

    KEYS_MISSING = "keys_missing"
    KEYS_OPEN = "keys_open"
    KEYS_FINE = "keys_fine"
    KEYS_WRONG = "keys_wrong"
    SETTINGS_OPEN = "settings_open"
    MINISTRY_NOT_CONNECTED = "ministry_not_connected"
    NO_MAIL_SERVER = "no_mail_server"
    PROXY_UNKNOWN = "proxy_unknown"
    CLOCK_WRONG = "clock_wrong"
    ZONE_WRONG = "zone_wrong"
    LITTLE_SPACE = "little_space"
    SPACE_FINE = "space_fine"
    DATABASE_FINE = "database_fine"
    DATABASE_DAMAGED = "database_damaged"
    NO_DATABASE_YET = "no_database_yet"
    DATABASE_EMPTY = "database_empty"
    JOBS_SILENT = "jobs_silent"
    NOBODY_AT_PANEL = "nobody_at_panel"
    BACKUPS_OFF = "backups_off"
    NO_BACKUP = "no_backup"
    BACKUP_OLD = "backup_old"
    BACKUP_FINE = "backup_fine"
    BACKUP_DAMAGED = "backup_damaged"
    BACKUPS_BESIDE = "backups_beside"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `details` fill its words: figures, moments, names of files."""

    level: Level
    subject: Subject
    details: Mapping[str, Any] = field(default_factory=dict)


def look_at_settings(settings: Settings) -> Iterator[Finding]:
    """What the settings leave out. The database need not be there."""
    ministry, mail = settings.ministry, settings.mail
    if ministry.connector is Connector.HTTP and not ministry.url:
        yield Finding(Level.WARNING, Subject.MINISTRY_NOT_CONNECTED)
    if not mail.server:
        level = Level.WARNING if mail.digest_to else Level.FINE
        yield Finding(level, Subject.NO_MAIL_SERVER)
    if settings.secure and not settings.security.trusted_proxies:
        yield Finding(Level.WARNING, Subject.PROXY_UNKNOWN)


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Keys and settings: there, whole, and nobody else's to read."""
    instance = settings.instance
    try:
        load_keyring(instance)
        load_session_key(instance)
    except KeysMissing as missing:
        if (instance / KEYS_FOLDER).exists():
            yield Finding(Level.PROBLEM, Subject.KEYS_MISSING, {"file": str(missing)})
    else:
        secret = [*(instance / KEYS_FOLDER).iterdir(), *_secret_files(settings)]
        readable = [path for path in secret if _others_may_read(path)]
        for path in readable:
            yield Finding(Level.PROBLEM, Subject.KEYS_OPEN, {"file": path})
        if not readable:
            yield Finding(Level.FINE, Subject.KEYS_FINE)
    if _others_may_write(instance / SETTINGS_FILE):
        yield Finding(Level.WARNING, Subject.SETTINGS_OPEN, {"file": instance / SETTINGS_FILE})


def look_at_machine(settings: Settings) -> Iterator[Finding]:
    """The clock and the disk."""
    now = clock.real_now()
    if now < PROGRAM_WRITTEN:
        yield Finding(Level.PROBLEM, Subject.CLOCK_WRONG, {"now": now})
    summer = datetime(now.year, 7, 1, 12, tzinfo=ZoneInfo("Europe/Warsaw")).utcoffset()
    if summer != timedelta(hours=2):
        yield Finding(Level.PROBLEM, Subject.ZONE_WRONG)
    database = sqlite_file(settings)
    folder = database.parent if database and database.parent.is_dir() else settings.instance
    free = shutil.disk_usage(folder).free
    needed = max(LITTLE_SPACE, 2 * (database.stat().st_size if database and database.exists() else 0))
    level, subject = (
        (Level.WARNING, Subject.LITTLE_SPACE) if free < needed else (Level.FINE, Subject.SPACE_FINE)
    )
    yield Finding(level, subject, {"free": free, "folder": folder})


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """The database of the application at hand: whole, readable with these keys, and worked on by the jobs."""
    database = sqlite_file(settings)
    started = time.monotonic()
    try:
        problems = backups.check_live(database, quick=True) if database else []
    except BackupFailed as failed:
        problems = [failed.details]
    for problem in problems:
        yield Finding(Level.PROBLEM, Subject.DATABASE_DAMAGED, {"what": problem})
    if not problems:
        yield Finding(Level.FINE, Subject.DATABASE_FINE, {"seconds": time.monotonic() - started})
    try:
        yield from _look_at_rows(settings)
    except DatabaseError as reason:
        if not tells_of_damage(reason):
            raise
        if not problems:
            yield Finding(Level.PROBLEM, Subject.DATABASE_DAMAGED, {"what": reason.orig})


def damage_at_start(settings: Settings) -> list[str]:
    """What is wrong with the database's file, as far as a start may wait for it; the nightly look has all the time."""
    database, until = sqlite_file(settings), time.monotonic() + START_WAITS_SECONDS
    try:
        return (
            backups.check_live(database, quick=True, go_on=lambda: time.monotonic() < until)
            if database
            else []
        )
    except BackupFailed as failed:
        return [] if failed.fault is Fault.INTERRUPTED else [failed.details]


def _look_at_rows(settings: Settings) -> Iterator[Finding]:
    if settings.ministry.by_panel and not db.session.scalar(
        select(func.count()).where(Account.panel_operator)
    ):
        yield Finding(Level.WARNING, Subject.NOBODY_AT_PANEL)
    if not _keys_fit():
        yield Finding(Level.PROBLEM, Subject.KEYS_WRONG)
    last = db.session.scalar(select(func.max(JobRun.finished_at)))
    if last is None or last < clock.real_now() - JOBS_SILENT:
        yield Finding(Level.WARNING, Subject.JOBS_SILENT, {"last": last})


def look_at_backups(settings: Settings, *, thorough: bool = True) -> Iterator[Finding]:
    """Whether there is a young backup; `thorough`: whether it is whole, too, and stands away from the database."""
    database = sqlite_file(settings)
    if database is None:
        return
    if not settings.retention.backups:
        yield Finding(Level.WARNING, Subject.BACKUPS_OFF)
        return
    directory = backup_directory(settings)
    present = backups.backups_in(directory)
    if not present:
        yield Finding(Level.WARNING, Subject.NO_BACKUP, {"folder": directory})
        return
    newest = present[0]
    details = {"made_at": newest.made_at, "file": newest.path}
    try:
        if thorough:
            backups.verify(newest.path)
    except BackupFailed:
        yield Finding(Level.PROBLEM, Subject.BACKUP_DAMAGED, details)
    else:
        old = newest.made_at < clock.real_now() - BACKUP_TOO_OLD
        yield (
            Finding(Level.WARNING, Subject.BACKUP_OLD, details)
            if old
            else Finding(Level.FINE, Subject.BACKUP_FINE, details)
        )
    if thorough and directory.stat().st_dev == database.stat().st_dev:
        yield Finding(Level.WARNING, Subject.BACKUPS_BESIDE, {"folder": directory})


def _secret_files(settings: Settings) -> list[Path]:
    named = (settings.ministry.token_file, settings.ministry.client_key, settings.mail.password_file)
    return [path for path in named if path is not None]


def _others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and os.name == "posix"


def _others_may_write(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _keys_fit() -> bool:
    """Whether some sealed values open with these keys, the oldest and the newest by chance among them."""
    sealed = select(Student).where(Student.pesel_sealed.is_not(None)).order_by(Student.id).limit(SAMPLE)
    try:
        return all(student.pesel for student in db.session.scalars(sealed))
    except SealBroken:
        return False
