"""What a file would do to each of its rows, in parts: one of them is looked at, page by page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from portal.services import uploads
from portal.views.uploading import whole_pages


@dataclass(frozen=True, slots=True)
class Part:
    """All rows with the same fate: its code, as addresses carry it, its name and how many there are."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownPart:
    """The part that was asked for among all `parts`, and those of its rows that stand on this `page`."""

    shown: Part
    parts: Sequence[Part]
    page: int
    last_page: int
    lines: Sequence[Any] = field(repr=False)


def shown_part(
    upload_id: str, parts: Sequence[Part], shape: Callable[[str, Sequence[Any]], Any]
) -> ShownPart | None:
    """What the address asks for, else the first of `parts`; None without rows. `shape` puts a row into words."""
    parts = [part for part in parts if part.count]
    if not parts:
        return None
    asked = request.args.get("los", "")
    shown = next((part for part in parts if part.code == asked), parts[0])
    last_page = whole_pages(shown.count)
    page = min(max(request.args.get("strona", 1, type=int), 1), last_page)
    lines = [shape(shown.code, line) for line in uploads.lines_of(upload_id, shown.code, page)]
    return ShownPart(shown, parts, page, last_page, lines)


def counted(counts: Mapping[str, int], order: Sequence[str], name: Callable[[str], str]) -> list[Part]:
    """The parts in the order in which they deserve a look."""
    return [Part(code, name(code), counts.get(code, 0)) for code in order]
