"""A demonstration's mail: letters „sent” into files of the instance, and read from there again."""

import email
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

FOLDER = "mail"
KEPT = 500


class FilePost:
    """Puts letters into `folder`, each a file named after its Message-ID; the oldest give way beyond `KEPT`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for old in _newest_first(self._folder)[KEPT:]:
            old.unlink(missing_ok=True)

    def send(self, letter: EmailMessage, to: str) -> None:
        """Keep one letter; a letter sent twice is there once."""
        name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
        unfinished = self._folder / f"{name}.tmp"
        unfinished.write_bytes(letter.as_bytes(policy=SMTP))
        unfinished.replace(self._folder / f"{name}.eml")


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter as it was sent: the headers people see, and both forms of its text."""

    id: UUID
    subject: str
    sender: str
    to: str
    sent_at: datetime
    plain: str
    html: str


def kept_letters(folder: Path, *, limit: int = 100) -> Sequence[KeptLetter]:
    """The letters sent last, the newest first."""
    found = (_read(file) for file in _newest_first(folder)[:limit])
    return [letter for letter in found if letter is not None]


def kept_letter(folder: Path, letter_id: UUID) -> KeptLetter | None:
    """One letter, or None if it was never sent or gave way."""
    return _read(folder / f"{letter_id}.eml")


def _newest_first(folder: Path) -> list[Path]:
    files = []
    for file in folder.glob("*.eml"):
        try:
            files.append((file.stat().st_mtime_ns, file))
        except FileNotFoundError:  # gave way meanwhile
            continue
    return [file for _, file in sorted(files, reverse=True)]


def _read(file: Path) -> KeptLetter | None:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    letter = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(letter, EmailMessage)
    return KeptLetter(
        id=UUID(file.stem),
        subject=str(letter["Subject"]),
        sender=str(letter["From"]),
        to=str(letter["To"]),
        sent_at=letter["Date"].datetime,
        plain=_part(letter, "plain"),
        html=_part(letter, "html"),
    )


def _part(letter: EmailMessage, form: str) -> str:
    part = letter.get_body((form,))
    return "" if part is None else str(part.get_content())
