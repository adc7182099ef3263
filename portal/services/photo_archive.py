"""Many photos at once: a ZIP of pictures named by album number, shown first, then applied whole."""

import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from sqlalchemy import select

from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch, BatchKind
from portal.models.people import Student
from portal.rules.policy import Policy
from portal.services.photo_files import LARGEST_FILE, CardPhoto, PhotoRefusal, PhotoRefused, make_card_photo
from portal.services.photos import keep, record_accepted

MOST_PHOTOS = 2_000
MOST_UNPACKED = 2 * 1024 * 1024 * 1024
HIGHEST_RATIO = 50  # pictures are packed already
PICTURES = {".jpg", ".jpeg", ".png"}
_ENCRYPTED = 0x1


class ArchiveFault(StrEnum):
    """Why an archive is not opened at all."""

    NOT_A_ZIP = "not_a_zip"
    LOCKED = "locked"
    TOO_MANY_PHOTOS = "too_many_photos"
    UNPACKS_TOO_LARGE = "unpacks_too_large"


class ArchiveRefused(Exception):
    """The archive as a whole cannot be used."""

    def __init__(self, fault: ArchiveFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class PhotosMoved(Exception):
    """Applying now would do something else than was shown; nothing was written."""


class PhotoFate(StrEnum):
    """What becomes of one file of the archive."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    UNKNOWN_STUDENT = "unknown_student"
    NOT_A_PICTURE = "not_a_picture"
    TWICE_IN_ARCHIVE = "twice_in_archive"
    REFUSED = "refused"


TAKEN = (PhotoFate.NEW, PhotoFate.REPLACED)
LEFT_OUT = (
    PhotoFate.UNKNOWN_STUDENT,
    PhotoFate.NOT_A_PICTURE,
    PhotoFate.TWICE_IN_ARCHIVE,
    PhotoFate.REFUSED,
)


@dataclass(frozen=True, slots=True)
class MemberFate:
    """The fate of one file; `refusal` says more where the picture is refused. `accepted_before`: what it replaces."""

    name: str = hidden(repr=False)
    fate: PhotoFate
    refusal: PhotoRefusal | None = None
    student_id: str | None = None
    photo: CardPhoto | None = None
    accepted_before: str | None = None


@dataclass(frozen=True, slots=True)
class PreparedPhotos:
    """A dry run: what applying would do, with the photos ready to be kept."""

    fates: Sequence[MemberFate] = hidden(repr=False)
    counts: Counter[PhotoFate]
    fingerprint: str
    file_sha256: str


def prepare_photos(
    content: bytes, policy: Policy, progress: Callable[[int, int], None] = lambda done, of: None
) -> PreparedPhotos:
    """Find out what an archive would do; every picture is made ready for cards. Folders in it do not matter.

    `progress` is called with how many pictures are done and how many there are. Raises ArchiveRefused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _checked_members(archive)
            present = _accepted_photos()
            names = Counter(_album_number(member) for member in members)
            fates = []
            for done, member in enumerate(members, start=1):
                fates.append(_fate(archive, member, names, present, policy))
                progress(done, len(members))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError):
        raise ArchiveRefused(ArchiveFault.NOT_A_ZIP) from None
    file_sha256 = hashlib.sha256(content).hexdigest()
    shown = [(one.name, one.fate.value, one.student_id, one.photo and one.photo.sha256) for one in fates]
    return PreparedPhotos(
        fates,
        Counter(one.fate for one in fates),
        hashlib.sha256(repr((file_sha256, shown)).encode()).hexdigest(),
        file_sha256,
    )


def apply_photos(
    prepared: PreparedPhotos,
    policy: Policy,
    *,
    fingerprint: str,
    actor: str,
    at: datetime,
    batch_id: str | None = None,
) -> str | None:
    """Accept every new or replacing photo in one transaction; the batch's id, or None where nothing changes.

    `batch_id`: an id for the batch by which whoever asks can tell later whether it was written.

    Raises PhotosMoved if a fresh dry run no longer says what was shown, or a student's photo changed since.
    """
    if prepared.fingerprint != fingerprint:
        raise PhotosMoved
    taken = [one for one in prepared.fates if one.fate in TAKEN]
    if not taken:
        return None
    batch = Batch(
        id=batch_id,
        kind=BatchKind.PHOTOS,
        actor_id=actor,
        file_sha256=prepared.file_sha256,
        counts={fate.value: prepared.counts[fate] for fate in PhotoFate},
        checked_at=at,
        applied_at=at,
    )
    made: str = batch.id
    with transaction() as session:
        session.add(batch)
        session.flush()
        for one in taken:
            assert one.photo is not None
            student = session.get(Student, one.student_id)
            if student is None or student.photo_sha256 != one.accepted_before:
                raise PhotosMoved
            keep(one.photo, at)
            record_accepted(student.id, one.photo.sha256, policy, actor=actor, at=at, batch_id=made)
    return made


def _checked_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of the archive, judged by its directory before any is unpacked."""
    members = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
    if any(one.flag_bits & _ENCRYPTED for one in members):
        raise ArchiveRefused(ArchiveFault.LOCKED)
    if len(members) > MOST_PHOTOS:
        raise ArchiveRefused(ArchiveFault.TOO_MANY_PHOTOS)
    unpacked = sum(one.file_size for one in members)
    tight = any(
        one.file_size > 1024 * 1024 and one.file_size > HIGHEST_RATIO * one.compress_size for one in members
    )
    if unpacked > MOST_UNPACKED or tight:
        raise ArchiveRefused(ArchiveFault.UNPACKS_TOO_LARGE)
    return members


def _is_litter(name: str) -> bool:
    """What systems leave in archives by themselves."""
    path = PurePosixPath(name)
    return (
        path.parts[:1] == ("__MACOSX",)
        or path.name.startswith("._")
        or path.name in {".DS_Store", "Thumbs.db"}
    )


def _album_number(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).stem.strip()


def _accepted_photos() -> dict[str, tuple[str, str | None]]:
    rows = db.session.execute(
        select(Student.album_number, Student.id, Student.photo_sha256).where(
            Student.album_number.is_not(None)
        )
    )
    return {album: (student_id, photo) for album, student_id, photo in rows if album}


def _fate(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    names: Counter[str],
    present: dict[str, tuple[str, str | None]],
    policy: Policy,
) -> MemberFate:
    name, album = member.filename, _album_number(member)
    if PurePosixPath(name).suffix.lower() not in PICTURES:
        return MemberFate(name, PhotoFate.NOT_A_PICTURE)
    if names[album] > 1:
        return MemberFate(name, PhotoFate.TWICE_IN_ARCHIVE)
    if album not in present:
        return MemberFate(name, PhotoFate.UNKNOWN_STUDENT)
    student_id, accepted = present[album]
    try:
        photo = make_card_photo(_unpacked(archive, member), policy)
    except PhotoRefused as refused:
        return MemberFate(name, PhotoFate.REFUSED, refused.refusal, student_id)
    if photo.sha256 == accepted:
        return MemberFate(name, PhotoFate.UNCHANGED, student_id=student_id)
    fate = PhotoFate.NEW if accepted is None else PhotoFate.REPLACED
    return MemberFate(name, fate, student_id=student_id, photo=photo, accepted_before=accepted)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's content; no more is unpacked than the largest photo, whatever the directory claims."""
    if member.file_size > LARGEST_FILE:
        raise PhotoRefused(PhotoRefusal.FILE_TOO_LARGE)
    try:
        with archive.open(member) as file:
            return file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise PhotoRefused(PhotoRefusal.DAMAGED) from None
