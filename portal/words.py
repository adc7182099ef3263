"""All words people read, gathered from where they are marked for translation, so that one can read them through."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

PORTAL = Path(__file__).parent
MAPPING = PORTAL / "translations" / "babel.cfg"
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}

# File, line, one text or those of singular and plural, comments, context.
Extracted = tuple[str, int, str | tuple[str, ...], list[str], Any]


def by_file() -> dict[str, list[tuple[int, str]]]:
    """For each file of the portal that says something: the first line and the text, in the order they stand there."""
    spoken: dict[str, dict[str, int]] = {}
    for file, line, message, _comments, _context in _extracted():
        texts = (message,) if isinstance(message, str) else message
        for text in texts:
            spoken.setdefault(file, {}).setdefault(text, line)
    return {file: [(line, text) for text, line in texts.items()] for file, texts in sorted(spoken.items())}


def _extracted() -> Iterator[Extracted]:
    with MAPPING.open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel leaves it bare
    root = PORTAL.parent
    yield from extract_from_dir(root, methods, options, KEYWORDS, directory_filter=_is_ours)


def _is_ours(folder: str) -> bool:
    path = Path(folder)
    return (path == PORTAL or PORTAL in path.parents) and path.name != "__pycache__"
