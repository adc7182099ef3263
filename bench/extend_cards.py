"""How long extending many cards from a file takes, against the bare SQL of the same rows.

    python -m bench.extend_cards [COUNT …]

Each count gets a database of its own, filled with as many students; the bare SQL (temporary table, UPDATE, INSERT)
and the portal take turns on the same file of shuffled album numbers, and their rows are removed after each turn.
Printed: medians in seconds, the ratios, and how long the portal held the write lock for each 10,000 cards.
"""

import sqlite3
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from statistics import median
from uuid import uuid4

from bench.stopwatch import locks_timed
from bench.university import FIRST_ALBUM_NUMBER, OFFICE, POLICY, UNTIL, university
from portal import clock
from portal.extensions import db
from portal.services import bulk_extensions
from portal.services.extension_fates import preview_extension
from portal.services.extension_files import read_file

COUNTS = (10_000, 100_000)
TURNS = 5


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, university(Path(folder), count) as database:
            albums = [str(FIRST_ALBUM_NUMBER + number) for number in range(count)]
            albums.sort(key=lambda album: sha256(album.encode()).digest())  # in no order of theirs
            content = "\n".join(["numer albumu", *albums]).encode()
            measure(database, content, count)


def measure(database: Path, content: bytes, count: int) -> None:
    """Let both take turns, and print."""
    bare, dry, applied, locked = [], [], [], []
    for _turn in range(TURNS):
        bare.append(bare_sql(database, content))
        clean(database, count)
        seconds, fingerprint = dry_run(content)
        dry.append(seconds)
        with locks_timed(bulk_extensions) as held:
            applied.append(extend(content, fingerprint))
        locked.append(sum(held))
        clean(database, count)
    base = median(bare)
    print(
        f"{count:>7} cards: bare SQL {base:.3f} s, dry run {median(dry):.3f} s ({median(dry) / base:.2f} ×), "
        f"applied {median(applied):.3f} s ({median(applied) / base:.2f} ×), "
        f"lock {median(locked) / count * 1e7:.0f} ms per 10,000"
    )


def bare_sql(database: Path, content: bytes) -> float:
    """Seconds for the same rows without any check."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    started = time.perf_counter()
    rows = [(album, str(uuid4())) for album in content.decode().splitlines()[1:]]
    connection.execute("CREATE TEMP TABLE listed (album_number TEXT PRIMARY KEY, id TEXT)")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO listed VALUES (?, ?)", rows)
    connection.execute(
        "UPDATE students SET revision = revision + 1 WHERE album_number IN (SELECT album_number FROM listed)"
    )
    connection.execute(
        "INSERT INTO card_extensions (id, student_id, until, extended_at, extended_by)"
        " SELECT l.id, s.id, ?, '2026-11-20 09:00:00', ?"
        " FROM listed l JOIN students s ON s.album_number = l.album_number",
        (UNTIL.isoformat(), OFFICE),
    )
    connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def dry_run(content: bytes) -> tuple[float, str]:
    started = time.perf_counter()
    preview = preview_extension(read_file(content, UNTIL).request, POLICY, at=clock.now())
    seconds = time.perf_counter() - started
    db.session.rollback()
    return seconds, preview.fingerprint


def extend(content: bytes, fingerprint: str) -> float:
    """Seconds from the file's bytes to the commit, everything asked again."""
    started = time.perf_counter()
    request = read_file(content, UNTIL).request
    bulk_extensions.apply_extension(request, fingerprint, POLICY, actor=OFFICE, at=clock.now())
    return time.perf_counter() - started


def clean(database: Path, count: int) -> None:
    """Take the rows of a turn away and check that they were there."""
    db.session.rollback()
    connection = sqlite3.connect(database)
    removed = connection.execute("DELETE FROM card_extensions").rowcount
    connection.execute("DELETE FROM batches")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert removed == count


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(COUNTS))
