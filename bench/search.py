"""Whether searching stays as fast when the university grows: 1,000 students against 100,000.

    python -m bench.search

The same texts are looked for in both; printed are the medians in milliseconds and their ratio.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from bench.university import FIRST_ALBUM_NUMBER, university
from portal.extensions import db
from portal.services.search import search

TEXTS = ("z", "zol", "zolc", "brzez", "łab", "swierk jan", f"{FIRST_ALBUM_NUMBER + 77}", "1005", "ELS-1007")
ROUNDS = 60


def main() -> None:
    small, large = measured(1_000), measured(100_000)
    for text in TEXTS:
        ratio = large[text] / small[text]
        print(f"{text:>12}: {small[text]:6.2f} ms, {large[text]:6.2f} ms, {ratio:.2f} ×")
    print(f"{'all':>12}: {sum(large.values()) / sum(small.values()):.2f} ×")


def measured(students: int) -> dict[str, float]:
    """The median milliseconds of each text."""
    with tempfile.TemporaryDirectory() as folder, university(Path(folder), students):
        return {text: median(_timed(text) for _ in range(ROUNDS)) * 1000 for text in TEXTS}


def _timed(text: str) -> float:
    started = time.perf_counter()
    search(text)
    db.session.rollback()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
