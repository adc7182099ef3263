"""The rows an import refused, as a CSV the office corrects its file by."""

from collections.abc import Callable, Sequence

from portal.services.imports.plan import RowFate
from portal.services.tables import write_csv


def rejected_report(
    rejected: Sequence[RowFate], heading: Sequence[str], words: Callable[[RowFate], Sequence[str]]
) -> bytes:
    """One line per refused row: its number, the album number if it was readable, and `words` (column, reason)."""
    lines = ([str(one.number), one.album_number or "", *words(one)] for one in rejected)
    return write_csv([heading, *lines])
